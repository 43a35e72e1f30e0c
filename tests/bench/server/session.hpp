#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "tests/bench/server/frames.hpp"
#include "tests/bench/server/http.hpp"
#include "tests/bench/server/overshoot.hpp"

namespace bench {

// One connection over a plain or a TLS stream, until the client goes away. Routes: /api/health;
// /delay/<microseconds>, health after a wait; /overshoot, how far these waits were missed;
// /auth/login; /websocket?think=<milliseconds>, which
// accepts everybody, says ready and answers each text with five events, thinking before the last.
template <class Stream>
class Session {
 public:
  Session(Stream& stream, Overshoot& overshoot) : stream_(stream), overshoot_(overshoot) {}

  boost::asio::awaitable<void> run() {
    bool on = true;
    while (on) on = co_await answer_one();
  }

 private:
  static constexpr auto tuple = boost::asio::as_tuple(boost::asio::use_awaitable);
  static constexpr std::size_t bytes_max = 65536 + 14;

  boost::asio::awaitable<bool> read_more() {
    if (bytes_.size() >= bytes_max) co_return false;
    const std::size_t used = bytes_.size();
    bytes_.resize(used + 1024);
    const auto buffer = boost::asio::buffer(bytes_.data() + used, 1024);
    const auto [error, count] = co_await stream_.async_read_some(buffer, tuple);
    bytes_.resize(used + count);
    co_return !error;
  }

  boost::asio::awaitable<bool> send(const std::string& bytes) {
    const auto buffer = boost::asio::buffer(bytes);
    const auto [error, count] = co_await boost::asio::async_write(stream_, buffer, tuple);
    co_return !error && count == bytes.size();
  }

  boost::asio::awaitable<void> wait(std::chrono::microseconds time) {
    const auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::steady_timer timer(executor, time);
    co_await timer.async_wait(tuple);
  }

  boost::asio::awaitable<void> hold(std::chrono::microseconds delay) {
    const auto asked = std::chrono::steady_clock::now();
    co_await wait(delay);
    overshoot_.add(std::chrono::steady_clock::now() - asked - delay);
  }

  boost::asio::awaitable<bool> answer_one() {
    auto request = parse_head(bytes_);
    while (!request || bytes_.size() < request->head_bytes + request->body_bytes) {
      const bool more = co_await read_more();
      if (!more) co_return false;
      request = parse_head(bytes_);
    }
    if (!request->websocket_key.empty()) {
      co_await chat(*request);
      co_return false;
    }
    const bool keep_alive = request->keep_alive;
    const auto delay = delay_of(*request);
    const std::string answer = answer_to(*request);
    bytes_.erase(0, request->head_bytes + request->body_bytes);
    if (delay.count() > 0) co_await hold(delay);
    const bool sent = co_await send(answer);
    co_return sent&& keep_alive;
  }

  static std::chrono::microseconds delay_of(const Request& request) {
    constexpr std::string_view prefix = "/delay/";
    if (!request.path.starts_with(prefix)) return {};
    const std::string query = "us=" + std::string(request.path.substr(prefix.size()));
    return std::chrono::microseconds(query_number(query, "us"));
  }

  std::string answer_to(const Request& request) {
    if (request.path == "/overshoot")
      return json_answer("200 OK", overshoot_.take_json(), request.keep_alive);
    if (request.path == "/api/health" || request.path.starts_with("/delay/"))
      return json_answer("200 OK", R"({"status":"healthy"})", request.keep_alive);
    if (request.path != "/auth/login")
      return json_answer("404 Not Found", "{}", request.keep_alive);
    const std::string token = made_token(std::chrono::system_clock::now());
    return json_answer(
        "200 OK", R"({"access_token":")" + token + R"(","token_type":"bearer","expires_in":3600})",
        request.keep_alive);
  }

  boost::asio::awaitable<void> chat(Request request) {
    const std::chrono::milliseconds think(query_number(request.query, "think"));
    const std::string opening = switching_answer(request.websocket_key) + ready_frame();
    bytes_.erase(0, request.head_bytes);
    bool on = co_await send(opening);
    while (on) {
      const auto frame = parse_frame(bytes_);
      if (!frame) {
        on = co_await read_more();
        continue;
      }
      bytes_.erase(0, frame->bytes);
      on = co_await react(*frame, think);
    }
  }

  boost::asio::awaitable<bool> react(const Frame& frame, std::chrono::milliseconds think) {
    if (frame.opcode == 8) {
      const std::string close = made_frame(8, frame.payload);
      co_await send(close);
      co_return false;
    }
    if (frame.opcode == 9) {
      const std::string pong = made_frame(10, frame.payload);
      const bool sent = co_await send(pong);
      co_return sent;
    }
    if (frame.opcode != 1) co_return true;
    const bool sent = co_await turn(frame.payload, think);
    co_return sent;
  }

  boost::asio::awaitable<bool> turn(const std::string& prompt, std::chrono::milliseconds think) {
    std::string events = first_events(prompt);
    if (think.count() > 0) {
      const bool sent = co_await send(events);
      if (!sent) co_return false;
      co_await wait(think);
      events.clear();
    }
    events += last_event(prompt);
    const bool sent = co_await send(events);
    co_return sent;
  }

  Stream& stream_;
  Overshoot& overshoot_;
  std::string bytes_;
};

}  // namespace bench
