#include "daemon/web/web.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "daemon/web/routes.hpp"
#include "tests/daemon/metrics/made_result.hpp"
#include "tests/daemon/web/listening.hpp"

namespace sonde::web::web_test {
namespace asio = boost::asio;
namespace {

using asio::ip::tcp;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct WebTest : Listening {
  metrics::Metrics metrics{{.version = "1.2.3", .revision = "abc", .workers = 1}};
  std::string unready, reload_says;
  std::vector<std::string> reload_notes;
  bool lifecycle = false;
  std::vector<std::pair<std::string, unsigned>> served;
  std::set<std::string> clients;

  Web::Options options() {
    RouteHooks hooks{.metrics = &metrics, .unready = [this] { return unready; }};
    if (lifecycle)
      hooks.reload = [this] {
        return ReloadOutcome{.mistakes = reload_says, .at_restart = reload_notes};
      };
    return {.routes = standard_routes(hooks), .served = [this](const Served& request) {
              served.emplace_back(request.handler, request.status);
              clients.insert(request.client);
            }};
  }
  using Listening::start;
  void start() { start(options()); }
};

TEST_F(WebTest, ServesMetricsAsPrometheusWantsThem) {
  start();
  const std::string answer = get("/metrics?x=1");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK"));
  EXPECT_THAT(answer, HasSubstr("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
  EXPECT_THAT(answer, HasSubstr("\nprocess_threads "));
  EXPECT_THAT(answer, Not(HasSubstr("Content-Encoding")));
}

TEST_F(WebTest, KnowsWhoGotAnAnswer) {
  start();
  get("/metrics", "User-Agent: Prometheus/2.42.0\r\n");
  get("/nothing");
  stop();
  EXPECT_THAT(clients, testing::UnorderedElementsAre(
                           testing::MatchesRegex("127.0.0.1:[0-9]+ "),
                           testing::MatchesRegex("127.0.0.1:[0-9]+ Prometheus/2.42.0")));
}

TEST_F(WebTest, GzipsForThoseWhoTakeIt) {
  start();
  const std::string answer = get("/metrics", "Accept-Encoding: br, gzip;q=0.5\r\n");
  EXPECT_THAT(answer, HasSubstr("Content-Encoding: gzip\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\n\r\n\x1f\x8b"));
  EXPECT_THAT(get("/metrics", "Accept-Encoding: gzip;q=0\r\n"), Not(HasSubstr("Content-Encoding")));
}

TEST_F(WebTest, GivesOpenMetricsToThoseWhoPreferIt) {
  start();
  const auto type = [&](const std::string& accept) {
    const std::string answer = get("/metrics", "Accept: " + accept + "\r\n");
    return answer.contains("Content-Type: application/openmetrics-text; version=1.0.0;")
               ? answer.ends_with("# EOF\n")
               : !answer.contains("Content-Type: text/plain; version=0.0.4;");
  };
  // Prometheus 2.42 and 3.0, as they send it.
  EXPECT_TRUE(
      type("application/openmetrics-text;version=1.0.0,application/openmetrics-text;"
           "version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"));
  EXPECT_TRUE(
      type("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
           "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;"
           "escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"));
  EXPECT_FALSE(type("*/*"));
  EXPECT_FALSE(type("text/html,application/xhtml+xml,*/*;q=0.8"));
  EXPECT_FALSE(type("text/plain, application/openmetrics-text;q=0.5"));
  EXPECT_FALSE(type("application/openmetrics-text;version=2.0.0, text/plain;q=0.5"));
  EXPECT_FALSE(type("application/openmetrics-text;q=0"));
  EXPECT_FALSE(type("application/openmetrics-text; q=nonsense; version=9"));
}

TEST_F(WebTest, HeadHasTheLengthAndNoBody) {
  start();
  const std::string answer = get("/-/healthy", "", "HEAD");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK"));
  EXPECT_THAT(answer, HasSubstr("Content-Length: 18\r\n"));
  EXPECT_THAT(answer, testing::EndsWith("\r\n\r\n"));
}

TEST_F(WebTest, SaysWhyItIsNotReady) {
  start();
  EXPECT_THAT(get("/-/ready"), StartsWith("HTTP/1.1 200"));
  asio::post(loop, [this] { unready = "it is starting"; });
  const std::string answer = get("/-/ready");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(answer, HasSubstr("it is starting"));
  EXPECT_THAT(get("/-/healthy"), StartsWith("HTTP/1.1 200"));
}

TEST_F(WebTest, ReloadsOnlyWhenLifecycleIsOn) {
  start();
  EXPECT_THAT(get("/-/reload", "", "PUT"), StartsWith("HTTP/1.1 403"));
  EXPECT_THAT(get("/-/reload"), StartsWith("HTTP/1.1 405"));
}

TEST_F(WebTest, AReloadSaysWhatIsWrong) {
  lifecycle = true;
  start();
  EXPECT_THAT(get("/-/reload", "", "PUT"), StartsWith("HTTP/1.1 200"));
  asio::post(loop, [this] { reload_notes = {"a change of workers takes effect at a restart"}; });
  EXPECT_THAT(get("/-/reload", "", "PUT"), HasSubstr("takes effect at a restart"));
  asio::post(loop, [this] { reload_says = "sonde.yaml:12:5: unknown key"; });
  const std::string answer = get("/-/reload", "", "PUT");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500"));
  EXPECT_THAT(answer, HasSubstr("sonde.yaml:12:5"));
}

TEST_F(WebTest, RefusesOtherPathsAndMethods) {
  start();
  EXPECT_THAT(get("/nothing"), StartsWith("HTTP/1.1 404"));
  const std::string answer = get("/metrics", "Content-Length: 0\r\n", "POST");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 405"));
  EXPECT_THAT(answer, HasSubstr("Allow: GET, HEAD\r\n"));
}

TEST_F(WebTest, AConnectionServesMoreThanOneRequest) {
  start();
  const std::string one = "GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const std::string last = "GET /-/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  const std::string answers = ask(one + one + last);
  EXPECT_THAT(answers, HasSubstr("Sonde is healthy.\nHTTP/1.1 200 OK"));
  EXPECT_THAT(answers, HasSubstr("Sonde is ready."));
}

TEST_F(WebTest, EndlessHeadersAndBodiesAreRefused) {
  start();
  EXPECT_THAT(get("/", "X: " + std::string(20'000, 'x') + "\r\n"), StartsWith("HTTP/1.1 431"));
  EXPECT_THAT(get("/-/reload", "Content-Length: 70000\r\n", "PUT"), StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(ask("nonsense\r\n\r\n"), StartsWith("HTTP/1.1 400"));
}

TEST_F(WebTest, ASlowClientIsCutAtTheLimit) {
  Web::Options with = options();
  with.header_timeout = std::chrono::milliseconds(100);
  start(std::move(with));
  const Instant before = Clock::now();
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost:"), "");
  EXPECT_GE(Clock::now() - before, std::chrono::milliseconds(100));
  EXPECT_LT(Clock::now() - before, std::chrono::seconds(5));
}

TEST_F(WebTest, TooManyRequestsOfARouteAtOnceAreTurnedAway) {
  std::vector<Respond> waiting;
  std::promise<void> both;
  Web::Options with = options();
  with.routes = {{"/slow",
                  {"GET"},
                  [&](const WebRequest&, Respond respond) {
                    waiting.push_back(std::move(respond));
                    if (waiting.size() == 2) both.set_value();
                  },
                  2}};
  start(std::move(with));
  auto one = std::async(std::launch::async, [this] { return get("/slow"); });
  auto two = std::async(std::launch::async, [this] { return get("/slow"); });
  both.get_future().wait();
  EXPECT_THAT(get("/slow"), StartsWith("HTTP/1.1 503"));
  for (Respond& respond : waiting) respond({.body = "late"});
  EXPECT_THAT(one.get(), HasSubstr("late"));
  EXPECT_THAT(two.get(), HasSubstr("late"));
}

TEST_F(WebTest, AnAnswerThatDoesNotComeIs503) {
  Web::Options with = options();
  with.answer_timeout = std::chrono::milliseconds(50);
  with.routes = {{"/never", {"GET"}, [](const WebRequest&, const Respond&) {}}};
  start(std::move(with));
  EXPECT_THAT(get("/never"), StartsWith("HTTP/1.1 503"));
}

TEST_F(WebTest, APortInUseIsSaidPlainly) {
  start();
  const auto second = Web::bind(loop.get_executor(), web->address());
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error(), HasSubstr("cannot listen on " + web->address()));
  EXPECT_THAT(second.error(), HasSubstr("in use"));
}

TEST_F(WebTest, ListensOnIpv6AndRefusesNonsense) {
  auto made = Web::bind(loop.get_executor(), "[::]:0");
  ASSERT_TRUE(made) << made.error();
  EXPECT_THAT((*made)->address(), StartsWith("[::]:"));
  for (const char* wrong :
       {"", "9811", "example.com:80", "127.0.0.1:", "127.0.0.1:99999", "1.2.3.4:-1"})
    EXPECT_FALSE(Web::bind(loop.get_executor(), wrong)) << wrong;
}

TEST_F(WebTest, TellsOfEveryAnswer) {
  start();
  get("/-/healthy");
  get("/nothing");
  get("/metrics", "Content-Length: 0\r\n", "POST");
  stop();
  using Served = std::vector<std::pair<std::string, unsigned>>;
  EXPECT_EQ(served, (Served{{"/-/healthy", 200}, {"other", 404}, {"/metrics", 405}}));
}

TEST_F(WebTest, StoppingEndsOpenConnections) {
  start();
  tcp::socket idle = client();
  get("/-/healthy");  // the idle one was accepted before it
  stop();
  EXPECT_EQ(rest_of(idle), "");
}

}  // namespace
}  // namespace sonde::web::web_test
