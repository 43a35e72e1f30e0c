#include "probes/net/error_text.hpp"

#include <gmock/gmock.h>

#include "probes/net/http/status.hpp"

namespace sonde::net::error_text_test {
namespace {

using testing::HasSubstr;

std::string said(const std::string& body) {
  return error_text({.status = 400, .headers = {}, .body = body});
}

TEST(SaidError, IsFoundInTheFormsThatFrameworksHave) {
  EXPECT_EQ(said(R"({"non_field_errors":["Cannot log in with these credentials."]})"),
            "Cannot log in with these credentials.");
  EXPECT_EQ(said(R"({"errors":[{"code":"invalid","detail":"The password is wrong"}]})"),
            "invalid: The password is wrong");
  EXPECT_EQ(said(R"({"errors":["One","Two"]})"), "One: Two");
  EXPECT_EQ(said(R"({"message":"No.","errors":{"email":["Unknown."]}})"), "No.: Unknown.");
  EXPECT_EQ(said(R"({"__type":"NotAuthorizedException","message":"Incorrect password."})"),
            "NotAuthorizedException: Incorrect password.");
  EXPECT_EQ(said(R"({"error":{"code":400,"message":"INVALID_PASSWORD"}})"), "INVALID_PASSWORD");
  EXPECT_EQ(said(R"({"detail":[{"loc":["body"],"msg":"field required"}]})"), "field required");
  EXPECT_EQ(said(R"({"error":"invalid_grant","error_description":"It is old."})"),
            "invalid_grant: It is old.");
}

TEST(SaidError, IsFoundInListsAndInErrorsByFieldName) {
  EXPECT_EQ(said(R"([{"errorCode":"INVALID_LOGIN","message":"Bad user."}])"),
            "INVALID_LOGIN: Bad user.");
  EXPECT_EQ(said(R"({"fault":{"faultstring":"Invalid client"}})"), "Invalid client");
  EXPECT_EQ(said(R"({"username":["This field is required."],"otp":["Too short."]})"),
            "username: This field is required.: otp: Too short.");
  EXPECT_EQ(error_text({.status = 200, .headers = {}, .body = R"({"roles":["admin"]})"}), "");
}

TEST(SaidError, IsALineOfPlainTextOfARefusal) {
  const auto plain = [](int status, const std::string& body) {
    return error_text(
        {.status = status, .headers = {{"Content-Type", "text/plain"}}, .body = body});
  };
  EXPECT_EQ(plain(401, "Wrong password.\r\n"), "Wrong password.");
  EXPECT_EQ(plain(401, "one\ntwo"), "");
  EXPECT_EQ(plain(401, std::string(201, 'x')), "");
  EXPECT_EQ(plain(200, "ok"), "");
}

TEST(SaidError, IsFoundInTheSpellingsOfClouds) {
  EXPECT_EQ(said(R"({"Message":"User is not authorized"})"), "User is not authorized");
  EXPECT_EQ(said(R"({"errorMessage":"Task timed out"})"), "Task timed out");
  EXPECT_EQ(said(R"({"error_code":7,"error_msg":"Quota"})"), "Quota");
}

std::string of(int status, const std::string& type, const std::string& body) {
  return error_text({.status = status, .headers = {{"Content-Type", type}}, .body = body});
}

TEST(SaidError, IsALineOfPlainTextOfAServerError) {
  EXPECT_EQ(of(503, "text/plain", "no healthy upstream"), "no healthy upstream");
  EXPECT_EQ(of(500, "text/plain; charset=utf-8", "panic: nil map\n"), "panic: nil map");
  EXPECT_EQ(of(500, "text/plain", "Traceback:\n  File x"), "");
}

TEST(SaidError, IsTheTitleOfAnErrorPage) {
  EXPECT_EQ(of(503, "text/html", "<html><title>\n We'll be\n back &amp; soon </title><p>x"),
            "We'll be back & soon");
  EXPECT_EQ(of(502, "text/html", "<title>502 Bad Gateway</title>"), "") << "as the status says";
  EXPECT_EQ(of(200, "text/html", "<title>Home</title>"), "");
  EXPECT_EQ(of(500, "text/html", "<p>no title"), "");
}

TEST(SaidError, IsReadInTheCharsetOfTheAnswer) {
  EXPECT_EQ(of(401, "text/plain; charset=iso-8859-1", "ung\xfcltig"), "ung\u00fcltig");
  EXPECT_EQ(of(401, "application/json; charset=latin1", "{\"error\":\"ung\xfcltig\"}"),
            "ung\u00fcltig");
}

TEST(SaidError, IsInTheAddressThatARefusalLeadsTo) {
  const auto to = [](const std::string& location) {
    return describe({.status = 302, .headers = {{"Location", location}}, .body = {}});
  };
  EXPECT_EQ(to("/login?next=%2F&error=Wrong+password%21#x"), "HTTP 302 to /login Wrong password!");
  EXPECT_EQ(to("/login?error=access_denied&error_description=No%20such%20user"),
            "HTTP 302 to /login No such user");
  EXPECT_EQ(to("/login?token=s3cret&errors=x"), "HTTP 302 to /login");
}

TEST(SaidLimit, NamesWhenOrHowToAskInstead) {
  EXPECT_EQ(describe({.status = 429, .headers = {{"Retry-After", "30"}}, .body = {}}),
            "HTTP 429 (Retry-After: 30)");
  EXPECT_EQ(describe({.status = 405, .headers = {{"Allow", "GET, HEAD"}}, .body = {}}),
            "HTTP 405 (Allow: GET, HEAD)");
  EXPECT_EQ(describe({.status = 200, .headers = {{"Allow", "GET"}}, .body = {}}), "HTTP 200");
}

TEST(SaidPhrase, IsShownWhereNothingElseSaysWhy) {
  EXPECT_EQ(describe({.status = 401, .headers = {}, .body = {}, .phrase = "Account locked"}),
            "HTTP 401 Account locked");
}

TEST(SaidError, IsEmptyWhereNothingIsSaid) {
  for (const std::string body : {"", "{}", "[]", "<html>", "null", R"({"errors":[]})",
                                 R"({"errors":[[["deep"]]]})", R"({"token":"s3cret"})"})
    EXPECT_EQ(said(body), "") << body;
  EXPECT_EQ(said(R"({"error":"x","pad":")" + std::string(70'000, 'x') + "\"}"), "");
}

TEST(SaidGate, NamesWhatAnsweredInsteadOfTheService) {
  EXPECT_THAT(describe({.status = 403,
                        .headers = {{"Server", "cloudflare"}, {"cf-mitigated", "challenge"}},
                        .body = ""}),
              HasSubstr("HTTP 403 (cf-mitigated: challenge)"));
  EXPECT_THAT(describe({.status = 401,
                        .headers = {{"WWW-Authenticate", "Basic realm=\"staging\""}},
                        .body = ""}),
              HasSubstr("(WWW-Authenticate: Basic realm=\"staging\")"));
  EXPECT_EQ(describe({.status = 403, .headers = {{"WWW-Authenticate", "Basic"}}, .body = ""}),
            "HTTP 403");
}

TEST(IsPage, IsNoJsonThatIsSentAsAPage) {
  const auto page = [](const std::string& body) {
    return is_page({.status = 200, .headers = {{"Content-Type", "text/html"}}, .body = body});
  };
  EXPECT_TRUE(page("<!doctype html>"));
  EXPECT_TRUE(page(""));
  EXPECT_FALSE(page(" {\"access_token\":\"x\"}"));
}

}  // namespace
}  // namespace sonde::net::error_text_test
