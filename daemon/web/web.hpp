#pragma once
#include <cstddef>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "probes/core/clock.hpp"

namespace sonde::web {

// The request that a route gets.
struct WebRequest {
  std::string method;
  std::string path;   // without query
  std::string query;  // without question mark
  std::string body;
  bool gzip = false;                                   // the client accepts it
  std::string host, origin, fetch_site, content_type;  // headers; empty: not sent
};

struct WebReply {
  unsigned status = 200;
  std::string type = "text/plain; charset=utf-8";
  std::string body;
  bool gzipped = false;  // the body is gzipped already
};

// Call it once, on any thread, while the executor of the listener lives.
using Respond = std::function<void(WebReply)>;

struct Route {
  std::string path;
  std::vector<std::string> methods;  // GET includes HEAD; other methods change something
  std::function<void(const WebRequest&, Respond)> answer;
  std::size_t at_once_max = 0;  // limit on requests under way, beyond it 503; 0: no limit
  bool below = false;           // the path ends with a slash and includes everything below it
  // Called once at a time: requests that come meanwhile share the next answer. It may depend only
  // on `gzip`.
  bool shared = false;
};

// A request that was answered.
struct Served {
  std::string handler;  // the route's path; "other" if there is none
  unsigned status = 0;
  Instant asked;
  Span took{};
  std::string
      client;  // who got the whole answer to a GET: the connection and its User-Agent; or empty
};

// The daemon's HTTP server: HTTP/1.1 with keep-alive, 16 KB of header, 64 KB of body, and a time
// limit on every read and write; a client that exceeds a limit is disconnected. Answers only for
// known hosts, and changes nothing for a page of another site. Single-threaded.
class Web {
 public:
  struct Options {
    std::vector<Route> routes;
    std::string external_url;                // its host is known, and its pages may request changes
    std::vector<std::string> allowed_hosts;  // additional names, or ".suffix"
    std::size_t connections_max = 1024;  // beyond it another client is disconnected (see Clients)
    Span header_timeout = std::chrono::seconds(5);     // from the first byte or the connection
    Span idle_timeout = std::chrono::seconds(60);      // between two requests
    Span transfer_timeout = std::chrono::seconds(10);  // for a body, and for an answer
    Span answer_timeout = std::chrono::seconds(30);    // then 503
    std::function<void(Served)> served = {};           // called for every answer
  };

  // Binds and listens; the error says why it cannot. Clients wait until serve(). `address`:
  // "127.0.0.1:9811", "[::1]:9811", ":9811"; port 0: any free one.
  static std::expected<std::unique_ptr<Web>, std::string> bind(
      boost::asio::any_io_executor executor, std::string_view address);
  ~Web();  // stops; its sessions end on the executor

  // From now on clients are answered. Call it once.
  void serve(Options options);
  // The address that it listens on: "127.0.0.1:9811".
  std::string address() const;
  // Accepts no more connections, and ends the existing ones.
  void stop();

 private:
  class Listener;
  explicit Web(std::shared_ptr<Listener> listener);
  std::shared_ptr<Listener> listener_;
};

}  // namespace sonde::web
