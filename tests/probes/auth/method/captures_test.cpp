#include <gmock/gmock.h>

#include "tests/support/http_server.hpp"
#include "tests/support/probe_run.hpp"

// What a login captures is secret, except who the user is, which the configuration says as well.
namespace sonde::test::captures_test {
namespace {

using testing::HasSubstr;
using testing::Not;

ProbeRun capture_user(const std::string& user) {
  const Server server(
      Script{json(200, R"({"user":")" + user + R"(","token":"opaque-token-4711"})")});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login = {{"method", "steps"},
                 {"requests", R"([{ url: "{{target.auth}}/login", body: "{{identity.password}}",
                                    capture: { user: { json: /user }, token: { json: /token } } }])"}};
  return walk(usual);
}

TEST(Captures, ThatAreTheUsersNameAreShown) {
  const ProbeRun walked = capture_user("alice@example.com");
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  const std::string& body = walked.trace->exchanges().front().body;
  EXPECT_THAT(body, HasSubstr("alice@example.com"));
  EXPECT_THAT(body, Not(HasSubstr("opaque-token")));
}

TEST(Captures, OfAnythingElseAreHidden) {
  const ProbeRun walked = capture_user("session-of-somebody");
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_THAT(walked.trace->exchanges().front().body, Not(HasSubstr("session-of-somebody")));
}

}  // namespace
}  // namespace sonde::test::captures_test
