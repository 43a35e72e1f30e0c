// What `check` says of logins that no run could make.
#include <gmock/gmock.h>

#include "tests/support/probe_run.hpp"

namespace sonde::test::plan_logins_test {
namespace {

using testing::HasSubstr;

struct Logins {
  DefaultConfig usual{"127.0.0.1:9"};
  Logins() { usual.kind("login"); }
  Planned planned() const { return plan(usual.yaml()); }
};

TEST(PlanLogins, TwoThatSpendOneRefreshTokenAreAMistake) {
  for (const auto& [state, why] : std::vector<std::pair<std::string, std::string>>{
           {"/x/one", "logins.second.state_file"}, {"/x/two", "logins.second.first"}}) {
    Logins logins;
    logins.usual.login = {{"method", "refresh"},
                          {"url", R"("{{target.auth}}/token")"},
                          {"client_id", "web"},
                          {"first", "{ env: FIRST }"},
                          {"state_file", "/x/one"}};
    std::string yaml = logins.usual.yaml();
    const std::string at = "logins: { ";
    const std::string first = state == "/x/one" ? "{ env: OTHER }" : "{ env: FIRST }";
    yaml.insert(yaml.find(at) + at.size(),
                "again: { method: json, url: \"http://x/\", body: {} }, ");
    yaml.insert(
        yaml.find(" }\nsockets:"),
        ", second: { method: refresh, url: \"http://127.0.0.1:9/t\", client_id: web, first: " +
            first + ", state_file: " + state + " }");
    const std::string wrong = plan(yaml).wrong();
    EXPECT_THAT(wrong, HasSubstr(why)) << yaml;
    EXPECT_THAT(wrong, HasSubstr("the login 'account' has the same"));
  }
}

TEST(PlanLogins, APasswordThatCrossesANetworkUnencryptedIsToldOf) {
  for (const std::string url : {"http://api.example.com/login", "http://192.0.2.1:8080/login",
                                "http://127.example.com/login"}) {
    Logins logins;
    logins.usual.login["url"] = "\"" + url + "\"";
    EXPECT_THAT(logins.planned().warned(), HasSubstr("sends its password unencrypted to http://"));
    EXPECT_EQ(logins.planned().wrong(), "");
  }
  for (const std::string url : {"https://api.example.com/login", "http://localhost:8080/login",
                                "http://127.0.0.1/login", "http://[::1]:8080/login"}) {
    Logins logins;
    logins.usual.login["url"] = "\"" + url + "\"";
    EXPECT_EQ(logins.planned().warned(), "") << url;
  }
}

TEST(PlanLogins, APasswordThatTheLoginDoesNotSendIsToldOf) {
  for (const std::string body : {R"({ user: "{{identity.username}}" })", "{ user: alice }"}) {
    Logins logins;
    logins.usual.login["body"] = body;
    EXPECT_THAT(logins.planned().warned(),
                HasSubstr("the login 'account' sends no secret of the identity 'alice'"));
    EXPECT_EQ(logins.planned().wrong(), "");
  }
  EXPECT_EQ(Logins().planned().warned(), "");
}

TEST(PlanLogins, AClientThatShowsItsOwnSecretSendsNoPassword) {
  Logins logins;
  logins.usual.login = {{"method", "client_credentials"},
                        {"url", R"("{{target.auth}}/token")"},
                        {"client_id", "web"},
                        {"client_secret", R"("{{identity.client_secret}}")"}};
  logins.usual.identity["client_secret"] = "{ env: SECRET }";
  EXPECT_EQ(logins.planned().warned(), "");
}

TEST(PlanLogins, StepsWhoseTokenNoRequestCapturesAreAMistake) {
  Logins logins;
  logins.usual.login = {{"method", "steps"},
                        {"requests",
                         R"([{ url: "{{target.auth}}/login", json: { p: "{{identity.password}}" },
             capture: { session: { json: /session } } }])"}};
  EXPECT_THAT(logins.planned().wrong(),
              HasSubstr("its token is {{token}}, which no request captures"));
  for (const std::string token : {R"("{{session}}")", R"("")", "\"{{identity.username}}\""}) {
    logins.usual.login["token"] = token;
    EXPECT_EQ(logins.planned().wrong(), "") << token;
  }
  logins.usual.login["expires_in"] = "900000";
  EXPECT_THAT(logins.planned().warned(), HasSubstr("if that number is milliseconds"));
  logins.usual.login["expires_in_unit"] = "ms";
  EXPECT_EQ(logins.planned().warned(), "");
  logins.usual.login["expires_in"] = R"("{{lives}}")";
  EXPECT_THAT(logins.planned().wrong(), HasSubstr("its expires_in is {{lives}}"));
}

}  // namespace
}  // namespace sonde::test::plan_logins_test
