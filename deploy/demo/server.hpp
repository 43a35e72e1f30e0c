#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

namespace sonde::demo {

struct Backend;

// The listener. Connections live in their own coroutines and end with the loop.
class Server {
 public:
  // Throws std::runtime_error with one line for people if the address cannot be used or the
  // certificate cannot be read.
  Server(const boost::asio::any_io_executor& executor, Backend& backend);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  const std::string& url() const;  // "http://127.0.0.1:8080"
  void start();

 private:
  struct Inside;
  std::shared_ptr<Inside> inside_;
};

}  // namespace sonde::demo
