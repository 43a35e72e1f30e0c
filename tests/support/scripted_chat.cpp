#include "tests/support/scripted_chat.hpp"

#include <cstdlib>
#include <functional>

#include "probes/text/encode.hpp"
#include "probes/text/pattern.hpp"
#include "probes/text/template.hpp"
#include "tests/support/ws_server.hpp"

namespace sonde::test {
namespace {

Act act_of(const std::string& said) {
  if (said == "fin") return fin();
  if (said == "rst") return rst();
  if (said.starts_with("hex:")) return binary(text::from_hex(said.substr(4)).value());
  if (said.starts_with("close:"))
    return close(std::atoi(said.c_str() + 6), std::string_view(said).substr(11));
  return text(said);
}

std::string filled(std::string said, const std::vector<std::string>& groups) {
  for (std::size_t i = 1; i < groups.size(); ++i) {
    const std::string mark = "$" + std::to_string(i);
    for (auto at = said.find(mark); at != said.npos; at = said.find(mark, at + groups[i].size()))
      said.replace(at, mark.size(), groups[i]);
  }
  return said;
}

Script answer_to(const std::vector<Reply>& exchanges, const std::string& message) {
  Script script;
  for (const auto& [hears, says] : exchanges) {
    const auto pattern = text::Pattern::parse(hears);
    if (!pattern) std::abort();
    auto groups = pattern->groups(message);
    if (groups.empty()) groups = pattern->groups(text::hex(message));
    if (groups.empty()) continue;
    for (const auto& said : says) script.push_back(act_of(filled(said, groups)));
    return script;
  }
  return script;
}

Script serve_story(const ScriptedChat& story, const Request& request) {
  if (request.target() == "/auth/login") return {json(200, granted())};
  Headers headers;
  if (!story.protocol.empty()) headers.emplace_back("Sec-WebSocket-Protocol", story.protocol);
  Script script{accept(headers)};
  for (const auto& said : story.welcome) script.push_back(act_of(said));
  script.push_back(on_message(std::bind_front(answer_to, story.exchanges)));
  return script;
}

}  // namespace

ChatOutcome ScriptedChat::told() const {
  const Server server(Handler(std::bind_front(serve_story, *this)));
  DefaultConfig usual(server.url(""));
  usual.kind("chat");
  usual.identity["username"] = "alice";
  usual.socket["ready"] = "";
  usual.socket["token_in"] = token_in;
  usual.probe["dialect"] = dialect;
  usual.probe["prompt"] = R"('What is "6 & 7"?')";
  usual.probe["answer"] = "{ equals: 42 }";
  usual.defaults["timeout"] = "1s";
  for (const auto& [name, value] : probe) usual.probe[name] = value;
  usual.more = more;
  ChatOutcome told{.outcome = {}, .heard = {}, .walk = test::walk(usual)};
  const Verdict& verdict = told.walk.verdict;
  told.outcome = verdict.outcome == Outcome::pass ? "pass" : told.walk.show();
  for (const auto& frame : server.frames())
    if (frame.opcode == op_text || frame.opcode == op_binary)
      told.heard += (frame.opcode == op_text ? frame.payload : text::hex(frame.payload)) + "\n";
  return told;
}

ScriptedChat ScriptedChat::but(std::size_t exchange, Says says) const {
  ScriptedChat other = *this;
  other.exchanges.at(exchange).says = std::move(says);
  return other;
}

ScriptedChat ScriptedChat::but_welcome(Says says) const {
  ScriptedChat other = *this;
  other.welcome = std::move(says);
  return other;
}

}  // namespace sonde::test
