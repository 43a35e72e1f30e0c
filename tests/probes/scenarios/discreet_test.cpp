#include <gmock/gmock.h>

#include <atomic>

#include "tests/support/http_server.hpp"
#include "tests/support/planted.hpp"
#include "tests/support/probe_run.hpp"

// A target may speak of other runs and of other people.
namespace sonde::test::discreet_test {
namespace {

using testing::HasSubstr;

TEST(Discreet, TokensOfEarlierRunsAreHiddenInTheNext) {
  std::atomic<int> issued = 0;
  const Server server(Handler([&](const Request& request) -> Script {
    const std::string last = "opaque-token-" + std::to_string(1000 + issued);
    if (request.target().starts_with("/auth/login"))
      return {json(
          200, R"({"access_token":"opaque-token-)" + std::to_string(1000 + ++issued) + R"("})")};
    return {json(503, R"({"status":"down","last":"seen )" + last + R"("})")};
  }));
  Walker walker;
  DefaultConfig login(server.url("")), health(server.url(""));
  login.kind("login");
  EXPECT_EQ(walker.walk(login).verdict.outcome, Outcome::pass);
  EXPECT_EQ(walker.walk(login).verdict.outcome, Outcome::pass);
  health.probe = {{"kind", "health"}, {"url", R"("{{target.http}}/health")"}};
  const ProbeRun walked = walker.walk(health);
  EXPECT_EQ(walked.verdict.outcome, Outcome::fail);
  EXPECT_THAT(dump(walked), HasSubstr("seen"));
  expect_hidden(walked, {"opaque-token-1001", "opaque-token-1002"});
}

TEST(Discreet, SecretsOfWhoIsNotAskedForAreHidden) {
  const Server server(Handler([](const Request&) -> Script {
    return {json(503,
                 "{\"last\":\"seen " + std::string(DefaultConfig::password).substr(0, 13) + "\"}")};
  }));
  DefaultConfig health(server.url(""));
  health.probe = {{"kind", "health"}, {"url", R"("{{target.http}}/health")"}};
  const ProbeRun walked = walk(health);
  EXPECT_THAT(dump(walked), HasSubstr("seen"));
  expect_hidden(walked, {std::string(DefaultConfig::password)});
}

}  // namespace
}  // namespace sonde::test::discreet_test
