#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/probe_run.hpp"

namespace sonde::plan_constants_test {
namespace {

using test::DefaultConfig;
using test::plan;
using test::Planned;
using testing::HasSubstr;
using testing::Not;

class Constants : public testing::Test {
 protected:
  Planned of(const std::string& kind, const std::map<std::string, std::string>& keys = {}) {
    usual.kind(kind);
    for (const auto& [key, value] : keys) usual.probe[key] = value;
    auto planned = plan(usual.yaml());
    for (const auto& [key, value] : keys) usual.probe.erase(key);
    return planned;
  }
  DefaultConfig usual{"127.0.0.1:9"};
};

TEST_F(Constants, ABaseUrlThatIsNoneIsAMistakeOfTheTarget) {
  const std::pair<std::string, std::string> rows[] = {
      {"api.example.com", "not of the form scheme://host"},
      {"http://b\xC3\xBC"
       "cher.example",
       "xn--bcher-kva.example"},
      {"http://h:99999", "port"},
      {"'${API_URL}'", "variables such as ${NAME} are not replaced"}};
  for (const auto& [url, why] : rows) {
    usual.target["http"] = url;
    const auto told = of("health").wrong();
    EXPECT_THAT(told, HasSubstr("targets.t.http: ")) << url;
    EXPECT_THAT(told, HasSubstr(why)) << url;
    EXPECT_THAT(told, Not(HasSubstr("probes."))) << "it is said once";
  }
}

TEST_F(Constants, ATemplateWhereNoneIsRenderedIsAMistake) {
  usual.target["vars"] = R"({ tenant: "{{uuid()}}" })";
  usual.identity["username"] = "'alice@{{target.http}}'";
  const auto told = of("health").wrong();
  EXPECT_THAT(told, HasSubstr("targets.t.vars.tenant: a template is not rendered here"));
  EXPECT_THAT(told, HasSubstr("identities.alice.username: a template is not rendered here"));
}

TEST_F(Constants, AHeaderThatCannotBeSentIsAMistake) {
  EXPECT_THAT(of("health", {{"headers", R"({ "X Key": a })"}}).wrong(),
              HasSubstr("\"X Key\" is no name of a header"));
  EXPECT_THAT(of("health", {{"headers", R"({ X-Key: "a\nb" })"}}).wrong(),
              HasSubstr("the value of the header X-Key holds control characters"));
  EXPECT_EQ(of("health", {{"headers", R"({ X-Key: "a b" })"}}).wrong(), "");
  usual.login["headers"] = R"({ "A:B": c })";
  EXPECT_THAT(of("login").wrong(), HasSubstr("is no name of a header"));
}

TEST_F(Constants, ASubprotocolThatIsNoTokenIsAMistake) {
  EXPECT_THAT(of("upgrade", {{"subprotocols", "['chat v1']"}}).wrong(),
              HasSubstr("'chat v1' is no subprotocol"));
  EXPECT_EQ(of("upgrade", {{"subprotocols", "[chat.v1]"}}).wrong(), "");
}

TEST_F(Constants, ASocketWantsAWebSocketAddress) {
  EXPECT_THAT(of("upgrade", {{"url", R"("{{target.http}}/ws")"}}).wrong(),
              HasSubstr("a ws:// or wss:// address is wanted, not http://"));
}

TEST_F(Constants, AMisspelledNameIsSaidOnceWithTheOneThatIsMeant) {
  usual.login["body"] = R"({ p: "{{identity.pasword}}" })";
  const auto planned = of("upgrade");
  EXPECT_THAT(planned.wrong(), HasSubstr("did you mean {{identity.password}}?"));
  EXPECT_THAT(planned.warned(), Not(HasSubstr("sends no secret"))) << "that follows from it";
}

TEST_F(Constants, ALoginTooOftenIsWarnedOf) {
  const auto warned = [&](const std::string& kind, const std::string& every) {
    return of(kind, {{"every", every}, {"timeout", "9ms"}}).warned();
  };
  EXPECT_THAT(warned("login", "10ms"), HasSubstr("it logs in every 10ms"));
  EXPECT_THAT(warned("health", "10ms"), Not(HasSubstr("it logs in")));
  EXPECT_THAT(warned("login", "1s"), Not(HasSubstr("it logs in")));
}

TEST_F(Constants, ALoginThatAProbeDoesNotUseIsWarnedOf) {
  EXPECT_THAT(of("health", {{"login", "account"}, {"as", "alice"}}).warned(),
              HasSubstr("it has no effect"));
  EXPECT_THAT(of("upgrade").warned(), Not(HasSubstr("it has no effect")));
}

TEST_F(Constants, AFormThatDoesNotSayItsSuccessIsWarnedOf) {
  usual.login = {{"method", "form"}, {"url", R"("{{target.http}}/login")"}};
  EXPECT_THAT(of("login").warned(), HasSubstr("probe passes (login_unproven)"));
  usual.login["success"] = "{ cookie: sid }";
  EXPECT_THAT(of("login").warned(), Not(HasSubstr("login_unproven")));
}

TEST_F(Constants, KeysInAFileAreReadWhenTheConfigurationIs) {
  usual.login["jwt"] = "{ jwks_file: /nowhere/keys.json }";
  EXPECT_THAT(of("login").wrong(), HasSubstr("jwt.jwks_file: /nowhere/keys.json cannot be opened"));
  usual.login["jwt"] = "{ jwks_file: " + usual.folder.write("keys.json", "{}") + " }";
  EXPECT_THAT(of("login").wrong(), HasSubstr("it has no list \"keys\""));
}

}  // namespace
}  // namespace sonde::plan_constants_test
