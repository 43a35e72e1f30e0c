#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace sonde::test {

// A loopback server that runs its script for each connection, on a separate thread, with a blocking
// descriptor that the server closes afterwards. Its destructor stops it and ends the connections.
class TcpServer {
 public:
  using Script = std::function<void(int fd)>;

  // `address`: "127.0.0.1" or "::1". Port 0: any free one.
  explicit TcpServer(Script script, const std::string& address = "127.0.0.1",
                     std::uint16_t port = 0);
  ~TcpServer();
  TcpServer(const TcpServer&) = delete;
  TcpServer& operator=(const TcpServer&) = delete;

  std::uint16_t port() const { return port_; }
  int connections() const { return count_; }

 private:
  void accept_all(const std::stop_token& stop);

  Script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> count_ = 0;
  std::vector<std::jthread> serving_;  // used only by the accepting thread
  std::jthread accepting_;
};

// Scripts.
void echo(int fd);                         // until the client ends the connection
void swallow(int fd);                      // reads and sends nothing
void reset(int fd);                        // RST at once
TcpServer::Script say(std::string bytes);  // then FIN

// Answers a CONNECT with 200, then relays bytes to and from a loopback port until one side ends.
void relay(int fd, std::uint16_t port);

// Reads until `end` was received, or to the end of the stream.
std::string read_until(int fd, const std::string& end);
void write_all(int fd, const std::string& bytes);

// A port without a listener.
std::uint16_t refused_port();

// A listener with a full backlog, which answers no SYN: connecting to it hangs.
class BlackHole {
 public:
  explicit BlackHole(const std::string& address = "127.0.0.1");
  ~BlackHole();
  BlackHole(const BlackHole&) = delete;
  BlackHole& operator=(const BlackHole&) = delete;
  std::uint16_t port() const { return port_; }

 private:
  std::vector<int> sockets_;
  std::uint16_t port_ = 0;
};

}  // namespace sonde::test
