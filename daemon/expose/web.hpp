#pragma once
#include <cstddef>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "probes/clock.hpp"

namespace sonde {

// What a route sees of a request.
struct WebRequest {
  std::string method;
  std::string path;   // without the query
  std::string query;  // without the question mark
  std::string body;
  bool gzip = false;                       // the client takes it
  std::string host, origin, content_type;  // the headers; empty: none came
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
  std::vector<std::string> methods;  // HEAD goes with GET
  std::function<void(const WebRequest&, Respond)> answer;
  std::size_t at_once_max = 0;  // more requests under way are answered 503; 0: no limit
  bool below = false;           // the path ends with a slash, and all that stands below it is meant
};

// The daemon's own HTTP listener: HTTP/1.1 with keep-alive, 16 KB of header, 64 KB of body, and
// a time limit on every read and write; what exceeds them is cut. On one thread.
class Web {
 public:
  struct Options {
    std::string listen;  // "127.0.0.1:9811", "[::]:9811", ":9811"; port 0: any free one
    std::vector<Route> routes;
    std::size_t connections_max = 64;  // more wait in the backlog
    Span read_timeout = std::chrono::seconds(10);
    Span answer_timeout = std::chrono::seconds(30);  // then 503
    // Told of every answer: the route's path ("other" without one), the code, the time.
    std::function<void(std::string, unsigned, Span)> served;
  };

  // Binds and listens, or says why not.
  static std::expected<std::unique_ptr<Web>, std::string> listen(
      boost::asio::any_io_executor executor, Options options);
  ~Web();  // stops; its sessions end on the executor

  // Where it listens: "127.0.0.1:9811".
  std::string address() const;
  // Takes no connection any more, and ends those that it has.
  void stop();

 private:
  class Listener;
  explicit Web(std::shared_ptr<Listener> listener);
  std::shared_ptr<Listener> listener_;
};

}  // namespace sonde
