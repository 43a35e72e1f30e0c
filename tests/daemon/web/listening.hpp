#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "daemon/web/web.hpp"

namespace sonde::web {

// A daemon's listener on a thread of its own, and clients that speak bytes.
struct Listening : testing::Test {
  boost::asio::io_context loop{1};
  std::unique_ptr<Web> web;
  std::thread thread;

  void start(Web::Options with) {
    auto made = Web::bind(loop.get_executor(), "127.0.0.1:0");
    ASSERT_TRUE(made) << made.error();
    web = std::move(*made);
    web->serve(std::move(with));
    thread = std::thread([this] { loop.run(); });
  }
  void stop() {
    boost::asio::post(loop, [this] { web->stop(); });
    thread.join();
  }
  void TearDown() override {
    if (thread.joinable()) stop();
  }

  boost::asio::ip::tcp::socket client() {
    boost::asio::ip::tcp::socket socket(loop);
    const std::string address = web->address();
    const auto port =
        static_cast<unsigned short>(std::stoi(address.substr(address.rfind(':') + 1)));
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), port});
    return socket;
  }
  std::string rest_of(boost::asio::ip::tcp::socket& socket) {
    std::string text;
    boost::system::error_code error;
    boost::asio::read(socket, boost::asio::dynamic_buffer(text), error);
    return text;
  }
  std::string ask(const std::string& request) {
    auto socket = client();
    boost::system::error_code ignored;
    boost::asio::write(socket, boost::asio::buffer(request), ignored);
    return rest_of(socket);
  }
  std::string get(const std::string& path, const std::string& more = "",
                  const std::string& method = "GET", const std::string& body = "") {
    return ask(method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n" +
               more + "\r\n" + body);
  }
};

}  // namespace sonde::web
