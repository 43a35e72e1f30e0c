#include "probes/net/http/http_text.hpp"

#include <gtest/gtest.h>

#include "probes/net/date.hpp"
#include "probes/net/http/http_redirect.hpp"
#include "probes/net/http/http_request.hpp"

namespace sonde::net::http_text_test {
namespace {

Request request_to(const std::string& url, std::string method = "GET") {
  return {.method = std::move(method), .url = parse_url(url).value(), .headers = {}, .body = {}};
}

Response redirect(int status, std::string location) {
  return {.status = status, .headers = {{"Location", std::move(location)}}, .body = {}};
}

TEST(HttpText, ListsFindTokensWhateverTheirCaseAndSpacing) {
  EXPECT_TRUE(lists("keep-alive, Upgrade", "upgrade"));
  EXPECT_TRUE(lists("UPGRADE", "upgrade"));
  EXPECT_FALSE(lists("upgraded,", "upgrade"));
  EXPECT_FALSE(lists("", "upgrade"));
}

TEST(HttpText, QuotedShowsNoRawByte) { EXPECT_EQ(quoted({"a\"\n\0b", 5}), R"("a\"\x0a\x00b")"); }

TEST(HttpDate, ReadsTheFixedForm) {
  const auto date = parse_date("Sun, 06 Nov 1994 08:49:37 GMT");
  ASSERT_TRUE(date);
  EXPECT_EQ(date->time_since_epoch().count(), 784111777);
}

TEST(HttpDate, RefusesAnythingElse) {
  for (const auto* text : {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC",
                           "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
                           "Sun, 06 anF 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT"}) {
    EXPECT_FALSE(parse_date(text)) << text;
  }
}

TEST(HttpRequest, SaysWhatItHasToSay) {
  Request request = request_to("http://example.com:8080/a?b=c", "POST");
  request.headers = {{"User-Agent", "mine"}};
  request.body = "hello";
  EXPECT_EQ(compose(request, {})->bytes,
            "POST /a?b=c HTTP/1.1\r\nHost: example.com:8080\r\nAccept: */*\r\n"
            "Accept-Encoding: gzip\r\nConnection: close\r\nUser-Agent: mine\r\n"
            "Content-Length: 5\r\n\r\nhello");
}

TEST(HttpRequest, GoesToAProxyInAbsoluteForm) {
  const auto wire = compose(request_to("http://example.com/x"), {.absolute = true});
  EXPECT_TRUE(wire->bytes.starts_with("GET http://example.com/x HTTP/1.1\r\nHost: example.com\r"));
}

TEST(HttpRequest, RefusesWhatWouldBreakItsFraming) {
  const Headers wrong[] = {{{"X-A", "b\r\nEvil: 1"}},       {{"X A", "b"}},
                           {{"X", std::string("a\0b", 3)}}, {{"", "b"}},
                           {{"Content-Length", "7"}},       {{"Transfer-Encoding", "chunked"}}};
  for (const auto& headers : wrong) {
    Request request = request_to("http://example.com/");
    request.headers = headers;
    const auto wire = compose(request, {});
    ASSERT_FALSE(wire) << headers.front().first;
    EXPECT_EQ(wire.error().reason, Reason::own_request);
    EXPECT_EQ(wire.error().detail.find("Evil"), std::string::npos) << "a value may be a secret";
  }
}

TEST(HttpRedirect, PostBecomesGetAndLosesItsBody) {
  Request post = request_to("http://a.example/x", "POST");
  post.headers = {{"Content-Type", "text/plain"}, {"Authorization", "secret"}};
  post.body = "b";
  for (const int status : {301, 302, 303}) {
    const auto next = follow(post, redirect(status, "/y"));
    ASSERT_TRUE(next);
    EXPECT_EQ(next->method, "GET");
    EXPECT_EQ(next->body, "");
    EXPECT_EQ(next->headers, (Headers{{"Authorization", "secret"}}));
    EXPECT_EQ(next->url.text(), "http://a.example/y");
  }
}

TEST(HttpRedirect, PostIsRepeatedAtTheSameOriginOnly) {
  Request post = request_to("http://a.example/x", "POST");
  post.body = "b";
  const auto next = follow(post, redirect(307, "/y"));
  ASSERT_TRUE(next);
  EXPECT_EQ(next->method, "POST");
  EXPECT_EQ(next->body, "b");
  const auto elsewhere = follow(post, redirect(308, "http://b.example/y"));
  ASSERT_FALSE(elsewhere);
  EXPECT_EQ(elsewhere.error().reason, Reason::redirected);
}

TEST(HttpRedirect, NoSecretGoesToAnotherOrigin) {
  Request get = request_to("http://a.example/x");
  get.headers = {{"Authorization", "s"}, {"Cookie", "s"}, {"X-Api-Key", "s"}, {"Accept", "a/b"}};
  for (const auto* elsewhere :
       {"http://b.example/", "http://a.example:81/", "https://a.example/"}) {
    EXPECT_EQ(follow(get, redirect(302, elsewhere))->headers, (Headers{{"Accept", "a/b"}}))
        << elsewhere;
  }
  EXPECT_EQ(follow(get, redirect(302, "/same"))->headers.size(), 4U);
}

TEST(HttpRedirect, RefusesDowngradesAndBadLocations) {
  const Request get = request_to("https://a.example/x");
  for (const auto* location : {"http://a.example/", "ftp://a.example/", "wss://a.example/",
                               "https://", "https://u:p@a.example/", "javascript:alert(1)"}) {
    const auto next = follow(get, redirect(302, location));
    ASSERT_FALSE(next) << location;
    EXPECT_EQ(next.error().reason, Reason::redirected);
  }
  EXPECT_FALSE(follow(get, {.status = 302, .headers = {}, .body = {}}));
}

}  // namespace
}  // namespace sonde::net::http_text_test
