#include "probes/text/json.hpp"
#include "tests/probes/scenarios/products.hpp"

namespace sonde::test::product_habits_test {

using enum Out::To;

std::string text_at(const std::string& message, std::string_view begin) {
  const auto at = message.find(begin);
  if (at == message.npos) return "";
  const auto from = at + begin.size();
  return message.substr(from, message.find('"', from) - from);
}

std::string thought(const std::string& message) {
  const auto at = message.find("What is");
  const auto end = at == message.npos ? at : message.find('"', at);
  std::string text = at == message.npos ? "" : message.substr(at, end - at);
  std::erase(text, '\\');
  return "I think about " + text;
}

namespace {

// A chat gateway that greets everybody, counts per session, tells everybody who is there, and
// answers to all sessions of the user.
Product discord() {
  Product product{.name = "Discord"};
  product.dialects = R"(
dialects:
  d:
    type: [/t, /op]
    refusal_codes: [4004]
    rules:
      - { when: { type: ["10", "11", PRESENCE_UPDATE, TYPING_START] }, ignore: true }
    steps: [ { send: { op: 2, d: { token: "{{token}}" } } } ]
    ready: { type: READY }
    vars: { nonce: "{{nonce(16)}}" }
    send: { op: 0, t: SEND, d: { content: "{{prompt}}", nonce: "{{vars.nonce}}" } }
    correlate: { /d/nonce: "{{vars.nonce}}" }
    events:
      typing: { type: THINKING, min: 1 }
      done: { type: MESSAGE_CREATE, min: 1, terminal: ok }
    answer: [/d/content]
)";
  product.probe = {{"dialect", "d"}, {"ids", "[user_id, channelId, session_id]"}};
  product.greet = [](const Guest&) -> Outs { return {{R"({"op":10,"d":{"heartbeat":41250}})"}}; };
  product.hear = [](Guest& guest, const std::string& message) -> Outs {
    if (message.contains(R"("op":2)")) {
      if (guest.user.empty()) return {{.close = 4004}};
      const std::string id = guest.user == "bob" ? "99120" : "99121";
      return {{R"({"op":0,"t":"READY","s":%SEQ%,"d":{"user_id":")" + id + R"(","session_id":"s)" +
               std::to_string(guest.number) +
               R"(","members":[{"user_id":"99120"},{"user_id":"99121"},{"user_id":"5"}]}})"},
              {R"({"op":0,"t":"PRESENCE_UPDATE","s":%SEQ%,"d":{"user_id":")" + id +
                   R"(","session_id":"s)" + std::to_string(guest.number) + R"("}})",
               everybody}};
    }
    if (guest.user.empty()) return {{.close = 4003}};
    const std::string nonce = text_at(message, R"("nonce":")");
    const std::string channel = guest.user == "bob" ? "771200" : "771300";
    const std::string rest = R"(,"channelId":")" + channel + R"(","nonce":")" + nonce +
                             R"(","author":{"user_id":"5"}}})";
    return {
        {R"({"op":0,"t":"TYPING_START","s":%SEQ%,"d":{"user_id":"5"}})", everybody},
        {R"({"op":11})"},
        {R"({"op":0,"t":"THINKING","s":%SEQ%,"d":{"content":")" + thought(message) + "\"" + rest,
         user},
        {R"({"op":0,"t":"MESSAGE_CREATE","s":%SEQ%,"d":{"content":"42 it is")" + rest, user}};
  };
  return product;
}

// Mattermost: hello for everybody, an authentication_challenge, posts as JSON in a text.
Product mattermost() {
  Product product{.name = "Mattermost"};
  product.dialects = R"(
dialects:
  d:
    frame: { json: [/data/post] }
    type: [/event, /status]
    rules:
      - { when: { type: FAIL }, fail: auth_rejected_after_accept, detail: /error/message }
      - { when: { type: [status_change, typing, user_updated] }, ignore: true }
    steps:
      - expect: { type: hello }
      - send: { seq: 1, action: authentication_challenge, data: { token: "{{token}}" } }
    ready: { type: OK, json: { /seq_reply: 1 } }
    vars: { id: "{{nonce(26)}}" }
    send: { seq: 2, action: post, data: { message: "{{prompt}}", pending_post_id: "{{vars.id}}" } }
    correlate: { /data/post/root_id: "{{vars.id}}" }
    events:
      thinking: { type: post_edited, min: 1 }
      posted: { type: posted, min: 1, after: [thinking], terminal: ok }
    answer: [/data/post/message]
)";
  product.probe = {{"dialect", "d"}, {"ids", "[user_id, channel_id, connection_id]"}};
  product.greet = [](const Guest& guest) -> Outs {
    return {{R"({"event":"hello","data":{"connection_id":"connection-)" +
             std::to_string(guest.number) + R"("},"seq":%SEQ%})"}};
  };
  product.hear = [](Guest& guest, const std::string& message) -> Outs {
    if (message.contains("authentication_challenge")) {
      if (guest.user.empty())
        return {
            {R"({"status":"FAIL","error":{"message":"Invalid or expired session"},"seq_reply":1})"},
            {.close = 1000}};
      return {{R"({"status":"OK","seq_reply":1})"},
              {R"({"event":"status_change","data":{"status":"online","user_id":"user-id-of-)" +
                   guest.user + R"("},"seq":%SEQ%})",
               everybody}};
    }
    if (guest.user.empty()) return {};
    const std::string id = text_at(message, R"("pending_post_id":")");
    const auto post = [&](const std::string& event, const std::string& text) {
      const std::string inner = R"({"user_id":"user-id-of-the-bot","channel_id":"channel-of-)" +
                                guest.user + R"(","root_id":")" + id + R"(","message":")" + text +
                                R"("})";
      return R"({"event":")" + event + R"(","data":{"post":)" + text::json_quote(inner) +
             R"(},"seq":%SEQ%})";
    };
    return {
        {R"({"event":"typing","data":{"user_id":"user-id-of-the-bot"},"seq":%SEQ%})", everybody},
        {R"({"status":"OK","seq_reply":2})"},
        {post("post_edited", thought(message)), user},
        {post("posted", "42 it is"), user}};
  };
  return product;
}

// Rocket.Chat's DDP: a greeting without a type, then connected for everybody; the login is a method
// call whose result refuses.
Product rocket_chat() {
  Product product{.name = "RocketChat"};
  product.dialects = R"(
dialects:
  d:
    type: [/msg]
    rules:
      - { when: { json: { /server_id: { present: true } } }, ignore: true }
      - { when: { type: ping }, reply: { msg: pong } }
      - { when: { type: [updated, added, removed, ready] }, ignore: true }
      - { when: { type: result, json: { /id: login, /error: { present: true } } }, fail: auth_rejected_after_accept, detail: /error/message }
      - { when: { type: result, json: { /id: send } }, ignore: true }
    steps:
      - send: { msg: connect, version: "1", support: ["1"] }
        expect: { type: connected }
      - send: { msg: method, method: login, id: login, params: [{ resume: "{{token}}" }] }
    ready: { type: result, json: { /id: login } }
    vars: { id: "{{nonce(17)}}" }
    send: { msg: method, method: sendMessage, id: send, params: [{ _id: "{{vars.id}}", msg: "{{prompt}}" }] }
    correlate: { /fields/args/0/tmid: "{{vars.id}}" }
    events:
      thinking: { type: changed, json: { /fields/args/0/t: thinking }, min: 1 }
      answered: { type: changed, json: { /fields/args/0/t: { absent: true } }, min: 1, terminal: ok }
    answer: [/fields/args/0/msg]
)";
  product.probe = {{"dialect", "d"}, {"ids", "[userId, rid, session]"}};
  product.greet = [](const Guest&) -> Outs { return {{R"({"server_id":"0"})"}}; };
  product.hear = [](Guest& guest, const std::string& message) -> Outs {
    if (message.contains(R"("msg":"connect")"))
      return {{R"({"msg":"connected","session":"session)" + std::to_string(guest.number) + R"("})"},
              {R"({"msg":"ping"})"}};
    if (message.contains(R"("method":"login")")) {
      if (guest.user.empty())
        return {{R"({"msg":"updated","methods":["login"]})"},
                {R"({"msg":"result","id":"login","error":{"message":"You've been logged out"}})"}};
      return {{R"({"msg":"added","collection":"users","id":"id-of-)" + guest.user + R"("})"},
              {R"({"msg":"result","id":"login","result":{"id":"id-of-)" + guest.user + R"("}})"},
              {R"({"msg":"updated","methods":["login"]})"}};
    }
    if (guest.user.empty() || !message.contains("sendMessage")) return {};
    const std::string id = text_at(message, R"("_id":")");
    const auto change = [&](const std::string& text, const std::string& type) {
      return R"({"msg":"changed","collection":"stream-room-messages","fields":{"args":[{"rid":"room-of-)" +
             guest.user + R"(","tmid":")" + id + R"(","u":{"userId":"rocket.cat"},"msg":")" + text +
             "\"" + type + "}]}}";
    };
    return {{R"({"msg":"updated","methods":["send"]})"},
            {change(thought(message), R"(,"t":"thinking")"), user},
            {R"({"msg":"ping"})"},
            {change("42 it is", ""), user},
            {R"({"msg":"result","id":"send","result":{"rid":"x"}})"}};
  };
  return product;
}

// Slack's RTM: hello, acknowledgements, presence and typing of others, the same bot for everybody.
Product slack() {
  Product product{.name = "Slack"};
  product.dialects = R"(
dialects:
  d:
    type: [/type]
    rules:
      - { when: { type: error, json: { /error/code: 1 } }, fail: auth_rejected_after_accept, detail: /error/msg }
      - { when: { type: [presence_change, user_typing, reconnect_url, pong] }, ignore: true }
      - { when: { json: { /reply_to: { present: true } } }, ignore: true }
    ready: { type: hello }
    steps: [ { send: { type: auth, token: "{{token}}" } } ]
    vars: { id: "{{nonce(12)}}" }
    send: { id: 1, type: message, text: "{{prompt}}", client_msg_id: "{{vars.id}}" }
    correlate: { /thread_ts: "{{vars.id}}" }
    events:
      message: { type: message, json: { /subtype: { absent: true } }, min: 1, terminal: ok }
      status: { type: assistant_status, min: 1, before: [message] }
    answer: [/text]
)";
  product.probe = {{"dialect", "d"}, {"ids", "[user, channel]"}};
  product.greet = [](const Guest&) -> Outs {
    return {{R"({"type":"hello"})"}, {R"({"type":"reconnect_url","url":"wss://x/1"})"}};
  };
  product.hear = [](Guest& guest, const std::string& message) -> Outs {
    if (message.contains(R"("type":"auth")")) {
      if (guest.user.empty())
        return {{R"({"type":"error","error":{"code":1,"msg":"invalid_auth"}})"}, {.close = 1000}};
      return {{R"({"type":"presence_change","presence":"active","user":"U0)" + guest.user + R"("})",
               everybody}};
    }
    if (guest.user.empty()) return {};
    const std::string id = text_at(message, R"("client_msg_id":")");
    const std::string rest =
        R"(,"channel":"D0)" + guest.user + R"(","user":"UBOT01","thread_ts":")" + id + R"("})";
    return {{R"({"ok":true,"reply_to":1,"ts":"17.0001"})"},
            {R"({"type":"user_typing","user":"UBOT01","channel":"C-general"})", everybody},
            {R"({"type":"assistant_status","text":")" + thought(message) + "\"" + rest, user},
            {R"({"type":"message","text":"42 it is")" + rest, user}};
  };
  return product;
}

}  // namespace

std::vector<Product> own_products() { return {discord(), mattermost(), rocket_chat(), slack()}; }

}  // namespace sonde::test::product_habits_test
