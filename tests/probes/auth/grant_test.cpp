#include "probes/auth/grant.hpp"

#include <gmock/gmock.h>

namespace sonde::auth {
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

TEST(Refusal, OnlyA200OrA201GrantsAToken) {
  EXPECT_EQ(refusal(200, "{}"), Reason::ok);
  EXPECT_EQ(refusal(201, "{}"), Reason::ok);
  EXPECT_EQ(refusal(204, ""), Reason::bad_status);
}

TEST(Refusal, OauthSaysWrongCredentialsWithA400) {
  EXPECT_EQ(refusal(400, R"({"error":"invalid_grant"})"), Reason::credentials);
  EXPECT_EQ(refusal(400, R"({"error":"invalid_client"})"), Reason::credentials);
  EXPECT_EQ(refusal(401, ""), Reason::credentials);
  EXPECT_EQ(refusal(400, R"({"error":"invalid_request"})"), Reason::contract);
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
}  // namespace sonde::auth
