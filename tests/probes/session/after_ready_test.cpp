// What a server says to a client after it has called the session ready.
#include "probes/session/after_ready.hpp"

#include <gmock/gmock.h>

#include "tests/support/chat_target.hpp"

namespace sonde::test::after_ready_test {
namespace {

using testing::HasSubstr;

std::string ready_frame() { return frame(op_text, R"({"type":"connection_established"})"); }

std::string close_frame(int code, const std::string& why) {
  const std::string bytes = {static_cast<char>(code / 256), static_cast<char>(code % 256)};
  return frame(op_close, bytes + why);
}

ProbeRun upgraded(Script script, const std::string& refused_by = "") {
  script.insert(script.begin(), accept());
  const Server server(after_login(script));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  if (!refused_by.empty()) usual.socket["refused_by"] = refused_by;
  return walk(usual);
}

TEST(AfterReady, ACloseInTheSegmentOfTheReadyMessageFails) {
  const std::pair<int, Reason> all[] = {
      {4401, Reason::auth_rejected_after_accept}, {1008, Reason::auth_rejected_after_accept},
      {1011, Reason::server_error_after_accept},  {1012, Reason::restarting},
      {1000, Reason::closed_after_accept},        {4999, Reason::closed_after_accept}};
  for (const auto& [code, reason] : all) {
    const ProbeRun run =
        upgraded({send(ready_frame() + close_frame(code, "token expired")), hang()});
    EXPECT_EQ(run.verdict.reason, reason) << code << run.show();
    EXPECT_EQ(run.verdict.step, Step::ready);
    EXPECT_THAT(run.verdict.detail, HasSubstr("as soon as the session was ready"));
  }
}

TEST(AfterReady, ACloseOfRefusedByIsARefusal) {
  const ProbeRun run =
      upgraded({send(ready_frame() + close_frame(4999, "")), hang()}, "{ close: [4999] }");
  EXPECT_EQ(run.verdict.reason, Reason::auth_rejected_after_accept) << run.show();
}

TEST(AfterReady, AMessageThatRefusesFailsInTheSegmentOfTheReadyMessage) {
  const std::string error = frame(op_text, R"({"type":"error","data":{"code":"TOKEN_EXPIRED"}})");
  for (const std::string& rest : {error, error + close_frame(1000, "")}) {
    const ProbeRun run =
        upgraded({send(ready_frame() + rest), wait_for_close()}, "{ frame: { type: error } }");
    EXPECT_EQ(run.verdict.reason, Reason::auth_rejected_after_accept) << run.show();
    EXPECT_EQ(run.verdict.step, Step::ready);
  }
}

// What a server sends before it has read our Close comes before its answer.
TEST(AfterReady, ARefusalThatMeetsOurCloseFails) {
  const std::string error = frame(op_text, R"({"type":"error"})");
  for (const std::string& rest :
       {close_frame(4401, "token expired"), error + close_frame(1000, "")}) {
    const ProbeRun run = upgraded({ready_message(), expect(op_close), send(rest), hang()},
                                  "{ frame: { type: error } }");
    EXPECT_EQ(run.verdict.reason, Reason::auth_rejected_after_accept) << run.show();
    EXPECT_EQ(run.verdict.step, Step::ready);
  }
}

TEST(AfterReady, OtherMessagesAndAnyAnswerToOurCloseAreGood) {
  const std::string news =
      frame(op_text, R"({"type":"news"})") + frame(op_text, "not of the dialect");
  for (const int code : {1000, 1001, 1005, 4000}) {
    const ProbeRun run = upgraded(
        {send(ready_frame() + news), expect(op_close),
         send(news + (code == 1005 ? frame(op_close, "") : close_frame(code, ""))), hang()});
    EXPECT_EQ(run.verdict.outcome, Outcome::pass) << code << run.show();
  }
}

// A refusal long after the session was ready would be missed, but nobody waits for it.
TEST(AfterReady, AGoodServerIsNotWaitedFor) {
  const ProbeRun run = upgraded({ready_message(), wait_for_close()});
  EXPECT_EQ(run.verdict.outcome, Outcome::pass) << run.show();
  EXPECT_EQ(run.trace->ending().by, EndedBy::us);
}

// A server that greets everybody and refuses the password after that, at once or a little later.
TEST(AfterReady, APasswordThatIsRefusedThenIsShownNoMoreThanLockoutAllows) {
  const std::string closing = close_frame(4401, "token expired");
  const Act a_while = pause(std::chrono::milliseconds(50));
  for (const std::string kind : {"upgrade", "hold", "chat"})
    for (const bool later : {false, true}) {
      if (later && kind == "upgrade") continue;  // it has left by then
      int shown = 0;
      const Server server(Handler([&](const Request&) -> Script {
        ++shown;
        if (!later) return {accept(), send(ready_frame() + closing), hang()};
        return {accept(), ready_message(), a_while, send(closing), hang()};
      }));
      DefaultConfig usual(server.url(""));
      usual.kind(kind == "chat" ? "chat" : "upgrade");
      if (kind == "hold") usual.probe["hold"] = "{ for: 300ms }";
      usual.probe["login"] = "";
      usual.socket["token_in"] = "none";
      usual.socket["headers"] = R"({ Authorization: "Basic {{identity.basic}}" })";
      usual.target["lockout"] = "{ after: 3, cooldown: 1h }";
      Walker walker;
      for (int i = 0; i < 5; ++i) walker.walk(usual);
      EXPECT_EQ(shown, 3) << kind << later;
    }
}

}  // namespace
}  // namespace sonde::test::after_ready_test
