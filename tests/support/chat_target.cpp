#include "tests/support/chat_target.hpp"

#include <functional>
#include <utility>

namespace sonde::test {

void merge(DefaultConfig::Keys& keys, const DefaultConfig::Keys& over) {
  for (const auto& [name, value] : over) keys[name] = value;
}

namespace {

Script choose(const Script& script, const Request& request) {
  if (request.target() == "/auth/login") return {json(200, granted())};
  return script;
}

Script answer_with(const Script& turn, const std::string&) { return turn; }

Script stay(const std::string&) { return {}; }

}  // namespace

Handler after_login(Script script) { return std::bind_front(choose, std::move(script)); }

Act ready_message() {
  return text(R"({"type":"connection_established","data":{"mode":"main",)"
              R"("user_id":"alice@example.com","connection_id":"main_1"}})");
}

std::string event(const std::string& type, const std::string& members) {
  return R"({"type":")" + type + R"(","timestamp":1.0)" + members + "}";
}

Act tell(const std::string& type, const std::string& members) { return text(event(type, members)); }

Script good_turn(const std::string& answer) {
  return {tell("agent_started"), tell("agent_thinking"),
          tell("tool_executing", R"(,"tool_name":"calculator","execution_id":"x1")"),
          tell("tool_completed", R"(,"results":{"n":42},"execution_id":"x1")"),
          tell("agent_completed", R"(,"final_response":")" + answer + R"(")")};
}

Act wait_for_close() { return on_message(stay); }

ProbeRun Chat::walk() const {
  const Server server(
      after_login({accept(), ready_message(), on_message(std::bind_front(answer_with, turn))}));
  DefaultConfig usual(server.url(""));
  usual.kind("chat");
  merge(usual.probe, probe);
  merge(usual.socket, socket);
  return test::walk(usual);
}

}  // namespace sonde::test
