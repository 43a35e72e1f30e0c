#include <gtest/gtest.h>

#include <ostream>

#include "tests/deploy/demo/requests.hpp"

namespace sonde::demo::faults_test {
namespace {

TEST(Share, IsExactForEveryFraction) {
  for (std::uint64_t n = 1; n <= 40; ++n) {
    for (std::uint64_t m = 1; m <= n; ++m) {
      std::uint64_t due = 0;
      for (std::uint64_t k = 0; k < n; ++k) due += Share{m, n}.due(k) ? 1 : 0;
      EXPECT_EQ(due, m) << m << "/" << n;
    }
  }
}

TEST(Share, RefusesWhatIsNone) {
  for (const auto* text : {"2", "0/5", "6/5", "1/0", "a/b", "1/5x", "-1/5", "1/10001"}) {
    EXPECT_FALSE(parse_share(text)) << text;
  }
  EXPECT_EQ(parse_share("2/5")->m, 2U);
}

TEST(Faults, TwoOfFiveLoginsFailAndNotOneMore) {
  Desk desk;
  ASSERT_TRUE(desk.backend.faults.switch_on("login_500", "2/5", ""));
  int failed = 0;
  for (int i = 0; i < 20; ++i) failed += desk.log_in().status == 500 ? 1 : 0;
  EXPECT_EQ(failed, 8);
  ASSERT_TRUE(desk.backend.faults.switch_off("login_500"));
  EXPECT_EQ(desk.log_in().status, 200);
}

TEST(Faults, SayWhatIsWrongWithAName) {
  Desk desk;
  EXPECT_EQ(desk.ask("PUT", "/faults/login_5OO").status, 404);
  EXPECT_EQ(desk.ask("PUT", "/faults/drop_event", R"({"value":"agent_lunch"})").status, 400);
  EXPECT_EQ(desk.ask("PUT", "/faults/login_500", R"({"share":"7/5"})").status, 400);
  EXPECT_EQ(desk.ask("PUT", "/faults/login_500", R"({"value":"3"})").status, 400);
  EXPECT_EQ(desk.ask("PUT", "/faults/login_500", R"({"shard":"1/5"})").status, 400);
  EXPECT_EQ(desk.ask("PUT", "/faults/login_500", "[").status, 400);
  EXPECT_EQ(desk.ask("POST", "/faults").status, 405);
  EXPECT_EQ(desk.log_in().status, 200);
}

TEST(Faults, AreListedWithTheirState) {
  Desk desk;
  ASSERT_EQ(desk.ask("PUT", "/faults/login_slow", R"({"share":"1/2","value":250})").status, 200);
  const auto list = desk.ask("GET", "/faults").body;
  EXPECT_NE(list.find(R"("name":"login_slow","on":true,"share":"1/2","value":"250")"),
            std::string::npos)
      << list;
  EXPECT_EQ(desk.log_in().delay, std::chrono::milliseconds(250));
  EXPECT_EQ(desk.log_in().delay, std::chrono::milliseconds(0));
  EXPECT_EQ(desk.ask("DELETE", "/faults").body.find(R"("on":true)"), std::string::npos);
}

// What a login or a health check is answered under a fault.
struct Row {
  const char *fault, *path;
  int status;
  const char* says;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.path << " says " << row.status; }

class HttpFault : public testing::TestWithParam<Row> {};

TEST_P(HttpFault, AnswersAsItsNameSays) {
  const auto& row = GetParam();
  Desk desk;
  ASSERT_TRUE(desk.backend.faults.switch_on(row.fault, "", ""));
  const bool login = std::string(row.path) == "/auth/login";
  const auto reply = login ? desk.log_in() : desk.ask("GET", row.path);
  EXPECT_EQ(reply.status, row.status);
  EXPECT_NE(reply.body.find(row.says), std::string::npos) << reply.body;
}

INSTANTIATE_TEST_SUITE_P(
    All, HttpFault,
    testing::Values(Row{"login_500", "/auth/login", 500, "Authentication failed"},
                    Row{"login_401", "/auth/login", 401, "Invalid credentials"},
                    Row{"login_422", "/auth/login", 422, "are required"},
                    Row{"health_422", "/api/health", 422, R"("error_code":"VALIDATION_ERROR")"},
                    Row{"health_500", "/api/health", 500, "detail"},
                    Row{"health_unhealthy", "/api/health", 200, R"("status":"unhealthy")"},
                    Row{"health_500", "/health", 200, R"({"status":"ok"})"}),
    [](const auto& at) {
      return std::string(at.param.fault) + (std::string(at.param.path) == "/health" ? "_liar" : "");
    });

TEST(Health, TheBrokenEndpointIsAlwaysBroken) {
  Desk desk;
  EXPECT_EQ(desk.ask("GET", "/ws").status, 500);
  EXPECT_EQ(desk.ask("GET", "/websocket").status, 426);
  EXPECT_EQ(desk.ask("GET", "/nowhere").status, 404);
  EXPECT_EQ(desk.ask("POST", "/api/health").status, 405);
}

}  // namespace
}  // namespace sonde::demo::faults_test
