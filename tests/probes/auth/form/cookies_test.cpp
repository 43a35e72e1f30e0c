#include "probes/auth/form/cookies.hpp"

#include <gmock/gmock.h>

#include "probes/auth/form/cookie_date.hpp"

namespace sonde::auth::cookies_test {
namespace {

using namespace std::chrono_literals;

const WallTime now = std::chrono::sys_days(std::chrono::year(2026) / 7 / 1);

net::Url url(std::string_view text) { return net::parse_url(text).value_or(net::Url()); }

// What is sent to `to` after `from` set these.
std::string sent(const std::vector<std::string>& set, std::string_view from, std::string_view to,
                 WallTime at = now) {
  Cookies cookies;
  Headers headers;
  for (const auto& value : set) headers.emplace_back("Set-Cookie", value);
  cookies.take(url(from), headers, now);
  net::Origins own;
  own.add(url(to));
  return cookies.header(url(to), at, own);
}

constexpr std::string_view home = "https://app.example.com/auth/login";

TEST(Cookies, GoToTheHostThatSetThemAndNoOther) {
  EXPECT_EQ(sent({"a=1; Path=/"}, home, "https://app.example.com/x"), "a=1");
  EXPECT_EQ(sent({"a=1; Path=/"}, home, "https://example.com/"), "");
  EXPECT_EQ(sent({"a=1; Path=/"}, home, "https://sub.app.example.com/"), "");
  EXPECT_EQ(sent({"a=1; Path=/"}, home, "wss://app.example.com:9443/ws"), "a=1");
}

TEST(Cookies, GoToAnotherOriginOnlyIfItSetThem) {
  Cookies cookies;
  cookies.take(url(home), {{"Set-Cookie", "a=1; Path=/; Domain=example.com"}}, now);
  cookies.take(url("https://idp.example.com/"), {{"Set-Cookie", "b=2; Path=/"}}, now);
  net::Origins own;
  own.add(url(home));
  EXPECT_EQ(cookies.header(url(home), now, own), "a=1");
  EXPECT_EQ(cookies.header(url("https://idp.example.com/x"), now, own), "b=2");
  EXPECT_EQ(cookies.header(url("https://app.example.com:8443/"), now, own), "");
  EXPECT_EQ(cookies.header(url("https://evil.example.com/"), now, own), "");
}

TEST(Cookies, OfADomainGoToItsHosts) {
  const std::vector<std::string> set = {"a=1; Path=/; Domain=.Example.com"};
  EXPECT_EQ(sent(set, home, "https://ws.example.com/"), "a=1");
  EXPECT_EQ(sent(set, home, "https://example.com/"), "a=1");
  EXPECT_EQ(sent(set, home, "https://badexample.com/"), "");
}

TEST(Cookies, OfAForeignDomainOrATopLevelNameAreIgnored) {
  for (const std::string domain : {"other.com", "com", "sub.app.example.com", "xample.com"})
    EXPECT_EQ(sent({"a=1; Path=/; Domain=" + domain}, home, home), "") << domain;
  EXPECT_EQ(sent({"a=1; Path=/; Domain=0.0.1"}, "http://127.0.0.1/", "http://127.0.0.1/"), "");
  EXPECT_EQ(sent({"a=1; Path=/; Domain=localhost"}, "http://localhost/", "http://localhost/"),
            "a=1");
}

TEST(Cookies, GoToTheirPathAndBelow) {
  EXPECT_EQ(sent({"a=1; Path=/auth"}, home, "https://app.example.com/auth"), "a=1");
  EXPECT_EQ(sent({"a=1; Path=/auth"}, home, "https://app.example.com/auth/x?y"), "a=1");
  EXPECT_EQ(sent({"a=1; Path=/auth"}, home, "https://app.example.com/authentic"), "");
  EXPECT_EQ(sent({"a=1"}, home, "https://app.example.com/auth/other"), "a=1");
  EXPECT_EQ(sent({"a=1"}, home, "https://app.example.com/"), "");
}

TEST(Cookies, OfLongerPathsGoFirst) {
  EXPECT_EQ(sent({"a=1; Path=/", "b=2; Path=/auth", "c=3; Path=/"}, home, home), "b=2; a=1; c=3");
}

TEST(Cookies, ThatAreSecureStayOnTls) {
  EXPECT_EQ(sent({"a=1; Path=/; Secure"}, home, "http://app.example.com/"), "");
  EXPECT_EQ(sent({"a=1; Path=/; Secure"}, home, "ws://app.example.com/"), "");
  EXPECT_EQ(sent({"a=1; Path=/; Secure"}, home, "wss://app.example.com/"), "a=1");
  EXPECT_EQ(sent({"a=1; Path=/; Secure"}, "http://app.example.com/", home), "");
}

TEST(Cookies, WhoseNameMakesAPromiseHaveToKeepIt) {
  EXPECT_EQ(sent({"__Host-a=1; Path=/; Secure"}, home, home), "__Host-a=1");
  EXPECT_EQ(sent({"__Host-a=1; Secure"}, home, home), "");
  EXPECT_EQ(sent({"__Host-a=1; Path=/; Secure; Domain=example.com"}, home, home), "");
  EXPECT_EQ(sent({"__Secure-a=1; Path=/"}, home, home), "");
}

TEST(Cookies, ForOtherSitesHaveToBeSecureAsBrowsersWantIt) {
  EXPECT_EQ(sent({"a=1; Path=/; SameSite=None"}, home, home), "");
  EXPECT_EQ(sent({"a=1; Path=/; SameSite=None; Secure"}, home, home), "a=1");
  EXPECT_EQ(sent({"a=1; Path=/; SameSite=Lax"}, home, home), "a=1");
  EXPECT_EQ(sent({"a=1; Path=/; Partitioned"}, home, home), "");
  EXPECT_EQ(sent({"a=1; Path=/; Partitioned; Secure"}, home, home), "a=1");
}

TEST(Cookies, EndWithTheirTime) {
  EXPECT_EQ(sent({"a=1; Path=/; Max-Age=60"}, home, home, now + 59s), "a=1");
  EXPECT_EQ(sent({"a=1; Path=/; Max-Age=60"}, home, home, now + 60s), "");
  EXPECT_EQ(sent({"a=1; Path=/; Expires=Wed, 01 Jul 2026 00:01:00 GMT"}, home, home, now + 59s),
            "a=1");
  EXPECT_EQ(sent({"a=1; Path=/; Expires=Wed, 01 Jul 2026 00:01:00 GMT"}, home, home, now + 60s),
            "");
  EXPECT_EQ(sent({"a=1; Path=/; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT"}, home, home),
            "a=1");
}

TEST(Cookies, ThatExpiredTakeTheOldOneAway) {
  EXPECT_EQ(sent({"a=1; Path=/", "a=; Path=/; Max-Age=0"}, home, home), "");
  EXPECT_EQ(sent({"a=1; Path=/", "a=2; Path=/"}, home, home), "a=2");
  EXPECT_EQ(sent({"a=1; Path=/", "a=2; Path=/auth"}, home, home), "a=2; a=1");
}

TEST(Cookies, ThatAreNoneAreIgnored) {
  for (const std::string set : {"", "=", ";Path=/", "a=b\x01; Path=/", " \t=\t", "a=b\x7f",
                                "=__Host-a; Path=/; Secure", "__Secure-a"})
    EXPECT_EQ(sent({set}, home, home), "") << set;
  EXPECT_EQ(sent({"a=" + std::string(5000, 'x') + "; Path=/"}, home, home), "");
}

TEST(Cookies, MayHaveNoName) {
  EXPECT_EQ(sent({"=1; Path=/"}, home, home), "1");
  EXPECT_EQ(sent({"novalue; Path=/", "a=1; Path=/"}, home, home), "novalue; a=1");
}

TEST(Cookies, TakeTheLastOfRepeatedAttributes) {
  EXPECT_EQ(sent({"a=1; Path=/x; Path=/"}, home, home), "a=1");
  EXPECT_EQ(sent({"a=1; Path=/; Path=/x"}, home, home), "");
  EXPECT_EQ(sent({"a=1; Path=/; Path="}, home, home), "a=1") << "the default path";
  EXPECT_EQ(sent({"a=1; Path=/; Path=x"}, home, "https://app.example.com/"), "");
  EXPECT_EQ(
      sent({"a=1; Path=/; Domain=other.com; Domain=example.com"}, home, "https://example.com/"),
      "a=1");
  EXPECT_EQ(sent({"a=1; Path=/; Domain=example.com; Domain=other.com"}, home, home), "");
  EXPECT_EQ(sent({"a=1; Path=/; Domain=example.com; Domain="}, home, "https://example.com/"), "");
  EXPECT_EQ(sent({"a=1; Path=/; Max-Age=0; Max-Age=60"}, home, home), "a=1");
  EXPECT_EQ(sent({"a=1; Path=/; Max-Age=60; Max-Age=x"}, home, home, now + 61s), "");
  EXPECT_EQ(sent({"a=1; Path=/; SameSite=None; SameSite=Lax"}, home, home), "a=1");
}

TEST(Cookies, TakeTabsForBlanks) {
  EXPECT_EQ(sent({"\ta\t=\t1 2\t;\tPath\t=\t/\t;\tSecure\t"}, home, home), "a=1 2");
  EXPECT_EQ(sent({"a=1\t2; Path=/"}, home, home), "a=1\t2");
}

TEST(Cookies, AreLimitedByNameAndValueAndByEachAttribute) {
  const std::string long_path = "/" + std::string(1024, 'p');
  EXPECT_EQ(sent({"abc=" + std::string(4093, 'v') + "; Path=/; HttpOnly; SameSite=Lax"}, home, home)
                .size(),
            4097U);
  EXPECT_EQ(sent({"abc=" + std::string(4094, 'v') + "; Path=/"}, home, home), "");
  EXPECT_EQ(sent({std::string(4097, 'v')}, home, home), "");
  EXPECT_EQ(sent({"a=1; Path=/; Path=" + long_path}, home, home), "a=1") << "it is ignored";
  EXPECT_EQ(sent({"a=1; Path=/; Path=" + long_path.substr(0, 1024)}, home, home), "");
}

TEST(Cookies, ThatAreSecureGoToLoopbackAsInBrowsers) {
  for (const std::string host :
       {"127.0.0.1:8080", "127.1.2.3", "localhost", "app.LOCALHOST", "[::1]:80"}) {
    const std::string there = "http://" + host + "/";
    EXPECT_EQ(sent({"a=1; Path=/; Secure"}, there, there), "a=1") << host;
    EXPECT_EQ(sent({"__Host-a=1; Path=/; Secure"}, there, "ws://" + host + "/ws"), "__Host-a=1");
  }
  for (const std::string host : {"128.0.0.1", "localhost.example.com", "127.example.com"}) {
    const std::string there = "http://" + host + "/";
    EXPECT_EQ(sent({"a=1; Path=/; Secure"}, there, there), "") << host;
  }
}

TEST(Cookies, WhoseNameMakesAPromiseInAnyCaseHaveToKeepIt) {
  EXPECT_EQ(sent({"__host-a=1; Secure"}, home, home), "");
  EXPECT_EQ(sent({"__SECURE-a=1; Path=/"}, home, home), "");
  EXPECT_EQ(sent({"__HOST-a=1; Path=/; Secure"}, home, home), "__HOST-a=1");
}

TEST(Cookies, ThatAreSecureAreNotReplacedFromPlainHttp) {
  Cookies cookies;
  cookies.take(url(home), {{"Set-Cookie", "a=1; Path=/; Secure"}}, now);
  cookies.take(url("http://app.example.com/"), {{"Set-Cookie", "a=2; Path=/"}}, now);
  ASSERT_NE(cookies.find("a"), nullptr);
  EXPECT_EQ(*cookies.find("a"), "1");
  ASSERT_EQ(cookies.dropped_since({}).size(), 1U);
  EXPECT_EQ(cookies.dropped_since({})[0].name, "a");
  cookies.take(url("http://app.example.com/"), {{"Set-Cookie", "b=2; Path=/"}}, now);
  EXPECT_NE(cookies.find("b"), nullptr);
}

TEST(Cookies, LiveFor400DaysAtMost) {
  for (const std::string set :
       {"a=1; Path=/; Max-Age=99999999999999999999", "a=1; Path=/; Max-Age=99999999",
        "a=1; Path=/; Expires=Fri, 01 Jul 2050 00:00:00 GMT"}) {
    EXPECT_EQ(sent({set}, home, home, now + std::chrono::days(400) - 1s), "a=1") << set;
    EXPECT_EQ(sent({set}, home, home, now + std::chrono::days(400)), "") << set;
  }
}

TEST(Cookies, AreBoundedInNumber) {
  Cookies cookies;
  for (int i = 0; i < 500; ++i)
    cookies.take(url(home), {{"set-cookie", "c" + std::to_string(i) + "=1; Path=/"}}, now);
  EXPECT_EQ(cookies.all().size(), 100U);
  EXPECT_EQ(cookies.find("c0"), nullptr);
  EXPECT_NE(cookies.find("c499"), nullptr);
}

TEST(CookieDate, IsReadInEveryFormThatServersWrite) {
  const auto wanted = std::chrono::sys_days(std::chrono::year(1994) / 11 / 6) + 8h + 49min + 37s;
  for (const std::string text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                                 "Sun Nov  6 08:49:37 1994", "06 november 1994 8:49:37"})
    EXPECT_EQ(parse_cookie_date(text), wanted) << text;
}

TEST(CookieDate, ThatIsNoneIsEmpty) {
  for (const std::string text :
       {"", "soon", "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "06 Nov 1994",
        "30 Feb 2024 08:00:00", "06 Nov 1500 08:49:37"})
    EXPECT_EQ(parse_cookie_date(text), std::nullopt) << text;
}

}  // namespace
}  // namespace sonde::auth::cookies_test
