#pragma once
#include <cstddef>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "daemon/web/event_stream.hpp"
#include "probes/core/clock.hpp"

namespace sonde::access {
class Access;
}  // namespace sonde::access

namespace sonde::web {

// The request that a route gets.
struct WebRequest {
  std::string method;
  std::string path;   // without query
  std::string query;  // without question mark
  std::string body;
  bool gzip = false;         // the client accepts it
  bool openmetrics = false;  // the client prefers it to the text format
  // Requests for a shared route with the same form get the same answer.
  unsigned form() const { return (gzip ? 1U : 0U) + (openmetrics ? 2U : 0U); }
  std::string host, origin, fetch_site, content_type;  // headers; empty: not sent
  std::string scrape_timeout;                          // X-Prometheus-Scrape-Timeout-Seconds
  // The client runs on this machine, or has proved by a password or a certificate who it is.
  bool trusted = false;
};

struct WebReply {
  unsigned status = 200;
  std::string type = "text/plain; charset=utf-8";
  std::string body;
  bool gzipped = false;                                           // the body is gzipped already
  std::vector<std::pair<std::string, std::string>> headers = {};  // further ones
  std::shared_ptr<EventStream> events = nullptr;                  // goes on in place of the body
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
  // on `gzip` and `openmetrics`.
  bool shared = false;
  // A GET makes the daemon do something, so pages of other sites may not ask.
  bool acts = false;
  Span answer_timeout{};  // in place of the server's; 0: that one
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

// Whether clients of other machines can reach an address as bind() takes it; the error says why it
// is none.
std::expected<bool, std::string> is_public(std::string_view address);

// The daemon's HTTP server: HTTP/1.1 with keep-alive, plain or TLS, 16 KB of header, 64 KB of body,
// and a time limit on every handshake, read and write; a client that exceeds a limit is
// disconnected. Answers only for known hosts and whom Access lets in, and changes nothing for a
// page of another site, or for a client of another machine that has not proved who it is.
// Single-threaded.
class Web {
 public:
  struct Options {
    std::vector<Route> routes;
    std::string external_url;                // its host is known, and its pages may request changes
    std::vector<std::string> allowed_hosts;  // additional names, or ".suffix"
    std::size_t connections_max = 1024;  // beyond it another client is disconnected (see Clients)
    std::size_t of_address_max = 256;    // of one address; beyond it another one of its own
    // Who may ask what; null: everybody may read. Has to outlive the server.
    access::Access* access = nullptr;
    Span header_timeout = std::chrono::seconds(5);     // from the first byte or the connection
    Span idle_timeout = std::chrono::seconds(60);      // between two requests
    Span transfer_timeout = std::chrono::seconds(10);  // for a body, and for an answer
    Span answer_timeout = std::chrono::seconds(30);    // then 503
    Span heartbeat = std::chrono::seconds(15);         // of an EventStream
    std::function<void(Served)> served = {};           // called for every answer
  };

  // Binds and listens; the error says why it cannot. Clients wait until serve(). `address`:
  // "127.0.0.1:9811", "[::1]:9811", ":9811"; port 0: any free one.
  static std::expected<std::unique_ptr<Web>, std::string> bind(
      boost::asio::any_io_executor executor, std::string_view address);
  // Takes sockets that listen already, and owns them; at least one. The clients that wait there are
  // served as if they came now.
  static std::expected<std::unique_ptr<Web>, std::string> adopt(
      boost::asio::any_io_executor executor, const std::vector<int>& sockets);
  ~Web();  // stops; its sessions end on the executor

  // From now on clients are answered. Call it once.
  void serve(Options options);
  // The first address that it listens on: "127.0.0.1:9811"; and all of them, with ", " between.
  std::string address() const;
  std::string addresses() const;
  // Whether clients of other machines can connect.
  bool is_public() const;
  // Accepts no more connections, and ends the existing ones.
  void stop();
  // Accepts no more connections; requests that have come, and those of clients that have just
  // connected, are answered within `limit`. Calls `done` once when no connection is left.
  void drain(Span limit, std::function<void()> done);

 private:
  class Listener;
  explicit Web(std::shared_ptr<Listener> listener);
  std::shared_ptr<Listener> listener_;
};

}  // namespace sonde::web
