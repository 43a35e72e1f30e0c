#pragma once
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "probes/core/deadline.hpp"
#include "probes/net/http/http_exchange.hpp"
#include "probes/net/network.hpp"
#include "tests/support/http_server.hpp"

namespace sonde::net {

// A worker's loop, run by the test until the coroutine that it asked for has ended.
class OnLoop : public testing::Test {
 public:
  template <class T>
  T run(boost::asio::awaitable<T> coroutine) {
    std::optional<T> result;
    boost::asio::co_spawn(io, std::move(coroutine), Keep<T>{&result});
    io.restart();
    while (!result) EXPECT_EQ(io.run_one(), 1U) << "nothing left to wait for";
    return std::move(*result);
  }

  static Url url_of(const std::string& text) { return parse_url(text).value(); }
  Request request(const std::string& url, std::string method = "GET") {
    return {.method = std::move(method), .url = url_of(url), .headers = {}, .body = {}};
  }
  Answer get(const std::string& url) { return run(fetch(network, request(url), line, {}, trace)); }
  Answer get(const test::Server& server, std::string_view target = "/") {
    return get(server.url(target));
  }
  Answer ask(const Request& asked) { return run(fetch(network, asked, line, redirects, trace)); }

  boost::asio::io_context io{1};
  Network network{io.get_executor()};
  ConnectionOptions line;
  Redirects redirects;
  Trace trace;

 private:
  template <class T>
  struct Keep {
    std::optional<T>* result;
    void operator()(std::exception_ptr error, T value) const {
      if (error) std::rethrow_exception(error);
      result->emplace(std::move(value));
    }
  };
};

}  // namespace sonde::net
