#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include <boost/asio/read_until.hpp>

#include "daemon/web/routes.hpp"
#include "tests/daemon/web/listening.hpp"

namespace sonde::web::web_flood_test {
namespace asio = boost::asio;
namespace {

using asio::ip::tcp;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

// Clients that hold connections, and one that asks between them.
struct WebFloodTest : Listening {
  metrics::Metrics metrics{{.version = "1.2.3", .revision = "abc", .workers = 1}};
  std::vector<tcp::socket> held;

  void start(std::size_t connections_max = 32) {
    Web::Options options{
        .routes = standard_routes({.metrics = &metrics}),
        .connections_max = connections_max,
    };
    options.routes.push_back(
        {.path = "/large", .methods = {"GET"}, .answer = large, .shared = true});
    Listening::start(std::move(options));
  }
  static void large(const WebRequest&, const Respond& respond) {
    respond({.body = std::string(8'000'000, 'x')});
  }
  void hold(std::size_t count, const std::string& bytes = "") {
    for (std::size_t n = 0; n < count; ++n) {
      held.push_back(client());
      boost::system::error_code ignored;
      asio::write(held.back(), asio::buffer(bytes), ignored);
    }
  }
  void expect_served() {
    EXPECT_THAT(get("/-/healthy"), StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(get("/-/ready"), StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(get("/metrics"), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("process_threads")));
  }
};

TEST_F(WebFloodTest, IdleConnectionsKeepNobodyOut) {
  start();
  hold(300);
  expect_served();
}

TEST_F(WebFloodTest, SlowWritersKeepNobodyOut) {
  start();
  hold(100, "GET / HTTP/1.1\r\nHost: ");
  expect_served();
  hold(100, "PUT /-/reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nx");
  expect_served();
}

TEST_F(WebFloodTest, SlowReadersOfALargePageKeepNobodyOut) {
  start();
  hold(100, "GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
  expect_served();
}

TEST_F(WebFloodTest, NewConnectionsBeforeEachScrapeKeepNobodyOut) {
  start();
  for (int round = 0; round < 10; ++round) {
    hold(64);
    expect_served();
    hold(64, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    expect_served();
  }
}

TEST_F(WebFloodTest, AConnectionThatAsksNowAndThenOutlivesIdleOnes) {
  start();
  tcp::socket scraper = client();
  const std::string request = "GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n";
  for (int round = 0; round < 20; ++round) {
    asio::write(scraper, asio::buffer(request));
    std::string answer;
    boost::system::error_code error;
    asio::read_until(scraper, asio::dynamic_buffer(answer), "healthy.\n", error);
    ASSERT_THAT(answer, StartsWith("HTTP/1.1 200")) << error.message() << " in round " << round;
    hold(8);
    get("/-/healthy");  // it came after them, so they have all been accepted
  }
}

TEST_F(WebFloodTest, TheOldestIdleConnectionIsTheOneThatIsClosed) {
  start(2);
  hold(1);
  expect_served();  // each of these is the second one
  hold(2);
  expect_served();
  EXPECT_EQ(rest_of(held.front()), "");
}

// How a request is framed, and under which name.
struct WebRequestTest : WebFloodTest {
  std::string ask_lines(const std::string& lines) { return ask(lines + "\r\n"); }
};

TEST_F(WebRequestTest, OneHostIsWanted) {
  start();
  EXPECT_THAT(ask_lines("GET /-/healthy HTTP/1.1\r\n"),
              AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("Connection: close"), HasSubstr("Host")));
  EXPECT_THAT(ask_lines("GET /-/healthy HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n"),
              StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(ask_lines("GET /-/healthy HTTP/1.0\r\n"), StartsWith("HTTP/1.1 200"));
}

TEST_F(WebRequestTest, ABodyIsNeverTheNextRequest) {
  start();
  const std::string next = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  for (const char* framing :
       {"Transfer-Encoding: xchunked\r\n", "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        "Content-Length: 4\r\nTransfer-Encoding: xchunked\r\n",
        "Content-Length: 4\r\nContent-Length: 5\r\n", "Content-Length: 4x\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"}) {
    const std::string answer = ask(std::string("GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n") +
                                   framing + "\r\n" + next);
    EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("Connection: close")))
        << framing;
    EXPECT_EQ(answer.find("process_threads"), std::string::npos) << framing;
  }
}

TEST_F(WebRequestTest, UnderAnUnknownNameNothingIsAnswered) {
  start();
  for (const char* path : {"/", "/metrics", "/-/healthy", "/nothing"}) {
    const std::string answer =
        ask_lines(std::string("GET ") + path + " HTTP/1.1\r\nHost: evil.example:9811\r\n");
    EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 421"), HasSubstr("--web.allowed-host"))) << path;
  }
}

TEST_F(WebRequestTest, ABodyMayComeInPieces) {
  start();
  EXPECT_THAT(ask("PUT /-/reload HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
                  "Connection: close\r\n\r\n2\r\nhi\r\n0\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 403"), HasSubstr("lifecycle")));
}

TEST_F(WebRequestTest, AnotherSitesPageCannotReload) {
  start();
  for (const char* more : {"Content-Type: text/plain\r\n", "Origin: http://evil.example\r\n",
                           "Sec-Fetch-Site: cross-site\r\nContent-Type: application/json\r\n", ""})
    EXPECT_THAT(get("/-/reload", more, "POST"),
                testing::AnyOf(StartsWith("HTTP/1.1 415"), StartsWith("HTTP/1.1 403 Forbidden")))
        << more;
  EXPECT_THAT(get("/-/reload", "Origin: http://evil.example\r\n", "PUT"),
              HasSubstr("another origin"));
}

}  // namespace
}  // namespace sonde::web::web_flood_test
