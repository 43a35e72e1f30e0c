#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "probes/core/trace.hpp"

// A loopback server that follows a script byte by byte, valid or not.
//
//   test::Server server(test::Script{test::send("HTTP/1.1 200 OK\r\n"), test::rst()});
//   test::Server login(answer_login);  // Script answer_login(const Request&)
//   ... server.url("/health") ... server.requests().front().header("Cookie")
namespace sonde::test {

// A request as received.
struct Request {
  std::string head;  // request line and headers, with the empty line
  std::string body;
  std::string method() const;
  std::string target() const;
  std::string header(std::string_view name) const;  // empty: there is none
};

// A WebSocket frame that a client sent, unmasked.
struct Frame {
  int opcode = 0;
  std::string payload;
  bool fin = true;
  bool masked = false;
};

// One accepted connection, for custom scripts. A copy may be kept: writes after the end of the
// connection are dropped.
class Peer {
 public:
  struct State;
  explicit Peer(std::shared_ptr<State> state) : state_(std::move(state)) {}

  const Request& request() const;
  bool gone() const;  // the connection is over; the rest of the script is skipped
  boost::asio::awaitable<void> write(std::string bytes);
  boost::asio::awaitable<void> wait(Span span);
  // Appends more bytes to the unread ones; false at the end of the stream.
  boost::asio::awaitable<bool> read();
  std::string& unread();
  void record(Frame frame);
  void finish();  // FIN
  void reset();   // RST

 private:
  std::shared_ptr<State> state_;
};

// What a server does next with a connection. At the end of a script the connection is ended with
// FIN, as by servers that answer `Connection: close`.
using Act = std::function<boost::asio::awaitable<void>(Peer&)>;
using Script = std::vector<Act>;
using Handler = std::function<Script(const Request&)>;

Act send(std::string bytes);
// One piece of `bytes_each` bytes every `every`.
Act drip(std::string bytes, std::chrono::milliseconds every, std::size_t bytes_each = 1);
// Sends the same bytes repeatedly until the client disconnects.
Act endless(std::string bytes);
Act pause(std::chrono::milliseconds span);
Act fin();
Act rst();
// Sends nothing more, and keeps the connection until the client ends it.
Act hang();

// A complete response with Content-Length and `Connection: close`.
Act answer(int status, std::string body = "", Headers headers = {});
Act json(int status, std::string body);

class Server {
 public:
  struct State;
  // For every connection: read a request, then run the script (that the handler returned).
  explicit Server(Script script);
  explicit Server(Handler handler);
  // Runs the script as soon as a connection is accepted, without reading.
  struct AtOnce {
    Script script;
  };
  explicit Server(AtOnce at_once);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  std::string url(std::string_view target = "/", std::string_view scheme = "http") const;
  // The requests so far, in order; waits at most five seconds until there are that many.
  std::vector<Request> requests(std::size_t at_least = 0) const;
  std::vector<Frame> frames(std::size_t at_least = 0) const;
  int connections() const;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace sonde::test
