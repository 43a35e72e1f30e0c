#include <gmock/gmock.h>

#include "tests/support/planted.hpp"
#include "tests/support/probe_run.hpp"
#include "tests/support/provider.hpp"

namespace sonde::test::oidc_test {
namespace {

using testing::HasSubstr;

std::unique_ptr<DefaultConfig> usual_of(const Provider& provider) {
  auto usual = std::make_unique<DefaultConfig>(provider.url());
  usual->kind("login");
  usual->login = {
      {"method", "oidc"},
      {"issuer", R"("{{target.auth}}")"},
      {"client_id", "web"},
      {"redirect_uri", "https://app.example.com/cb"},
      {"fields", R"({ login: "{{identity.username}}", password: "{{identity.password}}" })"}};
  return usual;
}

ProbeRun log_in(Provider& provider) { return walk(*usual_of(provider)); }

TEST(Oidc, WalksThroughTheFormsToATokenAndNeverFetchesTheClient) {
  Provider provider;
  const ProbeRun walked = log_in(provider);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  std::vector<std::string> paths;
  for (const auto& request : provider.requests())
    paths.push_back(request.method() + " " +
                    request.target().substr(0, request.target().find('?')));
  EXPECT_THAT(
      paths, testing::ElementsAre("GET /.well-known/openid-configuration", "GET /auth",
                                  "GET /interaction/abc", "POST /interaction/login", "GET /consent",
                                  "POST /consent", "POST /token", "GET /jwks"));
}

TEST(Oidc, FailsWithTheWrongPassword) {
  Provider provider;
  provider.password = "another";
  const ProbeRun walked = log_in(provider);
  EXPECT_EQ(walked.verdict.reason, Reason::credentials) << walked.show();
}

// The keys come from a cache whose clock is another one; no token is judged by it.
TEST(Oidc, JudgesNoTokenByTheClockOfTheKeys) {
  Provider provider;
  provider.jwks_headers = {{"Date", "Sun, 06 Nov 1994 08:49:37 GMT"}};
  const auto usual = usual_of(provider);
  usual->login["use_id_token"] = "true";
  usual->login["jwt"] = R"({ jwks: "{{target.auth}}/jwks" })";
  const ProbeRun walked = walk(*usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
}

TEST(Oidc, FailsWhereTheIssuerIsNotExactlyTheWantedOne) {
  Provider provider;
  provider.discovery = [&](std::string json) {
    return json.replace(json.find(provider.url()) + provider.url().size(), 0, "/");
  };
  const ProbeRun walked = log_in(provider);
  EXPECT_EQ(walked.verdict.reason, Reason::oidc_config);
  EXPECT_THAT(walked.verdict.detail, HasSubstr("wanted"));
}

TEST(Oidc, FailsWhereTheProviderRefuses) {
  Provider provider;
  provider.error = "access_denied";
  const ProbeRun walked = log_in(provider);
  EXPECT_EQ(walked.verdict.reason, Reason::authorization_refused);
  EXPECT_THAT(walked.verdict.detail, HasSubstr("access_denied"));
}

TEST(Oidc, FailsWhereStateIssuerOrCodeOfTheRedirectIsWrong) {
  for (const std::string name : {"state", "iss", "code"}) {
    Provider provider;
    provider.callback = [&](std::string back) {
      return back.replace(back.find(name + "="), name.size() + 1, name + "=&x=");
    };
    const ProbeRun walked = log_in(provider);
    EXPECT_EQ(walked.verdict.reason, Reason::bad_callback) << name << walked.show();
  }
}

// Wherever the provider leads with it, and whatever else is wrong with the redirect.
TEST(Oidc, AnErrorAfterThePasswordCountsAsARefusal) {
  for (const std::string_view broken : {"", "state=", "/cb"}) {
    Provider provider;
    provider.error = "access_denied";
    provider.callback = [&](std::string back) {
      return broken.empty() ? back : back.replace(back.find(broken), broken.size(), "/x");
    };
    const auto usual = usual_of(provider);
    usual->login["lockout"] = "{ after: 2, cooldown: 1h }";
    Walker walker;
    for (int i = 0; i < 2; ++i) EXPECT_NE(walker.walk(*usual).verdict.reason, Reason::suppressed);
    EXPECT_EQ(walker.walk(*usual).verdict.reason, Reason::suppressed) << broken;
  }
}

TEST(Oidc, HidesTheCodeOfARedirectThatIsNotAccepted) {
  for (const std::string_view part : {"state=", "/cb", "?"}) {
    SCOPED_TRACE(part);
    Provider provider;
    provider.callback = [&](std::string back) {
      const std::string by = part == "?" ? "#" : std::string(part) + "/x";
      return back.replace(back.find(part), part.size(), by);
    };
    const ProbeRun walked = log_in(provider);
    EXPECT_EQ(walked.verdict.reason, Reason::bad_callback) << walked.show();
    expect_hidden(walked, {"c0de-4711"});
  }
}

TEST(Oidc, FailsWithAnIdTokenThatIsNotForUs) {
  for (const std::string name : {"iss", "aud", "nonce"}) {
    Provider provider;
    provider.id_claims = [&](std::string claims) {
      return claims.insert(claims.find("\"" + name + "\":\"") + name.size() + 4, "other");
    };
    const ProbeRun walked = log_in(provider);
    EXPECT_EQ(walked.verdict.reason, Reason::token_claims) << name << walked.show();
    EXPECT_THAT(walked.verdict.detail, HasSubstr("ID token"));
  }
}

TEST(Oidc, FailsWithAnIdTokenThatAnotherKeySigned) {
  Provider provider;
  provider.jwks = Signer("ES256").jwks();
  EXPECT_EQ(log_in(provider).verdict.reason, Reason::token_signature);
}

TEST(Oidc, ShowsNoSecretOfTheWalk) {
  Provider provider;
  const ProbeRun walked = log_in(provider);
  for (const auto& exchange : walked.trace->exchanges()) {
    const std::string all = exchange.url + exchange.sent_body + exchange.body;
    for (const std::string secret : {"c0de-4711", "opaque-access", "opaque-refresh", "staple"})
      EXPECT_THAT(all, testing::Not(HasSubstr(secret)));
  }
}

ProbeRun check(Provider& provider, const std::string& login = "") {
  DefaultConfig usual(provider.url());
  usual.kind("login");
  usual.login = {{"method", "oidc_check"}, {"issuer", R"("{{target.auth}}")"}, {"login", login}};
  return walk(usual);
}

TEST(OidcCheck, PassesWithARightConfigurationAndKeys) {
  Provider provider;
  const ProbeRun walked = check(provider);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
}

TEST(OidcCheck, FailsWithoutAnEndpointOrKeys) {
  Provider without;
  without.discovery = [](std::string json) {
    return json.replace(json.find("token_endp"), 5, "x");
  };
  EXPECT_EQ(check(without).verdict.reason, Reason::oidc_config);
  Provider no_keys;
  no_keys.jwks = R"({"keys":[]})";
  EXPECT_EQ(check(no_keys).verdict.reason, Reason::jwks_unusable);
}

TEST(OidcCheck, WantsTheKeyOfAFreshTokenAmongThePublished) {
  for (const bool known : {true, false}) {
    Provider provider;
    const Signer stranger("ES256", "stranger");
    const std::string token = known ? provider.signer.fresh() : stranger.fresh();
    const Server api(Script{json(200, granted(token))});
    const ProbeRun walked =
        check(provider, "{ method: json, url: \"" + api.url("/login") + "\", body: {} }");
    EXPECT_EQ(walked.verdict.reason, known ? Reason::ok : Reason::token_key_unknown)
        << walked.show();
  }
}

TEST(OidcCheck, GivesNoTokenToASocket) {
  DefaultConfig usual("127.0.0.1:9");
  usual.kind("upgrade");
  usual.login = {{"method", "oidc_check"}, {"issuer", R"("{{target.auth}}")"}};
  EXPECT_THAT(plan(usual.yaml()).wrong(), HasSubstr("gives no token"));
}

}  // namespace
}  // namespace sonde::test::oidc_test
