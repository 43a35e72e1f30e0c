#include "probes/net/url.hpp"

#include <gtest/gtest.h>

namespace sonde::net::url_test {
namespace {

TEST(Url, IsSplit) {
  const auto url = parse_url("WSS://API.Example.com:8443/a/b?c=d#e");
  ASSERT_TRUE(url) << url.error();
  EXPECT_EQ(url->scheme, "wss");
  EXPECT_EQ(url->host, "api.example.com");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->target, "/a/b?c=d");
  EXPECT_EQ(url->text(), "wss://api.example.com:8443/a/b?c=d");
}

TEST(Url, HasItsSchemesPortAndTheRootByDefault) {
  EXPECT_EQ(parse_url("http://a")->port, 80);
  EXPECT_EQ(parse_url("https://a:")->port, 443);
  EXPECT_EQ(parse_url("ws://a?b")->target, "/?b");
  EXPECT_EQ(parse_url("https://a:443/")->authority(), "a");
  EXPECT_EQ(parse_url("http://a.:443/")->authority(), "a.:443");
}

TEST(Url, KeepsIpv6Brackets) {
  const auto url = parse_url("https://[::1]:9443/x");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->port, 9443);
  EXPECT_EQ(url->authority(), "[::1]:9443");
  EXPECT_EQ(parse_url("http://[::1]")->authority(), "[::1]");
}

class WrongUrl : public testing::TestWithParam<std::string> {};

TEST_P(WrongUrl, IsRefused) { EXPECT_FALSE(parse_url(GetParam())); }

INSTANTIATE_TEST_SUITE_P(
    All, WrongUrl,
    testing::Values("", "a", "/a", "ftp://a", "http:/a", "http://", "http:///x", "http://:80",
                    "http://a b/", "http://a/\r\nX: y", "http://a\x7f", "http://\xc3\xa4.de",
                    "http://a:0", "http://a:65536", "http://a:-1", "http://a:8x", "http://u:p@a/",
                    "http://[::1", "http://[]", "http://[::g]", "http://[::1]x", "http://::1/",
                    "http://a..b", "http://.a", "http://1.2.3", "http://300.1.1.1", "http://a_%41",
                    "http://" + std::string(64, 'a'), "http://" + std::string(300, 'a') + ".b",
                    "http://a/" + std::string(9000, 'a')));

TEST(Url, ErrorShowsNoPassword) {
  EXPECT_EQ(parse_url("http://me:hush@a/").error().find("hush"), std::string::npos);
}

// RFC 3986 5.4.
TEST(Url, ReferencesAreResolved) {
  const auto base = parse_url("http://a/b/c/d;p?q").value();
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"g", "http://a/b/c/g"},
      {"./g", "http://a/b/c/g"},
      {"g/", "http://a/b/c/g/"},
      {"/g", "http://a/g"},
      {"//g", "http://g/"},
      {"?y", "http://a/b/c/d;p?y"},
      {"g?y", "http://a/b/c/g?y"},
      {"#s", "http://a/b/c/d;p?q"},
      {"g#s", "http://a/b/c/g"},
      {";x", "http://a/b/c/;x"},
      {".", "http://a/b/c/"},
      {"..", "http://a/b/"},
      {"../g", "http://a/b/g"},
      {"../..", "http://a/"},
      {"../../../g", "http://a/g"},
      {"/../g", "http://a/g"},
      {"g.", "http://a/b/c/g."},
      {"g..", "http://a/b/c/g.."},
      {"./g/.", "http://a/b/c/g/"},
      {"g/../h", "http://a/b/c/h"},
      {"g?y/../x", "http://a/b/c/g?y/../x"},
      {"https://x:8/y/../z", "https://x:8/z"},
      {"/a b", "http://a/a%20b"}};
  for (const auto& [reference, whole] : rows) {
    const auto url = resolve(base, reference);
    ASSERT_TRUE(url) << reference;
    EXPECT_EQ(url->text(), whole) << reference;
  }
}

TEST(Url, WhatServersSayIsReadAsByBrowsers) {
  const auto base = parse_url("http://a/b/c").value();
  const std::pair<std::string_view, std::string_view> rows[] = {
      {" \t/x\n ", "http://a/x"},
      {"/x\ty", "http://a/xy"},
      {"\\\\h\\p?q\\", "http://h/p?q\\"},
      {"/p\\..\\q", "http://a/q"},
      {"/p/%2e%2E/q/%2e", "http://a/q/"},
      {"https:h/p", "https://h/p"},
      {"https:///h", "https://h/"},
      {"http:d", "http://a/b/d"},
      {"HTTP://H:80", "http://h/"},
      {"//@h/", "http://h/"},
      {"https://b\xC3\xBC"
       "cher.example/\xC3\xBC?\xC3\xBC",
       "https://xn--bcher-kva.example/%C3%BC?%C3%BC"},
      {"https://b%C3%BCcher.example/", "https://xn--bcher-kva.example/"},
      {"https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"},
      {"https://xn--n3h.example/", "https://xn--n3h.example/"},
      {"http://0x7f.1/", "http://127.0.0.1/"},
      {"http://[0:0::1]/", "http://[::1]/"},
      {"/a\"b<c>{d}`e?f\"g<h>'i", "http://a/a%22b%3Cc%3E%7Bd%7D%60e?f%22g%3Ch%3E%27i"}};
  for (const auto& [reference, whole] : rows) {
    const auto url = resolve(base, reference);
    ASSERT_TRUE(url) << reference << ": " << url.error();
    EXPECT_EQ(url->text(), whole) << reference;
  }
  for (const std::string_view refused :
       {"http://1.2.3.4.5/", "http://0x100000000/", "http://256.1.1.1/", "http://xn--a/",
        "http://a b/", "http://a%00b/", "http://%zz/", "file:///x", "//u@h/", "http://h:x/"})
    EXPECT_FALSE(resolve(base, refused)) << refused;
}

TEST(Url, AHostInAnotherScriptIsWrittenInAsciiInAConfiguration) {
  const auto url = parse_url(
      "http://b\xC3\xBC"
      "cher.example:8080/x");
  ASSERT_FALSE(url);
  EXPECT_NE(url.error().find("xn--bcher-kva.example"), std::string::npos) << url.error();
  EXPECT_EQ(parse_url("http://h/\xC3\xBC").error().find("xn--"), std::string::npos);
}

TEST(Url, ReferencesThatLeadNowhereAreRefused) {
  const auto base = parse_url("http://a/b").value();
  EXPECT_FALSE(resolve(base, ""));
  EXPECT_FALSE(resolve(base, "javascript:alert(1)"));
  EXPECT_FALSE(resolve(base, "http://"));
  EXPECT_FALSE(resolve(base, "//u:p@x/"));
}

}  // namespace
}  // namespace sonde::net::url_test
