#include <gmock/gmock.h>

#include <atomic>

#include "probes/auth/jwt/signature.hpp"
#include "probes/text/template.hpp"
#include "tests/support/http_server.hpp"
#include "tests/support/probe_run.hpp"
#include "tests/support/signer.hpp"

// Logins whose token is checked against published keys.
namespace sonde::test::jwt_login_test {
namespace {

using testing::HasSubstr;

// A backend that gives `token` and publishes `keys`; both may change from request to request.
struct Backend {
  std::function<std::string()> token, keys;
  std::atomic<int> logins = 0, fetches = 0;
  Server server{Handler([this](const Request& request) -> Script {
    if (request.target() != "/jwks.json") {
      ++logins;
      return {json(200, R"({"access_token":")" + token() + R"(","expires_in":900})")};
    }
    ++fetches;
    return {json(200, keys())};
  })};
};

std::unique_ptr<DefaultConfig> usual_of(const Backend& backend, const std::string& more = "") {
  auto usual = std::make_unique<DefaultConfig>(backend.server.url(""));
  usual->kind("login");
  usual->login["jwt"] = R"({ jwks: "{{target.auth}}/jwks.json")" + more + " }";
  return usual;
}

ProbeRun log_in(const std::string& token, const std::string& keys, const std::string& more = "") {
  Backend backend{.token = [=] { return token; }, .keys = [=] { return keys; }};
  return walk(*usual_of(backend, more));
}

TEST(JwtLogin, PassesWithASignatureByAPublishedKey) {
  for (const std::string algorithm : {"RS256", "PS384", "ES256", "EdDSA"}) {
    const Signer signer(algorithm);
    const ProbeRun walked = log_in(signer.fresh(), signer.jwks());
    EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  }
}

TEST(JwtLogin, FailsWithASignatureByAnotherKeyOfTheSameName) {
  const Signer signer, other;
  EXPECT_EQ(log_in(signer.fresh(), other.jwks()).verdict.reason, Reason::token_signature);
}

TEST(JwtLogin, FailsWithAKeyThatNobodyPublishes) {
  const Signer signer("ES256", "new"), other("ES256", "old");
  const ProbeRun walked = log_in(signer.fresh(), other.jwks());
  EXPECT_EQ(walked.verdict.reason, Reason::token_key_unknown);
  EXPECT_THAT(walked.verdict.detail, HasSubstr("\"new\""));
  EXPECT_THAT(walked.verdict.detail, HasSubstr("old"));
}

TEST(JwtLogin, FailsWithKeysThatAreNone) {
  const Signer signer;
  for (const std::string keys : {"{}", "<html>", R"({"keys":[]})"})
    EXPECT_EQ(log_in(signer.fresh(), keys).verdict.reason, Reason::jwks_unusable) << keys;
}

TEST(JwtLogin, FailsWithAnUnsignedTokenAndWithOneSignedByThePublicKeyAsSecret) {
  const Signer signer("RS256");
  const std::string claims = R"({"sub":"alice"})";
  EXPECT_EQ(log_in(jwt(R"({"alg":"none"})", claims, ""), signer.jwks()).verdict.reason,
            Reason::token_malformed);
  EXPECT_EQ(log_in(jwt(R"({"alg":"HS256","kid":"k1"})", claims, "x"), signer.jwks()).verdict.reason,
            Reason::token_signature);
}

TEST(JwtLogin, ChecksClaimsBeforeTheSignature) {
  const Signer signer;
  EXPECT_EQ(log_in(signer.fresh(), signer.jwks(), ", issuer: other").verdict.reason,
            Reason::token_claims);
}

TEST(JwtLogin, TakesIssuerAndAudienceFromTheTarget) {
  const Signer signer;
  const std::string token = signer.fresh(R"("iss":"t-auth","aud":["x","t-api"])");
  const std::string rules =
      R"(, issuer: "{{target.name}}-auth", audience: "{{target.name}}-api", algorithms: [ES256])";
  const ProbeRun walked = log_in(token, signer.jwks(), rules);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
}

TEST(JwtLogin, FailsWhereTheLifeIsNotWhatExpiresInSays) {
  const Signer signer;
  const std::string now = std::to_string(unix_now());
  const std::string token =
      signer.token(R"("iat":)" + now + R"(,"exp":)" + std::to_string(unix_now() + 60));
  EXPECT_EQ(log_in(token, signer.jwks()).verdict.reason, Reason::token_claims);
}

TEST(JwtLogin, FetchesTheKeysOnceForManyLogins) {
  const Signer signer;
  Backend backend{.token = [&] { return signer.fresh(); }, .keys = [&] { return signer.jwks(); }};
  const auto usual = usual_of(backend);
  Walker walker;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(walker.walk(*usual).verdict.outcome, Outcome::pass);
  EXPECT_EQ(backend.logins, 3);
  EXPECT_EQ(backend.fetches, 1);
}

void expect_one_more_fetch(const Signer& old, const Signer& young,
                           const std::string& refetch = "0s") {
  const Signer* signer = &old;
  Backend backend{.token = [&] { return signer->fresh(); }, .keys = [&] { return signer->jwks(); }};
  const auto usual = usual_of(backend, ", jwks_refetch: " + refetch);
  Walker walker;
  EXPECT_EQ(walker.walk(*usual).verdict.outcome, Outcome::pass);
  signer = &young;
  const ProbeRun walked = walker.walk(*usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_EQ(backend.fetches, 2);
}

TEST(JwtLogin, FetchesTheKeysAnewForOneThatItDoesNotKnow) {
  expect_one_more_fetch(Signer("ES256", "old"), Signer("ES256", "young"));
}

TEST(JwtLogin, FetchesTheKeysAnewWhereOneWasChangedUnderItsNameOrWithoutOne) {
  for (const std::string name : {"same", ""})
    expect_one_more_fetch(Signer("ES256", name), Signer("ES256", name));
}

TEST(JwtLogin, ARotationAtAnyMomentCostsOneRequestAndNoFailure) {
  expect_one_more_fetch(Signer("ES256", "old"), Signer("ES256", "young"), "10m");
  for (const std::string name : {"same", ""})
    expect_one_more_fetch(Signer("ES256", name), Signer("ES256", name), "10m");
}

TEST(JwtLogin, AKeyThatWasOnceVerifiedIsSoughtAtOnceAgain) {
  const Signer first("ES256", "same"), second("ES256", "same"), third("ES256", "same");
  const Signer* signer = &first;
  Backend backend{.token = [&] { return signer->fresh(); }, .keys = [&] { return signer->jwks(); }};
  const auto usual = usual_of(backend, ", jwks_refetch: 10m");
  Walker walker;
  for (const Signer* one : {&first, &second, &third}) {
    signer = one;
    const ProbeRun walked = walker.walk(*usual);
    EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  }
  EXPECT_EQ(backend.fetches, 3);
}

TEST(JwtLogin, FetchesTheKeysForAFewUnknownOnesAloneBeforeItIsTime) {
  const Signer known("ES256", "known");
  std::deque<Signer> strangers;
  for (int i = 0; i < 8; ++i) strangers.emplace_back("ES256", "stranger" + std::to_string(i));
  const Signer* signer = &known;
  Backend backend{.token = [&] { return signer->fresh(); }, .keys = [&] { return known.jwks(); }};
  const auto usual = usual_of(backend, ", jwks_refetch: 10m");
  Walker walker;
  EXPECT_EQ(walker.walk(*usual).verdict.outcome, Outcome::pass);
  for (const int stranger : {0, 0, 0, 1, 0, 1, 2, 3, 4, 5, 6, 7}) {
    signer = &strangers[static_cast<std::size_t>(stranger)];
    EXPECT_EQ(walker.walk(*usual).verdict.reason, Reason::token_key_unknown);
  }
  EXPECT_EQ(backend.fetches, 5);
}

TEST(JwtLogin, KeepsItsVerdictWhereTheKeysCannotBeFetchedAnew) {
  const Signer old("ES256", "same"), young("ES256", "same");
  const Signer* signer = &old;
  Backend backend{.token = [&] { return signer->fresh(); },
                  .keys = [&] { return signer == &old ? old.jwks() : std::string("<html>"); }};
  const auto usual = usual_of(backend, ", jwks_refetch: 0s");
  Walker walker;
  EXPECT_EQ(walker.walk(*usual).verdict.outcome, Outcome::pass);
  signer = &young;
  const ProbeRun walked = walker.walk(*usual);
  EXPECT_EQ(walked.verdict.reason, Reason::token_signature) << walked.show();
  EXPECT_THAT(walked.verdict.detail, HasSubstr("could not be fetched again"));
}

// It may be signed by a key that is published, for all that is known.
TEST(JwtLogin, BlamesTheKeysAndNotTheTokenWhereTheyCannotBeFetchedAgain) {
  const Signer old("ES256", "old"), young("ES256", "young");
  const Signer* signer = &old;
  Backend backend{.token = [&] { return signer->fresh(); },
                  .keys = [&] { return signer == &old ? old.jwks() : std::string("<html>"); }};
  const auto usual = usual_of(backend, ", jwks_refetch: 0s");
  Walker walker;
  EXPECT_EQ(walker.walk(*usual).verdict.outcome, Outcome::pass);
  signer = &young;
  const ProbeRun walked = walker.walk(*usual);
  EXPECT_EQ(walked.verdict.reason, Reason::jwks_unusable) << walked.show();
  EXPECT_THAT(walked.verdict.detail, HasSubstr("it is not JSON"));
  EXPECT_THAT(walked.verdict.detail, HasSubstr("young"));
}

TEST(JwtLogin, DoesNotFetchTheKeysForEveryTokenThatAnotherKeySigned) {
  const Signer signer("ES256", "same"), stranger("ES256", "same");
  Backend backend{.token = [&] { return stranger.fresh(); }, .keys = [&] { return signer.jwks(); }};
  const auto usual = usual_of(backend);
  Walker walker;
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(walker.walk(*usual).verdict.reason, Reason::token_signature);
  EXPECT_EQ(backend.fetches, 1);
}

TEST(JwtLogin, DoesNotFetchTheKeysForEveryTokenOfAnUnknownKey) {
  const Signer signer("ES256", "known"), stranger("ES256", "stranger");
  Backend backend{.token = [&] { return stranger.fresh(); }, .keys = [&] { return signer.jwks(); }};
  const auto usual = usual_of(backend);
  Walker walker;
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(walker.walk(*usual).verdict.reason, Reason::token_key_unknown);
  EXPECT_EQ(backend.fetches, 1);
}

TEST(JwtLogin, ChecksAnHmacWithTheSecretOfTheFile) {
  const std::string text = text::base64url(R"({"alg":"HS256"})") + "." + text::base64url("{}");
  const std::string token =
      text + "." + text::base64url(auth::sign("HS256", "a shared secret", text).value_or(""));
  for (const std::string secret : {"a shared secret", "another"}) {
    const Server server(Script{json(200, granted(token))});
    DefaultConfig usual(server.url(""));
    usual.kind("login");
    usual.login["jwt"] = "{ secret: { file: " + usual.folder.write("secret", secret) + " } }";
    const ProbeRun walked = walk(usual);
    EXPECT_EQ(walked.verdict.reason, secret == "another" ? Reason::token_signature : Reason::ok)
        << walked.show();
    EXPECT_THAT(walked.show(), testing::Not(HasSubstr("shared secret")));
  }
}

TEST(JwtLogin, TakesKeysFromAFile) {
  const Signer signer;
  const Server server(Script{json(200, granted(signer.fresh()))});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login["jwt"] = "{ jwks_file: " + usual.folder.write("jwks.json", signer.jwks()) + " }";
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
}

}  // namespace
}  // namespace sonde::test::jwt_login_test
