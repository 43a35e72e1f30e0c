// What the chat servers here share: users, tokens, switches, an HTTP server, a computed answer.
import http from 'node:http';
import { randomUUID } from 'node:crypto';

export const passwords = { alice: 'alice-password', bob: 'bob-password' };
const users = new Map(); // token -> user
export const switches = new Set();

export const userOf = (token) => users.get(token);

// The arithmetic that the prompt asks for: nothing that only repeats the prompt has it.
export function answerTo(prompt) {
  const [, a, b] = /(\d+) *\* *(\d+)/.exec(prompt) ?? [];
  return a === undefined ? 'no sum found' : String(BigInt(a) * BigInt(b));
}

export async function bodyOf(request) {
  let text = '';
  for await (const piece of request) text += piece;
  return text;
}

function reply(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

// What an agent that says the five events makes of a message of the user.
export function runAgent(socket, { payload }) {
  const turn = { thread_id: payload.thread_id, final_response: answerTo(payload.content) };
  for (const type of ['agent_started', 'agent_thinking', 'tool_executing', 'tool_completed',
                      'agent_completed'])
    if (!switches.has(`without_${type}`)) socket.send(JSON.stringify({ type, ...turn }));
}

export function greet(socket, user) {
  socket.send(JSON.stringify({ type: 'connection_established', data: { user_id: user } }));
  socket.on('message', (data) => runAgent(socket, JSON.parse(data)));
}

// A refusal before the upgrade.
export function refuse(socket) {
  socket.on('error', () => {}); // who was refused may be gone already
  socket.end('HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 0\r\n' +
             'Connection: close\r\n\r\n');
}

export const bearerOf = (request) => request.headers.authorization?.match(/^Bearer (.+)$/)?.[1];

async function login(request, response) {
  const { username, password } = JSON.parse(await bodyOf(request));
  if (!passwords[username] || passwords[username] !== password)
    return reply(response, 401, { error: 'invalid credentials' });
  const token = randomUUID();
  users.set(token, username);
  reply(response, 200, { access_token: token, token_type: 'Bearer', expires_in: 300 });
}

// PUT /switches/NAME makes the server misbehave, DELETE /switches heals it.
export function turn(request, response) {
  if (request.method === 'DELETE') switches.clear();
  else switches.add(request.url.slice('/switches/'.length));
  reply(response, 200, [...switches]);
}

export function desk() {
  return http.createServer((request, response) => {
    if (request.url === '/login' && request.method === 'POST') return login(request, response);
    if (request.url.startsWith('/switches')) return turn(request, response);
    if (request.url === '/health') return reply(response, 200, { status: 'ok' });
    reply(response, 404, { error: 'not found' });
  });
}

export function listen(server, port) {
  server.listen(port, '127.0.0.1', () =>
    console.log(`listening on http://127.0.0.1:${server.address().port}`));
}
