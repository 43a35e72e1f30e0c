// chat.mjs BASE_HTTP BASE_WS: for each number on standard input, so many chats, one after the
// other, each with a login on a fresh connection, an upgrade and five events; then "done".
import http from "node:http";
import readline from "node:readline";
import WebSocket from "ws";

const [base, wsBase] = process.argv.slice(2);
const EVENTS = ["agent_started", "agent_thinking", "tool_executing", "tool_completed",
                "agent_completed"];

function login() {
  const body = JSON.stringify({ email: "alice@example.com", password: "secret" });
  const headers = { "Content-Type": "application/json", "Content-Length": body.length };
  return new Promise((resolve, reject) => {
    const request = http.request(base + "/auth/login", { method: "POST", headers, agent: false },
      (answer) => {
        let text = "";
        answer.on("data", (part) => { text += part; });
        answer.on("end", () => resolve(JSON.parse(text).access_token));
      });
    request.on("error", reject);
    request.end(body);
  });
}

function converse(token) {
  return new Promise((resolve, reject) => {
    const headers = { Authorization: `Bearer ${token}` };
    const socket = new WebSocket(wsBase + "/websocket", { headers, perMessageDeflate: false });
    const seen = [];
    socket.on("error", reject);
    socket.on("message", (data) => {
      const frame = JSON.parse(data);
      if (frame.type === "connection_established") {
        socket.send(JSON.stringify({ type: "user_message",
                                     payload: { content: "what is 37 * 58?" } }));
        return;
      }
      seen.push(frame.type);
      if (frame.type === "agent_completed") {
        if (frame.result !== "2146") reject(new Error("wrong answer"));
        socket.close(1000);
      }
    });
    socket.on("close", () => {
      if (seen.join() === EVENTS.join()) resolve();
      else reject(new Error("events: " + seen.join()));
    });
  });
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  for (let left = Number(line); left > 0; --left) await converse(await login());
  console.log("done");
}
process.exit(0);
