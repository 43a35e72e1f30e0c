#include "probes/net/http/http_exchange.hpp"

#include <array>
#include <ctime>

#include "probes/net/http/http_head.hpp"
#include "tests/probes/net/http/http_fixture.hpp"

namespace sonde::net::http_exchange_test {
namespace {

using namespace std::chrono_literals;
using test::Script;
using test::Server;

class HttpExchange : public OnLoop {
 protected:
  // What a deadline leaves of a fetch.
  Answer get_within(Span limit, const Server& server) {
    Answer answer;
    auto attempt = keep(*this, request(server.url()), answer);
    verdict = run(within(Clock::now() + limit, std::move(attempt), trace));
    return answer;
  }
  std::vector<Phase> phases() const {
    std::vector<Phase> all;
    for (const auto& span : trace.phases()) all.push_back(span.phase);
    return all;
  }
  Verdict verdict;

 private:
  static boost::asio::awaitable<Verdict> keep(HttpExchange& self, Request asked, Answer& answer) {
    answer = co_await fetch(self.network, asked, self.line, self.redirects, self.trace);
    co_return Verdict::of(Step::health, answer.failure);
  }
};

TEST_F(HttpExchange, BringsTheWholeResponse) {
  Server server(Script{test::answer(200, "hello", {{"X-A", "b"}})});
  const Answer answer = get(server, "/path?q=1");
  ASSERT_TRUE(answer.ok()) << answer.failure.detail;
  EXPECT_EQ(answer.response.status, 200);
  EXPECT_EQ(answer.response.body, "hello");
  const auto seen = server.requests().at(0);
  EXPECT_EQ(seen.target(), "/path?q=1");
  EXPECT_EQ(seen.header("Host"), "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(seen.header("User-Agent"), "sonde/0.1.0");
  EXPECT_EQ(seen.header("Connection"), "close");
}

constexpr std::string_view a_run = "6b0ec3400123456789abcdef01234567";

TEST_F(HttpExchange, EachRequestOfARunNamesIt) {
  Server server([](const test::Request& seen) -> Script {
    if (seen.target() == "/there") return {test::answer(200)};
    return {test::answer(302, "", {{"Location", "/there"}})};
  });
  redirects.follow = true;
  trace.of_run(std::string(a_run));
  EXPECT_TRUE(ask(request(server.url("/"))).ok());
  ASSERT_EQ(server.requests().size(), 2U);
  for (const auto& seen : server.requests()) {
    EXPECT_EQ(seen.header("X-Sonde-Run"), a_run);
    EXPECT_TRUE(seen.header("traceparent").starts_with("00-" + std::string(a_run) + "-"));
  }
  EXPECT_NE(server.requests()[0].header("traceparent"), server.requests()[1].header("traceparent"));
}

TEST_F(HttpExchange, ARequestOfNoRunNamesNone) {
  Server server(Script{test::answer(200)});
  get(server);
  EXPECT_EQ(server.requests().at(0).header("X-Sonde-Run"), "");
  EXPECT_EQ(server.requests().at(0).header("traceparent"), "");
}

TEST_F(HttpExchange, TheNameOfTheRunCanBeTurnedOff) {
  Server server(Script{test::answer(200)});
  trace.of_run(std::string(a_run));
  line.run_headers = false;
  get(server);
  EXPECT_EQ(server.requests().at(0).header("X-Sonde-Run"), "");
  EXPECT_EQ(server.requests().at(0).header("traceparent"), "");
}

TEST_F(HttpExchange, HeadersOfTheFileStandInPlaceOfTheNameOfTheRun) {
  Server server(Script{test::answer(200)});
  trace.of_run(std::string(a_run));
  Request asked = request(server.url("/"));
  asked.headers = {{"x-sonde-run", "mine"}, {"Traceparent", "theirs"}};
  EXPECT_TRUE(ask(asked).ok());
  EXPECT_EQ(server.requests().at(0).header("X-Sonde-Run"), "mine");
  EXPECT_EQ(server.requests().at(0).header("traceparent"), "theirs");
  EXPECT_EQ(server.requests().at(0).head.find(a_run), std::string::npos);
}

TEST_F(HttpExchange, RecordsWhatWentOutAndWhatCame) {
  Server server(Script{test::json(422, R"({"error_code":"VALIDATION_ERROR"})")});
  get(server, "/api/health");
  const auto& exchange = trace.exchanges().at(0);
  EXPECT_EQ(exchange.method, "GET");
  EXPECT_EQ(exchange.url, server.url("/api/health"));
  EXPECT_EQ(exchange.status, 422);
  EXPECT_EQ(exchange.body, R"({"error_code":"VALIDATION_ERROR"})");
  EXPECT_EQ(exchange.peer, "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(phases(), (std::vector{Phase::resolve, Phase::connect, Phase::request,
                                   Phase::first_byte, Phase::body}));
  EXPECT_TRUE(trace.phases().back().took);
}

TEST_F(HttpExchange, SendsABodyWithItsLength) {
  Server server(Script{test::answer(200)});
  Request post = request(server.url("/login"), "POST");
  post.headers = {{"Content-Type", "text/plain"}};
  post.body = "user=a";
  EXPECT_TRUE(ask(post).ok());
  EXPECT_EQ(server.requests().at(0).body, "user=a");
  EXPECT_EQ(server.requests().at(0).header("Content-Type"), "text/plain");
}

TEST_F(HttpExchange, WaitsForASlowDrip) {
  Server server(Script{test::drip("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 1ms, 3)});
  EXPECT_EQ(get(server).response.body, "ok");
}

TEST_F(HttpExchange, EndlessHeadersEndAtTheBound) {
  Server server(
      Script{test::send("HTTP/1.1 200 OK\r\n"), test::endless("X-Pad: aaaaaaaaaaaa\r\n")});
  EXPECT_EQ(get(server).failure.reason, Reason::header_too_big);
}

TEST_F(HttpExchange, AnEndlessBodyEndsAtTheBound) {
  line.limits.body = 100'000;
  Server server(Script{test::send("HTTP/1.1 200 OK\r\n\r\n"), test::endless("0123456789")});
  const Answer answer = get(server);
  EXPECT_EQ(answer.failure.reason, Reason::body_too_big);
  EXPECT_EQ(answer.response.status, 200) << "what was seen stays";
  EXPECT_LE(answer.response.body.size(), 100'000U);
}

TEST_F(HttpExchange, AnEndBeforeAnyByteIsClosedEarly) {
  Server server(Script{test::fin()});
  EXPECT_EQ(get(server).failure.reason, Reason::closed_early);
}

TEST_F(HttpExchange, AResetIsTcpReset) {
  Server server(Script{test::rst()});
  EXPECT_EQ(get(server).failure.reason, Reason::tcp_reset);
}

TEST_F(HttpExchange, AnEndWithinTheHeadersIsClosedEarly) {
  Server server(Script{test::send("HTTP/1.1 200 OK\r\nContent-"), test::fin()});
  EXPECT_EQ(get(server).failure.reason, Reason::closed_early);
}

TEST_F(HttpExchange, AnEndWithinTheBodyIsTruncated) {
  Server server(
      Script{test::send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"), test::fin()});
  const Answer answer = get(server);
  EXPECT_EQ(answer.failure.reason, Reason::truncated_body);
  EXPECT_EQ(answer.response.body, "half");
}

TEST_F(HttpExchange, AnAnswerBeforeTheRequestIsTaken) {
  Server server(Server::AtOnce{{test::answer(503, "full"), test::hang()}});
  EXPECT_EQ(get(server).response.status, 503);
}

TEST_F(HttpExchange, ADeadlineCutsASilentServer) {
  Server server(Script{test::hang()});
  EXPECT_EQ(get_within(50ms, server).failure.reason, Reason::cut);
  EXPECT_EQ(verdict.reason, Reason::timeout);
  EXPECT_NE(verdict.detail.find("first_byte"), std::string::npos) << verdict.detail;
}

TEST_F(HttpExchange, ADeadlineCutsADripAndKeepsWhatWasSeen) {
  Server server(Script{test::send("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"),
                       test::drip(std::string(9999, 'x'), 5ms)});
  const Answer answer = get_within(60ms, server);
  EXPECT_EQ(answer.failure.reason, Reason::cut);
  EXPECT_EQ(answer.response.status, 200);
  EXPECT_EQ(trace.exchanges().at(0).status, 200);
  EXPECT_NE(verdict.detail.find("body"), std::string::npos) << verdict.detail;
}

TEST_F(HttpExchange, ADeadlineCutsAnEndlessHeaderDrip) {
  Server server(Script{test::drip("HTTP/1.1 200 OK\r\n" + std::string(5000, 'x'), 5ms)});
  EXPECT_EQ(get_within(60ms, server).failure.reason, Reason::cut);
}

TEST_F(HttpExchange, RedirectsAreAnswersUnlessFollowed) {
  Server server(Script{test::answer(302, "", {{"Location", "/next"}})});
  const Answer answer = get(server);
  EXPECT_TRUE(answer.ok());
  EXPECT_EQ(answer.response.status, 302);
}

Script hop(const test::Request& request) {
  if (request.target() == "/end") return {test::answer(200, "there")};
  return {test::answer(302, "", {{"Location", "/end"}})};
}

TEST_F(HttpExchange, FollowsByPolicyAndRecordsEachHop) {
  Server server(hop);
  redirects.follow = true;
  EXPECT_EQ(ask(request(server.url())).response.body, "there");
  ASSERT_EQ(trace.exchanges().size(), 2U);
  EXPECT_EQ(trace.exchanges()[0].status, 302);
  EXPECT_EQ(trace.exchanges()[1].url, server.url("/end"));
}

TEST_F(HttpExchange, ACircleOfRedirectsEnds) {
  Server server(Script{test::answer(302, "", {{"Location", "/again"}})});
  redirects = {.follow = true, .max = 3};
  EXPECT_EQ(ask(request(server.url())).failure.reason, Reason::redirected);
  EXPECT_EQ(server.connections(), 4);
}

TEST_F(HttpExchange, TheDateTellsTheSkew) {
  Server server(Script{test::answer(200, "", {{"Date", "Sun, 06 Nov 1994 08:49:37 GMT"}})});
  get(server);
  ASSERT_TRUE(trace.skew);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  EXPECT_NEAR(seconds(*trace.skew), 784111777.0 - seconds(now), 5.0);
}

// What a cache kept says how long ago the server wrote the Date.
TEST_F(HttpExchange, TheDateOfAnAnswerIsGoodOnlyWithItsAge) {
  const auto ago = std::chrono::system_clock::now() - std::chrono::hours(6);
  const std::time_t then = std::chrono::system_clock::to_time_t(ago);
  std::tm fields{};
  gmtime_r(&then, &fields);
  std::array<char, 64> date{};
  std::strftime(date.data(), date.size(), "%a, %d %b %Y %H:%M:%S GMT", &fields);
  Server server(Script{test::answer(200, "", {{"Date", date.data()}, {"Age", "21600"}})});
  get(server);
  ASSERT_TRUE(trace.skew);
  EXPECT_NEAR(seconds(*trace.skew), 0, 5.0);
  for (const std::string age : {"soon", "-1", ""}) {
    trace = Trace();
    Server other(Script{test::answer(200, "", {{"Date", date.data()}, {"Age", age}})});
    get(other);
    EXPECT_FALSE(trace.skew) << age;
  }
}

TEST_F(HttpExchange, SecretsInErrorsAreHidden) {
  trace.hide("s3cretvalue");
  Server server(Script{test::send("s3cretvalue is no HTTP at all\r\n\r\n")});
  const Answer answer = get(server);
  EXPECT_EQ(answer.failure.reason, Reason::bad_http);
  EXPECT_EQ(answer.failure.detail.find("s3cret"), std::string::npos) << answer.failure.detail;
}

// The part of a CONNECT that dialling uses.
boost::asio::awaitable<std::expected<Head, Failure>> head_from(Network& network, Url url,
                                                               ConnectionOptions line,
                                                               Trace& trace) {
  auto transport = co_await dial(network, url, line, trace);
  auto head = co_await read_head(**transport, 4096);
  co_return head;
}

TEST_F(HttpExchange, AHeadKeepsWhatFollowsIt) {
  Server server(Server::AtOnce{
      {test::send("HTTP/1.1 200 Connection established\r\nContent-Length: 9\r\n\r\n\x16\x03"),
       test::hang()}});
  const auto head = run(head_from(network, url_of(server.url()), line, trace));
  ASSERT_TRUE(head);
  EXPECT_EQ(head->response.status, 200);
  EXPECT_EQ(head->rest, "\x16\x03");
}

}  // namespace
}  // namespace sonde::net::http_exchange_test
