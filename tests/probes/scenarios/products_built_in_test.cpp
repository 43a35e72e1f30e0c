#include "tests/probes/scenarios/products.hpp"

// Of the built-in dialects.
namespace sonde::test::product_habits_test {
namespace {

using enum Out::To;

Product open_ai() {
  Product product{.name = "OpenAiRealtime"};
  product.probe = {{"dialect", "openai-realtime"}};
  product.socket = {{"token_in", "header"}};
  product.greet = [](const Guest& guest) -> Outs {
    if (guest.user.empty())
      return {
          {R"({"type":"session.created","event_id":"e0","session":{"id":"s0"}})"},
          {R"({"type":"error","event_id":"e1","error":{"code":"invalid_api_key","message":"Incorrect API key provided"}})"},
          {.close = 3000}};
    return {{R"({"type":"session.created","event_id":"e%SEQ%","session":{"id":"sess-)" +
             std::to_string(guest.number) + R"("}})"}};
  };
  product.hear = [](Guest& guest, const std::string& message) -> Outs {
    if (guest.user.empty()) return {};
    if (message.contains("conversation.item.create"))
      return {{R"({"type":"conversation.item.created","event_id":"e%SEQ%","item":{"id":")" +
                   text_at(message, R"("id":")") + R"("}})",
               chat}};
    return {{R"({"type":"response.created","event_id":"e%SEQ%","response":{"id":"r1"}})"},
            {R"({"type":"rate_limits.updated","event_id":"e%SEQ%"})"},
            {R"({"type":"response.output_item.added","event_id":"e%SEQ%"})"},
            {R"({"type":"response.output_text.delta","event_id":"e%SEQ%","delta":"42 "})"},
            {R"({"type":"response.output_text.delta","event_id":"e%SEQ%","delta":"it is"})"},
            {R"({"type":"response.output_text.done","event_id":"e%SEQ%","text":"42 it is"})"},
            {R"({"type":"response.done","event_id":"e%SEQ%","response":{"status":"completed"}})"},
            {R"({"type":"rate_limits.updated","event_id":"e%SEQ%"})"}};
  };
  return product;
}

Product socket_io() {
  Product product{.name = "SocketIo"};
  product.probe = {{"dialect", "socket.io"}, {"ids", "[userID, room]"}};
  product.greet = [](const Guest& guest) -> Outs {
    return {{R"(0{"sid":"engine-)" + std::to_string(guest.number) + R"(","pingInterval":25000})"}};
  };
  product.hear = [](Guest& guest, const std::string& message) -> Outs {
    if (message.starts_with("40")) {
      if (guest.user.empty()) return {{R"(44{"message":"Not authorized"})"}};
      return {{R"(40{"sid":"socket-)" + std::to_string(guest.number) + R"("})"},
              {R"(42["users",[{"userID":"id-of-)" + guest.user + R"("},{"userID":"the-bot"}]])",
               everybody},
              {"2"}};
    }
    if (guest.user.empty() || !message.starts_with("42")) return {};
    const std::string id =
        R"({"id":")" + text_at(message, R"("id":")") + R"(","room":"room-of-)" + guest.user + "\"";
    return {{R"(42["agent_started",)" + id + "}]", user},
            {R"(42["agent_thinking",)" + id + R"(,"text":")" + thought(message) + R"("}])", user},
            {R"(42["user connected",{"userID":"id-of-carol"}])", everybody},
            {"2"},
            {R"(431[{"ok":true}])"},
            {R"(42["agent_completed",)" + id + R"(,"text":"42 it is"}])", user}};
  };
  return product;
}

Product phoenix() {
  Product product{.name = "Phoenix"};
  product.probe = {{"dialect", "phoenix"}};
  product.hear = [](Guest& guest, const std::string& message) -> Outs {
    if (message.contains("phx_join")) {
      if (guest.user.empty())
        return {
            {R"(["1","1","room:lobby","phx_reply",{"status":"error","response":{"reason":"unauthorized"}}])"}};
      return {
          {R"(["1","1","room:lobby","phx_reply",{"status":"ok","response":{}}])"},
          {R"(["1",null,"room:lobby","presence_state",{"alice":{"metas":[{"user_id":"1"}]},"bob":{"metas":[{"user_id":"2"}]}}])"},
          {R"(["1",null,"room:lobby","presence_diff",{"joins":{")" + guest.user +
               R"(":{"metas":[{"user_id":"id-of-)" + guest.user + R"("}]}},"leaves":{}}])",
           everybody}};
    }
    if (guest.user.empty() || !message.contains("new_msg")) return {};
    const std::string id = R"({"id":")" + text_at(message, R"("id":")") + "\"";
    return {
        {R"(["1","2","room:lobby","phx_reply",{"status":"ok","response":{}}])"},
        {R"(["1",null,"room:lobby","agent_started",)" + id + "}]", user},
        {R"(["1",null,"room:lobby","agent_thinking",)" + id + R"(,"text":")" + thought(message) +
             R"("}])",
         user},
        {R"(["1",null,"room:lobby","agent_completed",)" + id + R"(,"text":"42 it is"}])", user}};
  };
  return product;
}

Product action_cable() {
  Product product{.name = "ActionCable"};
  product.probe = {{"dialect", "actioncable"}};
  product.socket = {{"token_in", "cookie"}};
  product.socket = {{"token_in", "header"}};
  product.selects = {{"Sec-WebSocket-Protocol", "actioncable-v1-json"}};
  product.greet = [](const Guest& guest) -> Outs {
    if (guest.user.empty())
      return {{R"({"type":"disconnect","reason":"unauthorized","reconnect":false})"},
              {.close = 1000}};
    return {{R"({"type":"welcome"})"}, {R"({"type":"ping","message":17641})"}};
  };
  product.hear = [](Guest& guest, const std::string& message) -> Outs {
    const std::string identifier = R"({"identifier":"{\"channel\":\"ChatChannel\"}",)";
    if (guest.user.empty()) return {};
    if (message.contains("subscribe")) return {{identifier + R"("type":"confirm_subscription"})"}};
    std::string plain = message;
    std::erase(plain, '\\');
    const auto say = [&](const std::string& event, const std::string& text) {
      return identifier + R"("message":{"event":")" + event + R"(","id":")" +
             text_at(plain, R"("id":")") + R"(","text":")" + text + R"("}})";
    };
    return {{say("agent_started", ""), user},
            {R"({"type":"ping","message":17644})", everybody},
            {say("agent_thinking", thought(plain)), user},
            {say("agent_completed", "42 it is"), user}};
  };
  return product;
}

Product signal_r() {
  Product product{.name = "SignalR"};
  product.probe = {{"dialect", "signalr"}};
  product.socket = {{"token_in", R"({ query: "access_token={{token}}" })"}};
  const std::string end = "\x1e";
  product.greet = [](const Guest&) -> Outs { return {}; };
  product.hear = [end](Guest& guest, const std::string& message) -> Outs {
    if (message.contains("protocol")) {
      if (guest.user.empty())
        return {{"{}" + end + R"({"type":7,"error":"Unauthorized","allowReconnect":false})" + end},
                {.close = 1008}};
      return {{"{}" + end + R"({"type":6})" + end}};
    }
    if (guest.user.empty() || !message.contains("SendMessage")) return {};
    const auto call = [&](const std::string& target, const std::string& text) {
      return R"({"type":1,"target":")" + target + R"(","arguments":[{"text":")" + text + R"("}]})" +
             end;
    };
    return {{R"({"type":6})" + end, everybody},
            {call("agent_started", "") + call("agent_thinking", thought(message)), chat},
            {R"({"type":3,"invocationId":"1","result":null})" + end},
            {call("agent_completed", "42 it is"), chat}};
  };
  return product;
}

Product graph_ql() {
  Product product{.name = "GraphQlWs"};
  product.probe = {{"dialect", "graphql-transport-ws"}};
  product.selects = {{"Sec-WebSocket-Protocol", "graphql-transport-ws"}};
  product.hear = [](Guest& guest, const std::string& message) -> Outs {
    if (message.contains("connection_init")) {
      if (guest.user.empty()) return {{.close = 4403}};
      return {{R"({"type":"connection_ack"})"}, {R"({"type":"ping"})"}};
    }
    if (guest.user.empty() || !message.contains("subscribe")) return {};
    const std::string id = R"({"id":")" + text_at(message, R"("id":")") + R"(",)";
    return {{R"({"type":"ping"})"},
            {id + R"("type":"next","payload":{"data":{"chat":{"text":"42 "}}}})", chat},
            {id + R"("type":"next","payload":{"data":{"chat":{"text":"it is"}}}})", chat},
            {id + R"("type":"complete"})", chat}};
  };
  return product;
}

}  // namespace

std::vector<Product> built_in_products() {
  return {open_ai(), socket_io(), phoenix(), action_cable(), signal_r(), graph_ql()};
}

}  // namespace sonde::test::product_habits_test
