#include "daemon/expose/session.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace sonde {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace {

using Incoming = http::request<http::string_body>;
using Outgoing = http::response<http::string_body>;
using Parser = http::request_parser<http::string_body>;
using boost::system::error_code;

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::uint32_t header_max = 16 * 1024;
constexpr std::uint64_t body_max = 64 * 1024;
constexpr std::size_t uri_max = 8 * 1024;

// A reply that may come from another thread; the session sleeps on the timer until it is there.
struct Waiting {
  asio::steady_timer arrived;
  std::optional<WebReply> reply = std::nullopt;
};

WebReply plain(unsigned status, std::string text) {
  return {.status = status, .body = std::move(text) + "\n"};
}

// RFC 9110, 12.5.3: `gzip` or `*`, unless with a weight of 0.
bool takes_gzip(std::string_view accepted) {
  while (!accepted.empty()) {
    std::string_view one = accepted.substr(0, accepted.find(','));
    accepted.remove_prefix(std::min(accepted.size(), one.size() + 1));
    const std::size_t first = std::min(one.find_first_not_of(" \t"), one.size());
    one.remove_prefix(first);
    const std::string_view coding = one.substr(0, one.find_first_of("; \t"));
    const std::size_t weight = one.find("q=");
    const bool refused =
        weight != std::string_view::npos &&
        one.substr(weight + 2).find_first_of("123456789") == std::string_view::npos;
    if (coding == "gzip" || coding == "*") return !refused;
  }
  return false;
}

WebRequest simple(const Incoming& incoming) {
  const std::string_view target(incoming.target().data(), incoming.target().size());
  const std::size_t query = std::min(target.find('?'), target.size());
  const auto coding = incoming[http::field::accept_encoding];
  WebRequest request;
  request.method = std::string(incoming.method_string());
  request.path = target.substr(0, query);
  request.query = query < target.size() ? target.substr(query + 1) : "";
  request.body = incoming.body();
  request.gzip = takes_gzip({coding.data(), coding.size()});
  request.host = std::string(incoming[http::field::host]);
  request.origin = std::string(incoming[http::field::origin]);
  request.content_type = std::string(incoming[http::field::content_type]);
  return request;
}

// The route of that path, else the one below which it stands.
std::vector<Route>::const_iterator find_route(const std::vector<Route>& routes,
                                              const std::string& path) {
  const auto exact = std::ranges::find(routes, path, &Route::path);
  if (exact != routes.end()) return exact;
  return std::ranges::find_if(
      routes, [&](const Route& route) { return route.below && path.starts_with(route.path); });
}

bool allows(const Route& route, std::string_view method) {
  const std::string_view asked = method == "HEAD" ? "GET" : method;
  return std::ranges::find(route.methods, asked) != route.methods.end();
}

std::string methods_of(const Route& route) {
  std::string list;
  for (const std::string& method : route.methods) {
    if (!list.empty()) list += ", ";
    list += method == "GET" ? "GET, HEAD" : method;
  }
  return list;
}

// Without scripts, frames or anything from elsewhere, whatever a page contains.
void add_security(Outgoing& out) {
  out.set("Content-Security-Policy",
          "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
          "frame-ancestors 'none'");
  out.set("X-Content-Type-Options", "nosniff");
  out.set("Referrer-Policy", "no-referrer");
  out.set(http::field::cache_control, "no-store");
}

class Session {
 public:
  Session(std::shared_ptr<Desk> desk, asio::ip::tcp::socket socket)
      : desk_(std::move(desk)), stream_(std::move(socket)) {}

  asio::awaitable<void> run();

 private:
  asio::awaitable<bool> answer(Incoming incoming);
  asio::awaitable<WebReply> ask(std::size_t route, const WebRequest& request);
  asio::awaitable<bool> refuse(error_code why);
  asio::awaitable<bool> write(WebReply reply, bool head, bool keep_alive, std::string_view allow);
  void told(const std::string& handler, unsigned code, Instant since) const;

  std::shared_ptr<Desk> desk_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_{header_max + body_max};
};

asio::awaitable<void> Session::run() {
  co_await asio::this_coro::throw_if_cancelled(false);
  for (bool more = true; more && !desk_->closed;) {
    Parser parser;
    parser.header_limit(header_max);
    parser.body_limit(body_max);
    stream_.expires_after(desk_->options.read_timeout);
    auto [error, bytes] = co_await http::async_read(stream_, buffer_, parser, as_tuple);
    if (error)
      more = co_await refuse(error);
    else
      more = co_await answer(parser.release());
  }
  error_code ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

// What could not be read is answered if the client can still hear it, and ends the session.
asio::awaitable<bool> Session::refuse(error_code why) {
  unsigned status = 0;
  if (why == http::error::header_limit)
    status = 431;
  else if (why == http::error::body_limit)
    status = 413;
  else if (why.category() == make_error_code(http::error::bad_method).category() &&
           why != http::error::end_of_stream && why != http::error::partial_message)
    status = 400;
  if (status != 0) {
    const Instant since = Clock::now();
    WebReply reply = plain(status, why.message());
    co_await write(std::move(reply), false, false, "");
    told("other", status, since);
  }
  co_return false;
}

asio::awaitable<bool> Session::answer(Incoming incoming) {
  const Instant since = Clock::now();
  const WebRequest request = simple(incoming);
  const bool keep_alive = incoming.keep_alive();
  const std::vector<Route>& routes = desk_->options.routes;
  const auto route = find_route(routes, request.path);
  const bool known = route != routes.end();
  WebReply reply = plain(404, "There is nothing here. Try /");
  std::string allow;
  if (request.path.size() > uri_max) {
    reply = plain(414, "That is too long.");
  } else if (known && !allows(*route, request.method)) {
    allow = methods_of(*route);
    reply = plain(405, "That method is not for this path; allowed: " + allow);
  } else if (known) {
    reply = co_await ask(static_cast<std::size_t>(route - routes.begin()), request);
  }
  const unsigned status = reply.status;
  const bool head = request.method == "HEAD";
  const bool written = co_await write(std::move(reply), head, keep_alive, allow);
  told(known ? route->path : "other", status, since);
  co_return written&& keep_alive;
}

asio::awaitable<WebReply> Session::ask(std::size_t index, const WebRequest& request) {
  const Route& route = desk_->options.routes[index];
  std::size_t& at_once = desk_->at_once[index];
  if (route.at_once_max > 0 && at_once >= route.at_once_max)
    co_return plain(503, "Too many of these at once; try again.");
  ++at_once;
  auto executor = stream_.get_executor();
  const Instant limit = Clock::now() + desk_->options.answer_timeout;
  auto waiting = std::make_shared<Waiting>(asio::steady_timer(executor, limit));
  route.answer(request, [executor, waiting](WebReply reply) {
    asio::post(executor, [waiting, reply = std::move(reply)]() mutable {
      waiting->reply = std::move(reply);
      waiting->arrived.cancel();
    });
  });
  co_await waiting->arrived.async_wait(as_tuple);
  --at_once;
  if (!waiting->reply) co_return plain(503, "That took too long.");
  co_return std::move(*waiting->reply);
}

asio::awaitable<bool> Session::write(WebReply reply, bool head, bool keep_alive,
                                     std::string_view allow) {
  Outgoing out(static_cast<http::status>(reply.status), 11);
  out.set(http::field::content_type, reply.type);
  if (reply.gzipped) out.set(http::field::content_encoding, "gzip");
  out.set(http::field::vary, "Accept-Encoding");
  if (!allow.empty()) out.set(http::field::allow, {allow.data(), allow.size()});
  add_security(out);
  out.keep_alive(keep_alive);
  out.content_length(reply.body.size());
  if (!head) out.body() = std::move(reply.body);
  stream_.expires_after(desk_->options.read_timeout);
  auto [error, bytes] = co_await http::async_write(stream_, out, as_tuple);
  co_return !error;
}

void Session::told(const std::string& handler, unsigned code, Instant since) const {
  if (desk_->options.served && !desk_->closed)
    desk_->options.served(handler, code, Clock::now() - since);
}

}  // namespace

asio::awaitable<void> serve_client(std::shared_ptr<Desk> desk, asio::ip::tcp::socket socket) {
  Session session(std::move(desk), std::move(socket));
  co_await session.run();
}

}  // namespace sonde
