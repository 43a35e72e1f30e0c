#include <gmock/gmock.h>

#include <map>

#include "tests/support/chat_target.hpp"

// What a server says and how it ends the session, in one segment: what was said is judged first.
namespace sonde::test::order_test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

// The ways to end a session right behind a frame.
struct End {
  std::string name;
  std::string bytes;
  bool fin = false;
};

std::string closing(int code) {
  const std::string payload = {static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  return frame(op_close, payload);
}

class Order : public testing::TestWithParam<End> {
 protected:
  // All in one segment.
  static Script with_end(const std::vector<std::string>& messages) {
    std::string bytes;
    for (const auto& message : messages) bytes += frame(op_text, message);
    Script script{send(bytes + GetParam().bytes)};
    script.push_back(GetParam().fin ? fin() : hang());
    return script;
  }
  static Script accepted(Script then) {
    then.insert(then.begin(), accept());
    return then;
  }
  static ProbeRun upgrade(Script script, const DefaultConfig::Keys& probe = {}) {
    const Server server(after_login(std::move(script)));
    DefaultConfig usual(server.url(""));
    usual.kind("upgrade");
    merge(usual.probe, probe);
    return walk(usual);
  }
};

const std::string ready = R"({"type":"connection_established"})";
const std::string refusal = R"({"type":"authentication_error","error_code":"EXPIRED"})";

TEST_P(Order, ARefusalCheckHearsTheRefusal) {
  for (int round = 0; round < 10; ++round) {
    const Script others = accepted(with_end({refusal}));
    const Server server(Handler([&others](const Request& request) -> Script {
      if (request.target() == "/auth/login") return {json(200, granted("the-granted-token"))};
      if (request.header("Authorization").ends_with(" the-granted-token"))
        return {accept(), ready_message(), wait_for_close()};
      return others;
    }));
    DefaultConfig usual(server.url(""));
    usual.kind("upgrade");
    usual.probe["refuse"] = "[garbage_token, no_token]";
    const ProbeRun walked = walk(usual);
    EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  }
}

TEST_P(Order, ReadyHearsTheRefusal) {
  const ProbeRun walked = upgrade(accepted(with_end({refusal})));
  EXPECT_THAT(walked.show(),
              StartsWith("fail ready/auth_rejected_after_accept: authentication_error"));
}

// What comes in the segment of the ready message is heard before we leave. A FIN is none: where it
// comes after our own Close, the server has not ended the session.
TEST_P(Order, ReadyHearsTheReadyMessage) {
  const std::map<std::string, std::string> told = {
      {"Close", "fail ready/closed_after_accept: the server closed with 1000 as soon as"},
      {"Refusal", "fail ready/auth_rejected_after_accept: the server closed with 4401 as soon as"},
      {"Fin", "fail ready/closed_after_accept: the connection ended (fin) as soon as"},
      {"Fault", "fail ready/protocol_error: "}};
  const ProbeRun walked = upgrade(accepted(with_end({ready})));
  if (GetParam().name == "Fin" && walked.verdict.outcome == Outcome::pass) return;
  EXPECT_THAT(walked.show(), StartsWith(told.at(GetParam().name)));
}

TEST_P(Order, AStepHearsWhatItWaitsForAndTheNextOneTheRefusal) {
  const Server server(after_login(accepted(with_end({R"({"type":"hello"})", refusal}))));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.probe["dialect"] = "stepwise";
  usual.more =
      "dialects: { stepwise: { extends: agent-events, steps: [{ expect: { type: hello } }, "
      "{ send: join, expect: { type: joined } }] } }";
  const ProbeRun walked = walk(usual);
  EXPECT_THAT(walked.show(),
              StartsWith("fail ready/auth_rejected_after_accept: authentication_error"));
}

// Everything is there before the prompt is sent, so that the send fails.
TEST_P(Order, AChatHearsTheRefusalBeforeItsPrompt) {
  const Server server(after_login(accepted(with_end({ready, refusal}))));
  DefaultConfig usual(server.url(""));
  usual.kind("chat");
  const ProbeRun walked = walk(usual);
  EXPECT_THAT(walked.show(), StartsWith("fail events/agent_error: authentication_error"));
}

TEST_P(Order, AChatHearsItsTerminalEvent) {
  std::vector<std::string> turn = {
      event("agent_started"), event("agent_thinking"),
      event("tool_executing", R"(,"execution_id":"x1")"),
      event("tool_completed", R"(,"execution_id":"x1","results":{"n":42})"),
      event("agent_completed", R"(,"final_response":"42 it is")")};
  const ProbeRun whole = Chat{.turn = with_end(turn)}.walk();
  const bool fault = GetParam().name == "Fault";
  EXPECT_EQ(name(whole.verdict.reason), fault ? "protocol_error" : "ok") << whole.show();
  turn.back() = event("agent_error", R"(,"message":"quota exceeded")");
  EXPECT_THAT(Chat{.turn = with_end(turn)}.walk().show(),
              StartsWith("fail events/agent_error: agent_error came"));
}

TEST_P(Order, AHoldHearsTheRefusal) {
  const ProbeRun walked =
      upgrade(accepted({ready_message(), pause(50ms), with_end({refusal}).front(),
                        GetParam().fin ? fin() : hang()}),
              {{"hold", "{ for: 2s }"}});
  EXPECT_THAT(walked.show(), StartsWith("fail hold/hold_expired: authentication_error"));
}

// The listener is told of somebody else, and then the session ends.
TEST_P(Order, ASilentSessionOfAnIsolationHearsWhatIsNotItsOwn) {
  const Server server(Handler([](const Request& request) -> Script {
    if (request.target() == "/auth/login")
      return {
          json(200, granted(request.body.contains("bob@") ? "token-of-bob" : "token-of-alice"))};
    Script script = {accept(), text(ready)};
    if (!request.header("Authorization").ends_with("bob")) {
      script.push_back(on_message([](const std::string&) { return good_turn("42 it is"); }));
      return script;
    }
    for (Act& act : with_end({event("news")})) script.push_back(std::move(act));
    return script;
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("isolation");
  usual.probe["sessions"] = "[{ as: alice }, { as: bob, silent: true }]";
  usual.probe["listener"] = "false";
  usual.probe["abort"] = "false";
  const ProbeRun walked = walk(usual);
  EXPECT_THAT(walked.show(), StartsWith("fail isolation/foreign_event: bob-1 asked nothing"));
}

INSTANTIATE_TEST_SUITE_P(Ends, Order,
                         testing::Values(End{"Close", closing(1000)}, End{"Refusal", closing(4401)},
                                         End{"Fin", "", true}, End{"Fault", frame(3, "x")}),
                         [](const auto& each) { return each.param.name; });

// A Close behind a message that nobody has read yet: the send fails, and the Close counts.
TEST(SendOfAPrompt, TellsTheCloseThatCameBeforeIt) {
  const std::pair<int, std::string> closes[] = {
      {4401, "closed_midstream: the server closed with 4401"},
      {1011, "closed_midstream: the server closed with 1011"}};
  for (const auto& [code, told] : closes) {
    const Server server(after_login(
        {accept(), send(frame(op_text, ready) + frame(op_text, event("news")) + closing(code)),
         hang()}));
    DefaultConfig usual(server.url(""));
    usual.kind("chat");
    const ProbeRun walked = walk(usual);
    EXPECT_THAT(walked.show(), HasSubstr(told));
    EXPECT_THAT(walked.show(), HasSubstr("before the prompt was sent"));
  }
}

TEST(SendOfAPrompt, TellsTheFrameFaultThatCameBeforeIt) {
  const Server server(after_login(
      {accept(), send(frame(op_text, ready) + frame(op_text, event("news")) + "<html>busy</html>"),
       hang()}));
  DefaultConfig usual(server.url(""));
  usual.kind("chat");
  EXPECT_THAT(walk(usual).show(),
              StartsWith("fail events/protocol_error: not a frame, but text: \"<html>busy"));
}

// The reason of a Close is told wherever it comes.
TEST(CloseText, IsKeptAtEveryStep) {
  const auto ends = [](Script script, const std::string& kind, const std::string& hold) {
    script.insert(script.begin(), accept());
    const Server server(after_login(std::move(script)));
    DefaultConfig usual(server.url(""));
    usual.kind(kind);
    usual.probe["hold"] = hold;
    return walk(usual).show();
  };
  const Script full = {ready_message(), pause(20ms), close(4999, "we are full"), hang()};
  EXPECT_THAT(ends({close(4999, "we are full"), hang()}, "upgrade", ""),
              HasSubstr("4999 we are full"));
  EXPECT_THAT(ends(full, "upgrade", "{ for: 1s }"), HasSubstr("4999 we are full"));
  EXPECT_THAT(ends(full, "chat", ""), HasSubstr("4999 we are full"));
}

// What is forbidden in a Close is told, with its code and what can be read of its reason.
TEST(WrongClose, IsToldWithItsCodeAndReason) {
  const auto before_ready = [](const std::string& payload) {
    const Server server(
        after_login({accept(), send(frame(op_close, payload)), wait_for_close(), hang()}));
    DefaultConfig usual(server.url(""));
    usual.kind("upgrade");
    return walk(usual).show();
  };
  const std::string cut = std::string(119, 'x') + "\xc3";
  EXPECT_THAT(
      before_ready("\x03\xee"
                   "upstream gone"),
      StartsWith("fail ready/protocol_error: a Close with the code 1006, which no server may "
                 "send: \"upstream gone\""));
  EXPECT_THAT(before_ready("\x03\xe7"
                           "worker 3 died"),
              HasSubstr("the code 999, which no server may send: \"worker 3 died\""));
  const std::string refused = before_ready("\x03\xf0" + cut);
  EXPECT_THAT(refused, StartsWith("fail ready/auth_rejected_after_accept: the server closed with "
                                  "1008 xxxx"));
  EXPECT_THAT(refused, HasSubstr("a reason that is not UTF-8"));
}

}  // namespace
}  // namespace sonde::test::order_test
