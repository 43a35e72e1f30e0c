#include "probes/auth/method/grant.hpp"

#include <gmock/gmock.h>

namespace sonde::auth::grant_test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

Reason refusal(int status, const std::string& body, Headers headers = {}) {
  return refusal_of({.status = status, .headers = std::move(headers), .body = body})
      .value_or(Failure{})
      .reason;
}

Reason taken(const std::string& body, const Grant& grant = {}) {
  const auto token = take_token(grant, body);
  return token ? Reason::ok : token.error().reason;
}

TEST(Refusal, OnlyASuccessWithABodyGrantsAToken) {
  for (const int status : {200, 201, 202, 203}) EXPECT_EQ(refusal(status, "{}"), Reason::ok);
  EXPECT_EQ(refusal(204, ""), Reason::bad_status);
}

TEST(Refusal, OauthSaysWrongCredentialsWithA400) {
  EXPECT_EQ(refusal(400, R"({"error":"invalid_grant"})"), Reason::credentials);
  EXPECT_EQ(refusal(400, R"({"error":"invalid_client"})"), Reason::credentials);
  EXPECT_EQ(refusal(401, ""), Reason::credentials);
  EXPECT_EQ(refusal(400, R"({"error":"invalid_request"})"), Reason::contract);
}

// The answers of login services to a wrong password, as their documentation has them.
TEST(Refusal, KnowsTheCodesOfLoginServicesAtAny4xx) {
  for (const auto& [status, body] : std::vector<std::pair<int, std::string>>{
           {403, R"({"error":"invalid_grant","error_description":"Wrong email or password."})"},
           {400, R"({"error":{"code":400,"message":"INVALID_LOGIN_CREDENTIALS"}})"},
           {400, R"({"code":400,"error_code":"invalid_credentials","msg":"Invalid login"})"},
           {400,
            R"({"__type":"NotAuthorizedException","message":"Incorrect username or password."})"},
           {400, R"({"__type":"com.amazonaws.cognito#NotAuthorizedException"})"},
           {400, R"({"error":"invalid_grant","error_codes":[50126]})"},
           {404, R"({"errors":[{"code":"form_identifier_not_found","message":"x"}]})"},
           {422, R"({"errors":[{"code":"form_password_incorrect","message":"x"}]})"},
           {400, R"({"ui":{"messages":[{"id":4000006,"text":"x"}]}})"},
           {403, R"({"errcode":"M_FORBIDDEN","error":"Invalid password"})"},
           {400, R"({"type":"user_invalid_credentials","code":400})"},
           {400, R"({"errorCode":"E0000004","errorSummary":"Authentication failed"})"}})
    EXPECT_EQ(refusal(status, body), Reason::credentials) << body;
  EXPECT_EQ(refusal(400, R"({"error":{"message":"USER_DISABLED"}})"), Reason::account_locked);
}

TEST(Refusal, TakesNoCodeInProseAndNoneOfAnotherStatus) {
  EXPECT_EQ(refusal(400, R"({"detail":"not invalid_grant, but grant_type is missing"})"),
            Reason::contract);
  EXPECT_EQ(refusal(403, R"({"invalid_grant":"no"})"), Reason::forbidden);
  EXPECT_EQ(refusal(500, R"({"error":"invalid_grant"})"), Reason::server_error);
  EXPECT_EQ(refusal(403, R"({"error":"invalid_grant")"), Reason::forbidden);
}

TEST(Refusal, BelievesThePatternWhateverTheStatus) {
  const auto pattern = text::Pattern::parse("(?i)incorrect (username|password)|credentials");
  const auto reason = [&](int status, const std::string& body) {
    return refusal_of({.status = status, .headers = {}, .body = body}, *pattern)
        .value_or(Failure{})
        .reason;
  };
  EXPECT_EQ(reason(400, R"({"detail":"Incorrect username or password"})"), Reason::credentials);
  EXPECT_EQ(reason(422, R"({"message":"Those credentials match no record."})"),
            Reason::credentials);
  EXPECT_EQ(reason(500, "Incorrect password"), Reason::credentials);
  EXPECT_EQ(reason(200, R"({"ok":false,"why":"Incorrect password"})"), Reason::credentials);
  EXPECT_EQ(reason(422, R"({"detail":"field required"})"), Reason::contract);
  EXPECT_EQ(reason(403, ""), Reason::forbidden);
}

Failure judged(int status, const std::string& body, const std::string& type,
               const Grant& grant = {}) {
  const auto token =
      judge_grant(grant, {.status = status, .headers = {{"Content-Type", type}}, .body = body}, {});
  return token ? Failure{} : token.error();
}

TEST(Grant, TakesATokenThoughTheTypeOfTheAnswerIsAPage) {
  EXPECT_EQ(judged(200, R"({"access_token":"abc"})", "text/html; charset=UTF-8").reason,
            Reason::ok);
  EXPECT_EQ(judged(200, "<!doctype html><p>", "text/html").reason, Reason::spa_fallback);
}

TEST(Grant, TakesATokenThoughThePatternOccursInItsAnswer) {
  Grant grant;
  grant.refused = *text::Pattern::parse("credentials");
  EXPECT_EQ(judged(200, R"({"access_token":"abc","type":"credentials"})", "application/json", grant)
                .reason,
            Reason::ok);
  EXPECT_EQ(judged(200, R"({"message":"wrong credentials"})", "application/json", grant).reason,
            Reason::credentials);
}

TEST(Grant, SaysWhatAnAnswerWithoutATokenSays) {
  EXPECT_THAT(judged(200, R"({"error":"bad_verification_code","error_description":"It is old."})",
                     "application/json")
                  .detail,
              HasSubstr("it says: bad_verification_code: It is old."));
}

TEST(Refusal, AFormWhereJsonIsWantedIsAContractAndNotTheCredentials) {
  EXPECT_EQ(refusal(422, R"({"detail":[{"msg":"field required"}]})"), Reason::contract);
}

TEST(TokenInAnAnswer, StandsWhereThePointerSays) {
  Grant grant;
  grant.token = *text::Pointer::parse("/data/tokens/0");
  grant.expires_in = *text::Pointer::parse("/data/ttl");
  const auto token = take_token(grant, R"({"data":{"tokens":["abc"],"ttl":900}})");
  ASSERT_TRUE(token) << token.error().detail;
  EXPECT_EQ(token->value, "abc");
  EXPECT_EQ(token->lifetime, 900s);
}

TEST(TokenInAnAnswer, ALifetimeIsANumberOrATextOfDigitsInTheUnitThatIsGiven) {
  Grant grant;
  const auto lifetime = [&](const std::string& ttl) {
    return take_token(grant, R"({"access_token":"abc","expires_in":)" + ttl + "}")->lifetime;
  };
  for (const char* ttl : {"3600", "\"3600\"", "3600.0", "3.6e3"})
    EXPECT_EQ(lifetime(ttl), 3600s) << ttl;
  EXPECT_EQ(lifetime("1e300"), 1000000000s);
  EXPECT_EQ(lifetime("123456789012345678901234567890"), 1000000000s);
  grant.expires_in_unit = LifetimeUnit::milliseconds;
  EXPECT_EQ(lifetime("900000"), 900s);
  EXPECT_EQ(lifetime("\"1500\""), 1500ms);
}

TEST(TokenInAnAnswer, IsReadAsABrowserReadsTheAnswer) {
  for (const std::string around :
       {"\xEF\xBB\xBF{%}", "{\"city\":\"Z\xfcrich\",%}", "{\"motd\":\"cut \\ud83d\",%}"}) {
    std::string body = around;
    body.replace(body.find('%'), 1, R"("access_token":"abc")");
    const auto token = take_token({}, body);
    ASSERT_TRUE(token) << body;
    EXPECT_EQ(token->value, "abc");
  }
}

TEST(TokenInAnAnswer, ALifetimeThatIsNoneIsLeftOut) {
  for (const std::string ttl : {"0", "-1", "\"soon\"", "null"})
    EXPECT_FALSE(take_token({}, R"({"access_token":"abc","expires_in":)" + ttl + "}")->lifetime)
        << ttl;
}

TEST(TokenInAnAnswer, WithBlanksOrControlCharactersIsRefused) {
  for (const std::string token :
       {"a b", " ab", "ab ", "a\\tb", "a\\r\\nX-Injected: 1", "a\\u0000b", "\\u00e4", ""})
    EXPECT_EQ(taken(R"({"access_token":")" + token + "\"}"), Reason::token_malformed) << token;
}

TEST(TokenInAnAnswer, IsBounded) {
  const std::string start = R"({"access_token":")";
  EXPECT_EQ(taken(start + std::string(16 * 1024, 'x') + "\"}"), Reason::ok);
  EXPECT_EQ(taken(start + std::string(16 * 1024 + 1, 'x') + "\"}"), Reason::token_malformed);
}

TEST(TokenInAnAnswer, MayBeLongerWhereTheLimitIsRaisedAndSaysThatItIsTooLong) {
  const std::string body = R"({"access_token":")" + std::string(18 * 1024, 'x') + "\"}";
  EXPECT_THAT(take_token({}, body).error().detail,
              HasSubstr("longer than 16384 bytes (token_max)"));
  Grant grant;
  grant.token_max = 20'000;
  EXPECT_EQ(taken(body, grant), Reason::ok);
}

TEST(TokenInAnAnswer, IsTakenWithoutTheSchemeBeforeIt) {
  for (const std::string scheme : {"Bearer ", "bearer "})
    EXPECT_EQ(take_token({}, R"({"access_token":")" + scheme + "a.b.c\"}")->value, "a.b.c");
  EXPECT_EQ(taken(R"({"access_token":"Bearer "})"), Reason::token_malformed);
  EXPECT_EQ(taken(R"({"access_token":"Bearer a b"})"), Reason::token_malformed);
  EXPECT_EQ(take_token({}, R"({"access_token":"Bearer"})")->value, "Bearer");
}

TEST(TokenInAnAnswer, IsMissingWhereNothingStands) {
  EXPECT_EQ(taken("{}"), Reason::token_missing);
  EXPECT_EQ(taken(R"({"access_token":null})"), Reason::token_missing);
  EXPECT_EQ(taken(""), Reason::token_missing);
  EXPECT_EQ(taken("<html>"), Reason::token_missing);
  EXPECT_EQ(taken("[]"), Reason::token_missing);
}

TEST(TokenInAnAnswer, OfAnotherTypeIsMalformedAndNotShown) {
  const auto token = take_token({}, R"({"access_token":{"value":"s3cret"}})");
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().reason, Reason::token_malformed);
  EXPECT_THAT(token.error().detail, Not(HasSubstr("s3cret")));
}

}  // namespace
}  // namespace sonde::auth::grant_test
