#include "daemon/notify/post.hpp"

#include <gmock/gmock.h>

#include "tests/daemon/notify/receiver_fixture.hpp"
#include "tests/support/dns_server.hpp"
#include "tests/support/http_server.hpp"
#include "tests/support/net_loop.hpp"
#include "tests/support/tcp_server.hpp"

namespace sonde::notify::post_test {
namespace {

using test::made_alert;
using test::message_of;
using testing::HasSubstr;
using testing::Not;

class Post : public test::NetLoop {
 protected:
  Posted to(const std::string& yaml) {
    const test::Receivers receivers(yaml);
    EXPECT_EQ(receivers.notified(), "");
    return run(post(network, receivers.place(), message_of({made_alert()}), last));
  }
  Posted to_url(const std::string& url, const std::string& more = "") {
    return to("team: { webhook: { url: \"" + url + "\"" + more + " } }");
  }
  LastAddress last;
};

TEST_F(Post, DeliversAndRemembersWhere) {
  const test::Server server(test::Script{test::answer(200)});
  const Posted posted = to_url(server.url("/hook"));
  EXPECT_EQ(posted.receipt.outcome, DeliveryOutcome::accepted);
  EXPECT_EQ(last.host, "127.0.0.1");
  EXPECT_EQ(last.address, "127.0.0.1");
  const auto request = server.requests(1).at(0);
  EXPECT_EQ(request.method(), "POST");
  EXPECT_EQ(request.target(), "/hook");
  EXPECT_EQ(request.header("Content-Type"), "application/json");
  EXPECT_THAT(request.body, HasSubstr("\"version\":\"4\""));
}

TEST_F(Post, SaysWhatTheServerSaid) {
  const test::Server server(test::Script{test::answer(503, "come back", {{"Retry-After", "3"}})});
  const Posted posted = to_url(server.url());
  EXPECT_EQ(posted.receipt.outcome, DeliveryOutcome::retry);
  EXPECT_EQ(posted.receipt.detail, "HTTP 503: come back");
  EXPECT_EQ(posted.receipt.wait, Span(std::chrono::seconds(3)));
}

TEST_F(Post, ServerThatSaysNothingIsATimeout) {
  const test::Server server(test::Script{test::hang()});
  const Posted posted = to_url(server.url(), ", timeout: 100ms");
  EXPECT_EQ(posted.receipt.outcome, DeliveryOutcome::retry);
  EXPECT_EQ(posted.receipt.trouble, DeliveryError::timeout);
}

TEST_F(Post, WhatWasAcceptedIsNotSentAgainThoughTheAnswerIsTooBigOrCutOff) {
  const std::string big(5000, 'x');
  for (const auto& script :
       {test::Script{test::answer(200, big)}, test::Script{test::answer(204)},
        test::Script{test::send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"), test::fin()},
        test::Script{test::send("HTTP/1.1 202 Accepted\r\nContent-Length: 10\r\n\r\n"),
                     test::hang()}}) {
    const test::Server server(script);
    const Posted posted = to_url(server.url(), ", timeout: 500ms, limits: { body: 1KB }");
    EXPECT_EQ(posted.receipt.outcome, DeliveryOutcome::accepted) << posted.receipt.detail;
  }
  const test::Server page(test::Script{
      test::send("HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n<html>Sign in"), test::fin()});
  EXPECT_EQ(to_url(page.url(), ", body: { text: hello }").receipt.outcome, DeliveryOutcome::retry);
  const test::Server failing(
      test::Script{test::send("HTTP/1.1 500 Oops\r\nContent-Length: 10\r\n\r\n"), test::fin()});
  EXPECT_EQ(to_url(failing.url()).receipt.outcome, DeliveryOutcome::retry);
}

TEST_F(Post, RefusedConnectionIsTheNetwork) {
  const Posted posted = to_url("http://127.0.0.1:" + std::to_string(test::refused_port()));
  EXPECT_EQ(posted.receipt.trouble, DeliveryError::network);
  EXPECT_THAT(posted.receipt.detail, HasSubstr("tcp_refused"));
}

TEST_F(Post, FollowsNoRedirect) {
  const test::Server other(test::Script{test::answer(200)});
  const test::Server server(test::Script{test::answer(302, "", {{"Location", other.url()}})});
  EXPECT_EQ(to_url(server.url()).receipt.outcome, DeliveryOutcome::refused);
  EXPECT_EQ(other.connections(), 0);
}

TEST_F(Post, UnreadableSecretIsOurOwnTroubleAndPasses) {
  auto file = std::make_unique<test::SecretFile>("http://127.0.0.1/x");
  const test::Receivers receivers("team: { webhook: { url: " + file->yaml() + " } }");
  file.reset();
  const Posted posted = run(post(network, receivers.place(), message_of({made_alert()}), last));
  EXPECT_EQ(posted.receipt.outcome, DeliveryOutcome::retry);
  EXPECT_EQ(posted.receipt.trouble, DeliveryError::own);
}

TEST_F(Post, SecretThatTheServerEchoesIsNotShown) {
  const test::Server server(test::Script{test::answer(400, "bad path /T000/B000/hunter2")});
  const test::SecretFile url(server.url("/T000/B000/hunter2"));
  const Posted posted = to("team: { slack: { url: " + url.yaml() + " } }");
  EXPECT_EQ(posted.receipt.outcome, DeliveryOutcome::refused);
  EXPECT_THAT(posted.receipt.detail, Not(HasSubstr("hunter2")));
}

// What is resolved by a DNS server that can be switched off.
class PostByName : public Post {
 protected:
  std::string url(const test::Server& server) {
    return "http://hook.test:" + std::to_string(server.port()) + "/x";
  }
  std::string by_dns() {
    return ", dns: { servers: [\"127.0.0.1:" + std::to_string(dns.address().port) + "\"] }";
  }
  std::atomic<bool> down = false;
  test::DnsServer dns{[this](const std::string&, const std::string& type) -> test::DnsReply {
    if (down) return {.code = 2};
    return {.addresses =
                type == "A" ? std::vector<std::string>{"127.0.0.1"} : std::vector<std::string>{}};
  }};
};

TEST_F(PostByName, GoesToTheLastGoodAddressWhenNamesCannotBeResolved) {
  const test::Server server(test::Script{test::answer(200)});
  EXPECT_EQ(to_url(url(server), by_dns()).receipt.outcome, DeliveryOutcome::accepted);
  EXPECT_EQ(last.address, "127.0.0.1");
  down = true;
  EXPECT_EQ(to_url(url(server), by_dns()).receipt.outcome, DeliveryOutcome::accepted);
  const auto requests = server.requests(2);
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[1].header("Host"), "hook.test:" + std::to_string(server.port()));
}

TEST_F(PostByName, KnowsNoAddressOfAnotherHost) {
  const test::Server server(test::Script{test::answer(200)});
  down = true;
  last = {.host = "other.test", .address = "127.0.0.1"};
  EXPECT_EQ(to_url(url(server), by_dns()).receipt.outcome, DeliveryOutcome::retry);
  EXPECT_EQ(server.connections(), 0);
}

}  // namespace
}  // namespace sonde::notify::post_test
