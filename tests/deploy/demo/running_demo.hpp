#pragma once
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>

#include "deploy/demo/backend.hpp"
#include "deploy/demo/server.hpp"

namespace sonde::demo {

// The demo on a free port and a thread of its own, until the end of the test.
class RunningDemo {
 public:
  explicit RunningDemo(Options options = quick()) : backend_(std::move(options), Users()) {
    server_.emplace(loop_.get_executor(), backend_);
    port_ = server_->port();
    token_ = backend_.tokens.issue("alice@example.com", "j", std::chrono::system_clock::now());
    others_ = backend_.tokens.issue("bob@example.com", "j", std::chrono::system_clock::now());
    server_->start();
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~RunningDemo() {
    loop_.stop();
    thread_.join();
  }
  RunningDemo(const RunningDemo&) = delete;
  RunningDemo& operator=(const RunningDemo&) = delete;

  static Options quick() {
    Options options;
    options.port = 0;
    options.think = {};
    return options;
  }
  std::uint16_t port() const { return port_; }
  const std::string& token() const { return token_; }          // alice's
  const std::string& others_token() const { return others_; }  // bob's

 private:
  Backend backend_;
  boost::asio::io_context loop_{1};
  std::optional<Server> server_;
  std::uint16_t port_ = 0;
  std::string token_, others_;
  std::thread thread_;
};

}  // namespace sonde::demo
