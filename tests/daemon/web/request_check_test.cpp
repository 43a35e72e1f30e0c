#include "daemon/web/request_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

namespace sonde::web::request_check_test {
namespace {

using testing::HasSubstr;

unsigned status_of(const std::optional<Refused>& refused) {
  return refused ? refused->status : 200;
}

TEST(CheckFraming, WantsExactlyOneHost) {
  EXPECT_EQ(status_of(check_framing({.host = {"a"}})), 200u);
  EXPECT_EQ(status_of(check_framing({.host = {}})), 400u);
  EXPECT_EQ(status_of(check_framing({.host = {"a", "a"}})), 400u);
  EXPECT_EQ(status_of(check_framing({.http_1_0 = true, .host = {}})), 200u);
  EXPECT_EQ(status_of(check_framing({.http_1_0 = true, .host = {"a", "b"}})), 400u);
}

TEST(CheckFraming, TakesOneWayToTellWhereABodyEnds) {
  const auto head = [](std::vector<std::string_view> coding,
                       std::vector<std::string_view> length = {}) {
    return RequestHead{
        .host = {"a"}, .transfer_encoding = std::move(coding), .content_length = std::move(length)};
  };
  EXPECT_EQ(status_of(check_framing(head({"chunked"}))), 200u);
  EXPECT_EQ(status_of(check_framing(head({"Chunked"}))), 200u);
  EXPECT_EQ(status_of(check_framing(head({}, {"5"}))), 200u);
  for (const char* coding : {"xchunked", "chunked, identity", "gzip, chunked", "identity", "",
                             "chunked;q=1", "chunked,chunked"})
    EXPECT_EQ(status_of(check_framing(head({coding}))), 400u) << coding;
  EXPECT_EQ(status_of(check_framing(head({"chunked", "chunked"}))), 400u);
  EXPECT_EQ(status_of(check_framing(head({"chunked"}, {"5"}))), 400u);
  EXPECT_EQ(status_of(check_framing(head({}, {"5", "5"}))), 400u);
  RequestHead old = head({"chunked"});
  old.http_1_0 = true;
  EXPECT_EQ(status_of(check_framing(old)), 400u);
}

TEST(KnownHosts, AddressesAndLocalhostAreKnown) {
  const KnownHosts hosts("", {});
  for (const char* host :
       {"127.0.0.1", "127.0.0.1:9811", "10.1.2.3:80", "[::1]", "[::1]:9811", "[fe80::1]:1",
        "localhost", "localhost:9811", "LOCALHOST", "sonde.localhost:1", "localhost.:9811"})
    EXPECT_EQ(status_of(hosts.check(host)), 200u) << host;
}

TEST(KnownHosts, OtherNamesAreNot) {
  const KnownHosts hosts("", {});
  for (const char* host :
       {"evil.example", "evil.example:9811", "", ":9811", "localhost.evil.example", "xlocalhost",
        "127.0.0.1.evil.example", "127.0.0.1@evil.example", "[evil.example]", "2130706433",
        "0x7f.0.0.1", "127.1", "[::1]evil.example", "[::1", "127.0.0.1:evil", "localhost:80:80",
        "localhost, evil.example"}) {
    const auto refused = hosts.check(host);
    EXPECT_EQ(status_of(refused), 421u) << host;
    if (refused) EXPECT_THAT(refused->text, HasSubstr("--web.allowed-host"));
  }
}

TEST(KnownHosts, TheMachinesOwnNameIsKnown) {
  std::array<char, 256> name{};
  ASSERT_EQ(::gethostname(name.data(), name.size() - 1), 0);
  EXPECT_EQ(status_of(KnownHosts("", {}).check(std::string(name.data()) + ":9811")), 200u);
}

TEST(KnownHosts, TheExternalUrlAndTheAllowedHostsAreKnown) {
  const KnownHosts hosts("https://Sonde.example.com:8443/base", {"sonde", ".svc.example"});
  for (const char* host : {"sonde.example.com", "SONDE.example.com:1", "sonde:9811",
                           "sonde.monitoring.svc.example:9811"})
    EXPECT_EQ(status_of(hosts.check(host)), 200u) << host;
  for (const char* host : {"example.com", "svc.example", "xsonde", "sonde.evil"})
    EXPECT_EQ(status_of(hosts.check(host)), 421u) << host;
}

WebRequest post_from(const std::string& origin, const std::string& site,
                     const std::string& type = "application/json") {
  return {.method = "POST",
          .host = "127.0.0.1:9811",
          .origin = origin,
          .fetch_site = site,
          .content_type = type};
}

TEST(CheckChange, AProgramWithJsonMayChange) {
  EXPECT_EQ(status_of(check_change(post_from("", ""), "")), 200u);
  EXPECT_EQ(status_of(check_change(post_from("", "", "Application/JSON; charset=utf-8"), "")),
            200u);
}

TEST(CheckChange, WhatAFormCanSendIsNotEnough) {
  for (const char* type :
       {"", "text/plain", "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=application/json", "text/plain, application/json"})
    EXPECT_EQ(status_of(check_change(post_from("", "", type), "")), 415u) << type;
}

// A browser sends PUT and DELETE to another site only after it was allowed to.
TEST(CheckChange, MethodsThatAFormCannotSendNeedNoType) {
  for (const char* method : {"PUT", "DELETE"}) {
    WebRequest request = post_from("", "", "");
    request.method = method;
    EXPECT_EQ(status_of(check_change(request, "")), 200u) << method;
  }
}

TEST(CheckChange, PagesOfOtherSitesMayNot) {
  for (const char* origin :
       {"http://evil.example", "null", "http://127.0.0.1", "http://localhost:9811", "file://",
        "http://127.0.0.1:9811.evil.example"})
    EXPECT_EQ(status_of(check_change(post_from(origin, ""), "")), 403u) << origin;
  for (const char* site : {"cross-site", "same-site", "CROSS-SITE", "anything"})
    EXPECT_EQ(status_of(check_change(post_from("", site), "")), 403u) << site;
}

TEST(CheckChange, PagesOfTheDaemonAndOfTheExternalUrlMay) {
  EXPECT_EQ(status_of(check_change(post_from("http://127.0.0.1:9811", "same-origin"), "")), 200u);
  const std::string external = "https://sonde.example.com/base";
  EXPECT_EQ(status_of(check_change(post_from("https://sonde.example.com", "cross-site"), external)),
            200u);
  EXPECT_EQ(status_of(check_change(post_from("https://evil.example", "cross-site"), external)),
            403u);
}

}  // namespace
}  // namespace sonde::web::request_check_test
