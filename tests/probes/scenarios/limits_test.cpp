#include <gmock/gmock.h>

#include <set>

#include "tests/support/chat_target.hpp"

// No run ends later than its deadline, whatever the server keeps it waiting for; and no two
// sessions of a run draw the same.
namespace sonde::test::limits_test {
namespace {

using namespace std::chrono_literals;

constexpr Span timeout = 400ms;
constexpr Span slack = 600ms;  // a busy machine; the wait for a Close is a second

struct Held {
  std::string name;
  std::string kind;
  Script then;  // what comes behind the login
  DefaultConfig::Keys keys = {};
};

// A whole turn, and then the Close of the client is never answered.
Script mute(Script first) {
  for (Act act : {accept(), text(R"({"type":"connection_established"})")})
    first.push_back(std::move(act));
  first.push_back(hang());
  return first;
}

const DefaultConfig::Keys plain = {{"abort", "false"}, {"listener", "false"}};

class Deadline : public testing::TestWithParam<Held> {};

TEST_P(Deadline, IsKept) {
  const Server server(after_login(GetParam().then));
  DefaultConfig usual(server.url(""));
  usual.kind(GetParam().kind);
  usual.socket["rest"] = R"("{{target.http}}/me")";
  merge(usual.probe, GetParam().keys);
  usual.defaults["timeout"] = "400ms";
  const ProbeRun walked = walk(usual);
  EXPECT_LT(walked.took, timeout + slack) << walked.show();
  EXPECT_NE(walked.verdict.reason, Reason::cut);
}

INSTANTIATE_TEST_SUITE_P(
    Servers, Deadline,
    testing::Values(
        Held{"IsolationWithoutAnswers", "isolation", mute({})},
        Held{"IsolationOfTwoAlone", "isolation", mute({}), plain},
        Held{"IsolationWithoutAListener", "isolation", mute({}), {{"listener", "false"}}},
        Held{"IsolationThatIsNotCut", "isolation", mute({}), {{"abort", "false"}}},
        Held{"IsolationThatHangsAtTheUpgrade", "isolation", {hang()}},
        Held{"ChatWithoutAnswers", "chat", mute({})},
        Held{"UpgradeThatIsNeverClosed", "upgrade", mute({})},
        Held{"HoldThatIsNeverClosed", "upgrade", mute({}), {{"hold", "{ for: 300ms }"}}},
        Held{"RefusalThatHangs", "upgrade", mute({}), {{"refuse", "[no_token, garbage_token]"}}},
        Held{
            "LoginsAtOnceAndTheirUse", "login", mute({}), {{"parallel", "2"}, {"socket", "main"}}}),
    [](const auto& each) { return each.param.name; });

// The agent begins to answer, so that one session is cut and comes back; then the server hangs.
TEST(IsolationDeadline, IsKeptWhereASessionComesBack) {
  const Server server(after_login(
      {accept(), text(R"({"type":"connection_established"})"),
       on_message([](const std::string&) { return Script{tell("agent_started"), hang()}; })}));
  DefaultConfig usual(server.url(""));
  usual.kind("isolation");
  usual.defaults["timeout"] = "400ms";
  const ProbeRun walked = walk(usual);
  EXPECT_LT(walked.took, timeout + slack) << walked.show();
}

// What each of several sessions is made of differs from that of all others, and in each run.
TEST(Draws, AreSharedByNoTwoSessionsOrRuns) {
  std::set<std::string> nonces;
  std::size_t sessions = 0;
  const Server server(Handler([](const Request& request) -> Script {
    if (request.target() == "/auth/login")
      return {json(200, granted(request.body.contains("bob@") ? "of-bob" : "of-alice"))};
    return {accept(), text(R"({"type":"connection_established"})"),
            on_message([](const std::string&) { return good_turn("42 it is"); })};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("isolation");
  usual.probe["dialect"] = "drawing";
  usual.more =
      "dialects: { drawing: { extends: agent-events, vars: { one: '{{nonce(12)}}', two: "
      "'{{nonce(12)}}' }, send: '{{vars.one}} {{vars.two}} {{prompt}}' } }";
  for (std::uint64_t seed :
       {std::uint64_t{7}, std::uint64_t{8}, std::uint64_t{0x9e3779b97f4a7c15} + 7}) {
    const ProbeRun walked = walk(usual, {.seed = seed});
    EXPECT_NE(walked.verdict.reason, Reason::cross_user_leak) << walked.show();
  }
  for (const auto& frame : server.frames()) {
    if (frame.opcode != op_text || frame.payload.size() < 25) continue;
    ++sessions;
    for (const std::size_t begin : {0U, 13U})
      EXPECT_TRUE(nonces.insert(frame.payload.substr(begin, 12)).second) << frame.payload;
  }
  EXPECT_EQ(sessions, 3U * 4U);
  // A stream that is another one, shifted, shares a piece of it.
  std::set<std::string> pieces;
  for (const auto& nonce : nonces)
    for (std::size_t at = 0; at + 8 <= nonce.size(); ++at)
      EXPECT_TRUE(pieces.insert(nonce.substr(at, 8)).second) << nonce;
}

}  // namespace
}  // namespace sonde::test::limits_test
