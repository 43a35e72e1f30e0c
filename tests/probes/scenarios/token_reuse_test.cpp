#include <gmock/gmock.h>

#include "tests/support/chat_target.hpp"
#include "tests/support/signer.hpp"

// When a token is used again, and when it is not.
namespace sonde::test::token_reuse_test {
namespace {

using testing::HasSubstr;

// Gives a token to each login, and welcomes all of them at /websocket; one may be thrown out.
struct Product {
  int logins = 0;
  std::string thrown_out;  // a token, after it got ready
  Server server{Handler([this](const Request& request) -> Script {
    if (request.target() == "/auth/login") {
      const std::string token = "opaque-token-" + std::to_string(++logins);
      return {json(200, R"({"access_token":")" + token + R"(","expires_in":3600})")};
    }
    if (request.target() != "/websocket") return {answer(404)};
    if (!thrown_out.empty() && request.header("Authorization") == "Bearer " + thrown_out)
      return {accept(), ready_message(), close(4401, "session is over")};
    return {accept(), ready_message(), wait_for_close()};
  })};
};

std::unique_ptr<DefaultConfig> user_of_product(const Product& product) {
  auto usual = std::make_unique<DefaultConfig>(product.server.url(""));
  usual->kind("upgrade");
  return usual;
}

TEST(TokenReuse, ATokenThatTheServerThrowsOutAfterReadyIsNotUsedAgain) {
  Product product;
  product.thrown_out = "opaque-token-1";
  const auto usual = user_of_product(product);
  Walker walker;
  for (int i = 0; i < 4; ++i) {
    const ProbeRun walked = walker.walk(*usual);
    const Reason expected = i == 0 ? Reason::auth_rejected_after_accept : Reason::ok;
    EXPECT_EQ(walked.verdict.reason, expected) << walked.show();
  }
  EXPECT_EQ(product.logins, 2);
}

TEST(TokenReuse, ANeighbourThatFailsForAnotherCauseLeavesTheTokenAlone) {
  Product product;
  const auto usual = user_of_product(product);
  const auto good = plan(usual->yaml()).check("p");
  usual->socket["url"] = R"("{{target.ws}}/moved")";
  const auto bad = plan(usual->yaml()).check("p");
  Walker walker;
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(walker.walk(good).verdict.outcome, Outcome::pass);
    EXPECT_EQ(walker.walk(bad).verdict.outcome, Outcome::fail);
  }
  EXPECT_EQ(product.logins, 1);
}

TEST(TokenReuse, ATokenThatNoSessionGotReadyWithIsNotUsedAgain) {
  Product product;
  const auto bad = user_of_product(product);
  bad->socket["url"] = R"("{{target.ws}}/moved")";
  Walker walker;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(walker.walk(*bad).verdict.outcome, Outcome::fail);
  EXPECT_EQ(product.logins, 3);
}

TEST(TokenReuse, AStaticTokenIsReadAnewEachTime) {
  Product product;
  const auto usual = user_of_product(product);
  Walker walker;
  for (const std::string id : {"first", "second"}) {
    const std::string token =
        jwt(R"({"alg":"HS256"})", R"({"exp":4000000000,"jti":")" + id + "\"}", "signature");
    usual->login = {{"method", "token"},
                    {"token", "{ file: " + usual->folder.write("token", token) + " }"}};
    EXPECT_EQ(walker.walk(*usual).verdict.outcome, Outcome::pass);
    EXPECT_EQ(product.server.requests().back().header("Authorization"), "Bearer " + token);
  }
}

TEST(TokenReuse, NoCookieIsMadeUpWhereTheLoginSetNone) {
  Product product;
  const auto usual = user_of_product(product);
  usual->socket["token_in"] = "cookie";
  const ProbeRun walked = walk(*usual);
  EXPECT_EQ(walked.verdict.reason, Reason::token_missing) << walked.show();
  EXPECT_THAT(walked.verdict.detail, HasSubstr("the login left no cookie"));
  EXPECT_EQ(product.server.requests().size(), 1U);
  usual->kind("login");
  usual->probe["socket"] = "main";
  usual->socket["rest"] = R"("{{target.http}}/me")";
  EXPECT_EQ(walk(*usual).verdict.reason, Reason::token_missing);
}

}  // namespace
}  // namespace sonde::test::token_reuse_test
