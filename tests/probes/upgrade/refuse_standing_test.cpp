#include <gmock/gmock.h>

#include <utility>

#include "probes/session/shared.hpp"
#include "probes/text/template.hpp"
#include "tests/support/chat_target.hpp"

// What a failed refusal check means for the runs that do not make it.
namespace sonde::test::refuse_standing_test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string outcome(const ProbeRun& walked) {
  return walked.verdict.outcome == Outcome::pass ? "pass" : walked.show();
}

// Open to everybody until it is closed again.
struct Gate {
  bool open = true;
};

TEST(StandingRefusal, OfACheckIsThereUntilTheSameCheckPasses) {
  const auto gate = std::make_shared<Gate>();
  const Server server(Handler([gate](const Request& request) -> Script {
    if (request.target() == "/auth/login") return {json(200, granted("the-granted-token"))};
    if (gate->open || request.head.contains("the-granted-token"))
      return {accept(), ready_message(), wait_for_close()};
    return {json(401, "{}")};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.probe["refuse"] = "[no_token, garbage_token]";
  const auto check = plan(usual.yaml()).check("p");
  StandingRefusals standing;
  const auto run = [&](bool checks, std::uint32_t turn) {
    Walker walker;  // its first round of a target is never too early
    return outcome(walker.walk(
        check, {.seed = 7, .check_refusals = checks, .refusal_turn = turn, .standing = &standing}));
  };
  EXPECT_THAT(run(true, 0), StartsWith("fail refuse/auth_fail_open: no_token: "));
  EXPECT_THAT(run(false, 0), StartsWith("fail refuse/auth_fail_open: no_token: "))
      << "no check is made, and nothing has changed";
  EXPECT_THAT(run(false, 0), HasSubstr("(when last checked)"));
  gate->open = false;
  EXPECT_THAT(run(false, 0), HasSubstr("auth_fail_open"));
  EXPECT_EQ(run(true, 1), "pass") << "those that stand are made out of their turn";
  EXPECT_EQ(run(false, 1), "pass");
}

TEST(StandingRefusal, OfACheckThatIsNotMadeAnyMoreIsDropped) {
  const Server server(Handler([](const Request& request) -> Script {
    if (request.target() == "/auth/login") return {json(200, granted("the-granted-token"))};
    return {accept(), ready_message(), wait_for_close()};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.probe["refuse"] = "[garbage_token]";
  const Failure open{Reason::auth_fail_open, "it was let in"};
  StandingRefusals standing = {{"garbage_token", open}, {"no_token", open}};
  EXPECT_THAT(outcome(walk(usual, {.seed = 7, .check_refusals = false, .standing = &standing})),
              HasSubstr("auth_fail_open"));
  EXPECT_TRUE(standing.contains("garbage_token"));
  EXPECT_FALSE(standing.contains("no_token"));
}

TEST(StandingRefusal, OfAServersPassingTroubleIsThereForOneRun) {
  const auto troubles = std::make_shared<int>(2);  // the check is made once more
  const Server server(Handler([troubles](const Request& request) -> Script {
    if (request.target() == "/auth/login") return {json(200, granted("the-granted-token"))};
    if (request.head.contains("the-granted-token"))
      return {accept(), ready_message(), wait_for_close()};
    return {json((*troubles)-- > 0 ? 500 : 401, "{}")};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.probe["refuse"] = "[no_token]";
  const auto check = plan(usual.yaml()).check("p");
  StandingRefusals standing;
  EXPECT_THAT(outcome(walk(check, {.seed = 7, .standing = &standing})), HasSubstr("no_refusal"));
  EXPECT_EQ(outcome(walk(check, {.seed = 7, .check_refusals = false, .standing = &standing})),
            "pass");
}

const std::string long_lived = text::base64url(R"({"alg":"RS256","typ":"JWT"})") + "." +
                               text::base64url(R"({"sub":"alice","exp":4000000000})") + "." +
                               text::base64url(std::string(256, 's'));

TEST(StandingRefusal, OfAForgedTokenInThePlaceOfAnExpiredOneEndsWithItsRefusal) {
  const auto gate = std::make_shared<Gate>();
  const Server server(Handler([gate](const Request& request) -> Script {
    if (request.target() == "/auth/login") return {json(200, granted(long_lived))};
    if (gate->open || request.head.contains(long_lived))
      return {accept(), ready_message(), wait_for_close()};
    return {json(401, "{}")};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.probe["refuse"] = "[expired_token]";
  StandingRefusals standing;
  const auto check = plan(usual.yaml()).check("p");
  EXPECT_THAT(outcome(walk(check, {.seed = 7, .standing = &standing})),
              HasSubstr("auth_fail_open"));
  gate->open = false;
  EXPECT_EQ(outcome(walk(check, {.seed = 7, .standing = &standing})), "pass");
}

}  // namespace
}  // namespace sonde::test::refuse_standing_test
