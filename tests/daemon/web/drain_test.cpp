#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include <boost/asio/read_until.hpp>

#include "tests/daemon/web/listening.hpp"

namespace sonde::web::drain_test {
namespace asio = boost::asio;
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// A server with a route that answers when the test says so.
struct DrainTest : Listening {
  std::promise<Respond> asked;
  std::promise<void> drained;
  std::future<void> drain_ends = drained.get_future();

  void start() {
    Route now{.path = "/now", .methods = {"GET"}, .answer = [](const WebRequest&, Respond respond) {
                respond({.body = "now\n"});
              }};
    Route later{
        .path = "/later", .methods = {"GET"}, .answer = [this](const WebRequest&, Respond respond) {
          asked.set_value(std::move(respond));
        }};
    Listening::start({.routes = {now, later}});
  }
  void drain(Span limit = std::chrono::seconds(30)) {
    std::promise<void> begun;
    asio::post(loop, [this, limit, &begun] {
      web->drain(limit, [this] { drained.set_value(); });
      begun.set_value();
    });
    begun.get_future().wait();
  }
  bool is_drained() {
    return drain_ends.wait_for(std::chrono::seconds(10)) == std::future_status::ready;
  }
  static void send(asio::ip::tcp::socket& socket, const std::string& path) {
    asio::write(socket, asio::buffer("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  }
  static std::string answer(asio::ip::tcp::socket& socket, const std::string& end) {
    std::string text;
    asio::read_until(socket, asio::dynamic_buffer(text), end);
    return text;
  }
};

TEST_F(DrainTest, IsOverAtOnceWithoutClientsAndWithIdleOnes) {
  start();
  auto idle = client();
  send(idle, "/now");
  EXPECT_THAT(answer(idle, "now\n"), testing::Not(HasSubstr("Connection: close")));
  drain();
  EXPECT_TRUE(is_drained());
  EXPECT_EQ(rest_of(idle), "");
}

TEST_F(DrainTest, ARequestUnderWayIsAnsweredAndItsConnectionEnds) {
  start();
  auto busy = client();
  send(busy, "/later");
  Respond respond = asked.get_future().get();
  drain();
  respond({.body = "late\n"});
  const std::string text = rest_of(busy);
  EXPECT_THAT(text, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(text, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(text, HasSubstr("late\n"));
  EXPECT_TRUE(is_drained());
}

TEST_F(DrainTest, AClientThatHasJustConnectedMayStillAsk) {
  start();
  auto kept = client();
  send(kept, "/now");
  answer(kept, "now\n");  // by now the next client is accepted before the drain
  auto fresh = client();
  auto other = client();
  send(other, "/now");
  answer(other, "now\n");
  drain();
  send(fresh, "/now");
  EXPECT_THAT(rest_of(fresh), HasSubstr("now\n"));
  EXPECT_TRUE(is_drained());
}

TEST_F(DrainTest, EndsAtItsLimitWhateverClientsDo) {
  start();
  auto silent = client();
  auto other = client();
  send(other, "/now");
  answer(other, "now\n");
  drain(std::chrono::milliseconds(50));
  EXPECT_TRUE(is_drained());
  EXPECT_EQ(rest_of(silent), "");
}

TEST_F(DrainTest, NobodyElseIsAccepted) {
  start();
  drain();
  EXPECT_TRUE(is_drained());
  asio::ip::tcp::socket late(loop);
  boost::system::error_code error;
  const std::string address = web->address();
  const auto port = static_cast<unsigned short>(std::stoi(address.substr(address.rfind(':') + 1)));
  late.connect({asio::ip::make_address("127.0.0.1"), port}, error);
  EXPECT_EQ(error, asio::error::connection_refused);
}

}  // namespace
}  // namespace sonde::web::drain_test
