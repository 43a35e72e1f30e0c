// Sessions that show a password and are open at the same time: each of them may still be refused.
#include <gmock/gmock.h>

#include "probes/session/secret_trial.hpp"
#include "tests/support/chat_target.hpp"

namespace sonde::test::sessions_at_once_test {
namespace {

using testing::HasSubstr;

constexpr char three[] = "{ after: 3, cooldown: 1h }";

// A server that greets everybody, and refuses a password a little later, as the account's count.
struct Greeter {
  int shown = 0;
  bool refuses = true;
  std::string greeting = R"({"type":"connection_established"})";
  std::chrono::milliseconds after{50};
  Server server{Handler([this](const Request& request) -> Script {
    if (request.header("Upgrade") != "websocket") return {answer(404)};
    ++shown;
    if (refuses) return {accept(), sonde::test::text(greeting), pause(after), close(4401), hang()};
    return {accept(), sonde::test::text(greeting),
            on_message([](const std::string&) { return good_turn("hello"); })};
  })};
};

void show_password(DefaultConfig& usual) {
  usual.probe["login"] = "";
  usual.socket["token_in"] = "none";
  usual.socket["headers"] = R"({ Authorization: "Basic {{identity.basic}}" })";
  usual.target["lockout"] = three;
}

std::vector<std::shared_ptr<const Check>> many(const DefaultConfig& usual, int count) {
  return {static_cast<std::size_t>(count), plan(usual.yaml()).check("p")};
}

TEST(SessionsAtOnce, ThatAreRefusedAfterTheyWereReadyAreNoMoreThanLockoutAllows) {
  for (const std::string kind : {"upgrade", "chat"})
    for (const bool says_ready : {true, false}) {
      Greeter greeter;
      DefaultConfig usual(greeter.server.url(""));
      usual.kind(kind);
      if (kind == "upgrade") usual.probe["hold"] = "{ for: 300ms }";
      show_password(usual);
      if (!says_ready) usual.socket["ready"] = "{ silent: true, within: 20ms }";
      Walker walker;
      for (int i = 0; i < 2; ++i) walker.when_all(many(usual, 6));
      EXPECT_EQ(greeter.shown, 3) << kind << says_ready;
    }
}

TEST(SessionsAtOnce, OfTwoWorkersAreNoMoreThanLockoutAllows) {
  const auto table = auth::LockoutTable::in_memory();
  Greeter greeter;
  DefaultConfig usual(greeter.server.url(""));
  usual.kind("upgrade");
  usual.probe["hold"] = "{ for: 300ms }";
  show_password(usual);
  for (int i = 0; i < 3; ++i) {
    Walker worker;
    worker.shared().token_cache.share(table);
    worker.when_all(many(usual, 2));
  }
  EXPECT_EQ(greeter.shown, 3);
}

// More than lockout allows follow each other.
TEST(SessionsAtOnce, ThatAreAcceptedAllPass) {
  Greeter greeter;
  greeter.refuses = false;
  DefaultConfig usual(greeter.server.url(""));
  usual.kind("upgrade");
  show_password(usual);
  Walker walker;
  for (const ProbeRun& walked : walker.when_all(many(usual, 8)))
    EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_EQ(greeter.shown, 8);
}

void isolate(DefaultConfig& usual, const std::string& sessions) {
  usual.kind("isolation");
  usual.probe["same_user"] = "forbid";
  usual.probe["listener"] = usual.probe["abort"] = "false";
  usual.probe["sessions"] = sessions;
  show_password(usual);
}

TEST(SessionsAtOnce, OfAnIsolationProbeAreNoMoreThanLockoutAllows) {
  Greeter greeter;
  DefaultConfig usual(greeter.server.url(""));
  isolate(usual, "[{ as: alice }, { as: alice }]");
  Walker walker;
  for (int i = 0; i < 6; ++i) walker.walk(usual);
  EXPECT_EQ(greeter.shown, 3);
}

// The first one was greeted, and is refused while the others connect.
TEST(SessionsAtOnce, OfAnIsolationProbeThatLacksOneOfThemCountAsWell) {
  int shown = 0;
  const Server server(Handler([&](const Request&) -> Script {
    if (++shown % 2 == 0) return {pause(std::chrono::milliseconds(100)), answer(503)};
    return {accept(), ready_message(), pause(std::chrono::milliseconds(30)), close(4401), hang()};
  }));
  DefaultConfig usual(server.url(""));
  isolate(usual, "[{ as: alice }, { as: alice }]");
  Walker walker;
  ProbeRun walked;
  for (int i = 0; i < 6; ++i) walked = walker.walk(usual);
  EXPECT_EQ(walked.verdict.reason, Reason::suppressed) << walked.show();
  EXPECT_LE(shown, 5) << "three of them refused";
}

// Where one refusal is counted, three sessions are one too many until one alone was accepted.
TEST(SessionsAtOnce, OfAnIsolationProbeWaitForOneThatIsAcceptedAlone) {
  Greeter greeter;
  DefaultConfig usual(greeter.server.url(""));
  isolate(usual, "[{ as: alice }, { as: alice }, { as: alice, silent: true }]");
  DefaultConfig single(greeter.server.url(""));
  single.kind("upgrade");
  single.probe["hold"] = "{ for: 300ms }";
  show_password(single);
  Walker walker;
  EXPECT_EQ(walker.walk(single).verdict.outcome, Outcome::fail);
  const ProbeRun refused = walker.walk(usual);
  EXPECT_EQ(refused.verdict.outcome, Outcome::fail) << refused.show();
  EXPECT_EQ(greeter.shown, 2) << "one alone";
  greeter.refuses = false;
  const ProbeRun walked = walker.walk(usual);
  EXPECT_NE(walked.verdict.reason, Reason::suppressed) << walked.show();
  EXPECT_EQ(greeter.shown, 2 + 1 + 3) << walked.show();
}

TEST(SessionsAtOnce, OfAnIsolationProbeThatAreMoreThanLockoutAllowsAreAMistake) {
  DefaultConfig usual("127.0.0.1:1");
  isolate(usual, "[{ as: alice }, { as: alice }, { as: alice }]");
  EXPECT_EQ(plan(usual.yaml()).wrong(), "");
  for (const char* more : {"listener", "abort"}) {
    usual.probe[more] = "true";
    EXPECT_THAT(plan(usual.yaml()).wrong(), HasSubstr("lockout.after of the login or target"))
        << more;
    usual.probe[more] = "false";
  }
  usual.probe["sessions"] = "[{ as: alice }, { as: alice }, { as: alice }, { as: bob }]";
  EXPECT_EQ(plan(usual.yaml()).wrong(), "") << "bob is another account";
}

}  // namespace
}  // namespace sonde::test::sessions_at_once_test
