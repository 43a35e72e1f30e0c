#include <gtest/gtest.h>

#include "deploy/demo/base64.hpp"
#include "tests/deploy/demo/requests.hpp"

namespace sonde::demo::admit_test {
namespace {

std::string user_of(const Decision& decision) {
  return decision.admission ? decision.admission->user : std::to_string(decision.refusal.status);
}

TEST(Admit, TheTokenComesInFourWays) {
  Desk desk;
  const auto token = desk.token();
  const std::string alice = "alice@example.com";
  EXPECT_EQ(user_of(desk.upgrade({{"authorization", "Bearer " + token}})), alice);
  EXPECT_EQ(user_of(desk.upgrade({{"sec-websocket-protocol", "chat.v1, bearer." + token}})), alice);
  EXPECT_EQ(user_of(desk.upgrade({{"sec-websocket-protocol", "jwt." + base64url(token)}})), alice);
  EXPECT_EQ(user_of(desk.upgrade({{"cookie", "a=b; token=" + token}})), alice);
  EXPECT_EQ(user_of(desk.upgrade({}, {{"token", token}})), alice);
}

TEST(Admit, NoTokenAndABadOneAreRefusedBeforeTheUpgrade) {
  Desk desk;
  EXPECT_EQ(user_of(desk.upgrade({})), "401");
  EXPECT_EQ(user_of(desk.upgrade({{"authorization", "Bearer garbage"}})), "401");
  const auto old = desk.backend.tokens.issue(
      "alice", "j", std::chrono::system_clock::now() - std::chrono::minutes(16));
  const auto refused = desk.upgrade({{"authorization", "Bearer " + old}});
  EXPECT_EQ(refused.refusal.status, 401);
  EXPECT_EQ(refused.refusal.body, R"({"detail":"token expired"})");
}

TEST(Admit, TheAppsOwnProtocolIsSelected) {
  Desk desk;
  const auto bearer = "bearer." + desk.token();
  const auto both = desk.upgrade({{"sec-websocket-protocol", bearer + ", chat.v1"}});
  EXPECT_EQ(both.admission->protocol, "chat.v1");
  const auto alone = desk.upgrade({{"sec-websocket-protocol", bearer}});
  EXPECT_EQ(alone.admission->protocol, bearer);
  const auto none = desk.upgrade({{"authorization", "Bearer " + desk.token()}});
  EXPECT_EQ(none.admission->protocol, "");
}

TEST(Admit, FaultsRefuseOrFailOpen) {
  Desk desk;
  const Fields good{{"authorization", "Bearer " + desk.token()}};
  auto& faults = desk.backend.faults;
  ASSERT_TRUE(faults.switch_on("upgrade_403", "1/2", ""));
  EXPECT_EQ(user_of(desk.upgrade(good)), "403");
  EXPECT_EQ(user_of(desk.upgrade(good)), "alice@example.com");
  faults.all_off();
  ASSERT_TRUE(faults.switch_on("upgrade_hang", "", ""));
  EXPECT_TRUE(desk.upgrade(good).refusal.hang);
  faults.all_off();
  ASSERT_TRUE(faults.switch_on("auth_open", "", ""));
  EXPECT_EQ(user_of(desk.upgrade({})), "demo-user-001");
  EXPECT_EQ(user_of(desk.upgrade(good)), "alice@example.com");
  ASSERT_TRUE(faults.switch_on("wrong_identity", "", ""));
  EXPECT_EQ(user_of(desk.upgrade(good)), "demo-user-001");
}

TEST(Admit, TheOpenEndpointLetsEverybodyIn) {
  Desk desk;
  const auto decision = desk.upgrade({}, {}, "/open");
  EXPECT_EQ(user_of(decision), "demo-user-001");
  EXPECT_EQ(decision.admission->mode, "legacy");
}

TEST(Options, AreCheckedOneByOne) {
  const auto parse = [](std::vector<const char*> words) { return parse_options(words); };
  const auto good = parse({"--listen", "[::1]:0", "--think=5ms", "--seed", "7"});
  ASSERT_TRUE(good);
  EXPECT_EQ(good->host, "::1");
  EXPECT_EQ(good->think, std::chrono::milliseconds(5));
  for (const auto& bad : std::vector<std::vector<const char*>>{{"--listen", "8080"},
                                                               {"--listen", "127.0.0.1:70000"},
                                                               {"--think", "-1ms"},
                                                               {"--think", "9999999s"},
                                                               {"--thunk", "1ms"},
                                                               {"--seed"},
                                                               {"--tls-cert", "x"}}) {
    EXPECT_FALSE(parse(bad)) << bad[0];
  }
}

}  // namespace
}  // namespace sonde::demo::admit_test
