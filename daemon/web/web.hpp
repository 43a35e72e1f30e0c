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

// What a route sees of a request.
struct WebRequest {
  std::string method;
  std::string path;   // without the query
  std::string query;  // without the question mark
  std::string body;
  bool gzip = false;                                   // the client takes it
  std::string host, origin, fetch_site, content_type;  // the headers; empty: none came
};

struct WebReply {
  unsigned status = 200;
  std::string type = "text/plain; charset=utf-8";
  std::string body;
  bool gzipped = false;  // the body already is
};

// Called once, on any thread, as long as the executor of the listener lives.
using Respond = std::function<void(WebReply)>;

struct Route {
  std::string path;
  std::vector<std::string> methods;  // HEAD goes with GET; others change something
  std::function<void(const WebRequest&, Respond)> answer;
  std::size_t at_once_max = 0;  // more requests under way are answered 503; 0: no limit
  bool below = false;           // the path ends with a slash, and all that stands below it is meant
  // Asked once at a time: who comes meanwhile shares the next answer. It may depend on `gzip`
  // alone.
  bool shared = false;
};

// The daemon's own HTTP listener: HTTP/1.1 with keep-alive, 16 KB of header, 64 KB of body, and a
// time limit on every read and write; what exceeds them is cut. It answers under known hosts alone,
// and changes nothing for a page of another site. On one thread.
class Web {
 public:
  struct Options {
    std::vector<Route> routes;
    std::string external_url;                // its host is known, and its pages may ask for changes
    std::vector<std::string> allowed_hosts;  // further names, or ".suffix"
    std::size_t connections_max = 1024;      // for one more, another client is cut (see Clients)
    Span header_timeout = std::chrono::seconds(5);     // from the first byte or the connection
    Span idle_timeout = std::chrono::seconds(60);      // between two requests
    Span transfer_timeout = std::chrono::seconds(10);  // of a body, and of an answer
    Span answer_timeout = std::chrono::seconds(30);    // then 503
    // Told of every answer: the route's path ("other" without one), the code, the time.
    std::function<void(std::string, unsigned, Span)> served = {};
  };

  // Binds and listens, or says why not; clients wait until serve(). `address`: "127.0.0.1:9811",
  // "[::1]:9811", ":9811"; port 0: any free one.
  static std::expected<std::unique_ptr<Web>, std::string> bind(
      boost::asio::any_io_executor executor, std::string_view address);
  ~Web();  // stops; its sessions end on the executor

  // From now on clients are answered. Once.
  void serve(Options options);
  // Where it listens: "127.0.0.1:9811".
  std::string address() const;
  // Takes no connection any more, and ends those that it has.
  void stop();

 private:
  class Listener;
  explicit Web(std::shared_ptr<Listener> listener);
  std::shared_ptr<Listener> listener_;
};

}  // namespace sonde::web
