#include "probes/net/origins.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace sonde::net::origins_test {
namespace {

text::Names names_with(const std::string& origins) {
  return text::Names(1, std::make_shared<const text::Names::Texts>(
                            text::Names::Texts{{std::string(Origins::name), origins}}));
}

bool has(const std::string& origins, std::string_view url) {
  return Origins::of(names_with(origins)).has(parse_url(url).value());
}

TEST(Origins, HaveWhatIsListedWhateverThePath) {
  const std::string own =
      "https://app.example.com/base wss://ws.example.com:8443/ http://[::1]:80/ ";
  for (const std::string_view url :
       {"https://app.example.com/", "https://app.example.com:443/x?y", "wss://app.example.com/ws",
        "HTTPS://APP.Example.COM/", "https://app.example.com./", "https://ws.example.com:8443/",
        "http://[0:0:0:0:0:0:0:1]/", "ws://[::0001]/ws"})
    EXPECT_TRUE(has(own, url)) << url;
}

TEST(Origins, HaveNothingElse) {
  const std::string own = "https://app.example.com wss://ws.example.com:8443 http://[::1]";
  for (const std::string_view url :
       {"http://app.example.com/", "ws://app.example.com/", "https://app.example.com:8443/",
        "https://ws.example.com/", "https://app.example.com.evil.example/",
        "https://evil-app.example.com/", "https://example.com/", "https://sub.app.example.com/",
        "https://[::1]/", "http://[::2]/", "https://app.example.co/"})
    EXPECT_FALSE(has(own, url)) << url;
  EXPECT_FALSE(has("", "https://app.example.com/"));
  EXPECT_FALSE(has("nonsense https://", "https://app.example.com/"));
}

TEST(Origins, AUserInAnAddressIsNoHost) {
  EXPECT_FALSE(parse_url("https://app.example.com@evil.example/"));
  EXPECT_FALSE(parse_url("https://app.example.com:443@evil.example/"));
  EXPECT_FALSE(parse_url("https://app.example.com\\@evil.example/"));
}

TEST(Origins, AnAddressIsConfiguredWhereNoAnswerChoosesItsHost) {
  for (const char* address :
       {"wss://chat.example.com/ws?t={{token}}", "{{target.ws}}/ws/{{login.path}}",
        "https://{{identity.tenant}}.example.com/{{vars.x}}", "wss://{{location}}.example.com/",
        "https://example.com", "wss://{{nonce(8)}}.example.com/", "", "{{target.ws}}"})
    EXPECT_TRUE(is_configured(address)) << address;
  for (const char* address :
       {"{{login.url}}", "wss://{{login.host}}/ws", "{{target.ws}}{{login.path}}",
        "{{target.ws}}.{{token}}/", "{{vars.url}}/ws", "wss://{{token | lower}}:80/",
        "{{other.url}}", "https://{{next}}/", "https://a.example{{next}}/x"})
    EXPECT_FALSE(is_configured(address)) << address;
}

TEST(Origins, WhatWasCapturedIsNotConfiguredWhateverItsName) {
  const std::string captured[] = {"location"};
  EXPECT_FALSE(is_configured("{{location}}/next", captured));
  EXPECT_TRUE(is_configured("https://a.example/{{location}}", captured));
}

TEST(Origins, AddressesOfThemAreShown) {
  EXPECT_EQ(Origins::addresses(names_with("https://app.example.com/x ws://[::1]:81")),
            (std::vector<std::string>{"https://app.example.com/", "wss://app.example.com/",
                                      "http://[::1]:81/", "ws://[::1]:81/"}));
}

}  // namespace
}  // namespace sonde::net::origins_test
