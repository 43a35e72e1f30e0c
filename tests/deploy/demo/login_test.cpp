#include <gtest/gtest.h>

#include "tests/deploy/demo/requests.hpp"

namespace sonde::demo::login_test {
namespace {

const Fields form{{"content-type", "application/x-www-form-urlencoded"}};

TEST(Login, GoodCredentialsGiveATokenThatNamesTheUser) {
  Desk desk;
  const auto reply = desk.log_in();
  ASSERT_EQ(reply.status, 200);
  const auto token = text_at(reply.body, "access_token");
  EXPECT_EQ(desk.backend.tokens.verify(token, std::chrono::system_clock::now()),
            "alice@example.com");
  EXPECT_EQ(text_at(reply.body, "token_type"), "Bearer");
  EXPECT_EQ(text_at(reply.body, "email"), "alice@example.com");
  EXPECT_EQ(desk.ask("GET", "/auth/me", {}, {{"authorization", "Bearer " + token}}).status, 200);
}

TEST(Login, AWrongPasswordIsRefused) {
  Desk desk;
  const auto reply = desk.log_in("alice", "bob-password");
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(reply.body, R"({"detail":"Invalid credentials"})");
}

TEST(Login, AMissingFieldIsNoMatterOfCredentials) {
  Desk desk;
  const auto reply = desk.ask("POST", "/auth/login", R"({"user":"alice"})");
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.body, R"({"detail":"Email and password are required"})");
  EXPECT_EQ(desk.ask("POST", "/auth/login", "{").status, 422);
}

TEST(Login, ARefreshTokenIsGoodForOneUse) {
  Desk desk;
  const auto first = R"({"refresh_token":")" + text_at(desk.log_in().body, "refresh_token") + "\"}";
  const auto again = desk.ask("POST", "/auth/refresh", first);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(text_at(again.body, "email"), "alice@example.com");
  EXPECT_EQ(desk.ask("POST", "/auth/refresh", first).status, 401);
}

TEST(Token, ThePasswordGrantTakesAForm) {
  Desk desk;
  const std::string body = "grant_type=password&username=bob%40example.com&password=bob-password";
  const auto reply = desk.ask("POST", "/token", body, form);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(desk.ask("POST", "/token", body + "x", form).status, 401);
  EXPECT_EQ(desk.ask("POST", "/token", "grant_type=password&password=x", form).status, 422);
}

TEST(Token, AJsonBodyIsAContractMistake) {
  Desk desk;
  const auto reply = desk.ask("POST", "/token", R"({"grant_type":"password"})",
                              {{"content-type", "application/json"}});
  EXPECT_EQ(reply.status, 422);
  EXPECT_NE(reply.body.find("value_error.missing"), std::string::npos);
}

TEST(Token, ClientCredentialsComeByHeaderOrForm) {
  Desk desk;
  auto by_header = form;
  by_header["authorization"] = "Basic d2ViOndlYi1zZWNyZXQ=";  // web:web-secret
  EXPECT_EQ(desk.ask("POST", "/token", "grant_type=client_credentials", by_header).status, 200);
  const std::string by_form = "grant_type=client_credentials&client_id=web&client_secret=";
  EXPECT_EQ(desk.ask("POST", "/token", by_form + "web-secret", form).status, 200);
  EXPECT_EQ(desk.ask("POST", "/token", by_form + "other", form).status, 401);
  EXPECT_EQ(desk.ask("POST", "/token", "grant_type=magic", form).status, 400);
}

}  // namespace
}  // namespace sonde::demo::login_test
