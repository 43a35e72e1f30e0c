#include "daemon/web/session.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "daemon/web/client_stream.hpp"
#include "daemon/web/request_check.hpp"
#include "daemon/web/routing.hpp"
#include "probes/net/tls/tls_accept.hpp"

namespace sonde::web {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace {

using Incoming = http::request<http::string_body>;
using Outgoing = http::response<http::span_body<const char>>;
using Parser = http::request_parser<http::string_body>;
using boost::system::error_code;

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::uint32_t header_max = 16 * 1024;
constexpr std::uint64_t body_max = 64 * 1024;
constexpr std::size_t uri_max = 8 * 1024;

constexpr std::size_t read_size = 4096;
// How long the rest of a refused request is read; otherwise the client might not see the reply.
constexpr Span linger_max = std::chrono::seconds(1);
constexpr std::size_t linger_bytes_max = 256 * 1024;
constexpr std::size_t agent_max = 100;  // bytes of a User-Agent that tell clients apart

// Forbids everything but to read it; the pages for people say what they need instead.
void add_security(Outgoing& out) {
  out.set("Content-Security-Policy",
          "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'");
  out.set("X-Content-Type-Options", "nosniff");
  out.set("Referrer-Policy", "no-referrer");
  out.set("Cross-Origin-Resource-Policy", "same-origin");
  out.set(http::field::cache_control, "no-store");
}

using access::Decision;

// What the sender of a request is told whom Access does not let in.
std::optional<Refused> refusal_for(Decision::Kind kind) {
  switch (kind) {
    case Decision::Kind::allowed:
      return std::nullopt;
    case Decision::Kind::unauthorized:
      return Refused{401, "A name and a password are needed (basic_auth_users)."};
    case Decision::Kind::forbidden:
      return Refused{403,
                     std::string(access::certificate_wanted) +
                         " is needed (client_auth_type, client_ca_file, client_allowed_sans)."};
    case Decision::Kind::busy:
      break;
  }
  return Refused{503, "Too many passwords are being checked; try again."};
}

class Session {
 public:
  Session(std::shared_ptr<ServerState> desk, const asio::any_io_executor& executor,
          Accepted accepted)
      : desk_(std::move(desk)),
        connection_(std::move(accepted.connection)),
        peer_(std::move(accepted.peer)),
        stream_(executor, accepted.descriptor, connection_),
        cut_(desk_->clients.add({.cut = [this] { cut(); },
                                 .idle = [this] { return is_idle(); },
                                 .address = connection_->address})) {}
  ~Session() {
    desk_->clients.remove(cut_);
    if (desk_->draining && desk_->drained && desk_->clients.none()) desk_->drained();
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  asio::awaitable<void> run();

 private:
  void cut() {
    stream_.close();
    if (waiting_) waiting_->arrived.cancel();
    if (events_) events_->end();
  }
  bool is_idle() const {
    return events_ || (served_ && buffer_.size() == 0 && !stream_.has_unread());
  }
  asio::awaitable<bool> serve_request(bool first);
  asio::awaitable<Decision> decide(const Incoming& incoming);
  asio::awaitable<bool> answer(Incoming incoming);
  asio::awaitable<SentReply> ask(std::size_t route, const WebRequest& request);
  asio::awaitable<bool> refuse(error_code why, WebRequest request);
  asio::awaitable<bool> refuse(WebReply reply);
  asio::awaitable<bool> write(SentReply reply, bool head, bool keep_alive);
  asio::awaitable<void> stream_events(std::shared_ptr<EventStream> events);
  asio::awaitable<void> linger();
  std::string client_of(const Incoming& incoming) const;
  void report_served(const std::string& handler, unsigned status, Instant asked,
                     std::string client) const;

  std::shared_ptr<ServerState> desk_;
  std::shared_ptr<access::Connection> connection_;
  std::string peer_;
  ClientStream stream_;
  Clients::Place cut_;
  std::shared_ptr<Waiting> waiting_;     // for the reply under way
  std::shared_ptr<EventStream> events_;  // that are being sent
  bool served_ = false;                  // a request was answered
  bool trusted_ = false;                 // the sender of the current request
  beast::flat_buffer buffer_{header_max + body_max};
};

SentReply reply_of(WebReply made) {
  auto page = std::make_shared<const std::string>(std::exchange(made.body, {}));
  return {.head = std::move(made), .page = std::move(page)};
}

asio::awaitable<void> Session::run() {
  bool more = stream_.is_open();
  for (bool first = true; more && !desk_->closed; first = false)
    more = co_await serve_request(first);
  stream_.finish_sending();
}

// Serves one request; false: the connection has ended.
asio::awaitable<bool> Session::serve_request(bool first) {
  const Web::Options& options = desk_->options;
  if (desk_->draining && is_idle()) co_return false;
  desk_->clients.waits(cut_);
  if (buffer_.size() == 0) {
    stream_.expires_after(first ? options.header_timeout : options.idle_timeout);
    auto [error, bytes] = co_await stream_.async_read_some(buffer_.prepare(read_size), as_tuple);
    if (net::is_plain_http(error))
      stream_.send_raw("HTTP/1.0 400 Bad Request\r\n\r\nThis port speaks HTTPS.\n");
    if (error) co_return false;
    buffer_.commit(bytes);
  }
  Parser parser;
  parser.header_limit(header_max);
  parser.body_limit(body_max);
  stream_.expires_after(options.header_timeout);
  auto [header_error, header_bytes] =
      co_await http::async_read_header(stream_, buffer_, parser, as_tuple);
  const WebRequest unread;
  if (header_error) co_return co_await refuse(header_error, unread);
  const RequestHead head = head_of(parser.get());
  auto refused = check_framing(head);
  if (!refused && !head.host.empty()) refused = desk_->hosts.check(head.host.front());
  if (refused) co_return co_await refuse(refusal_of(request_of(parser.get()), *refused));
  const Decision decision = co_await decide(parser.get());
  if (auto denied = refusal_for(decision.kind))
    co_return co_await refuse(denial_of(request_of(parser.get()), *denied));
  trusted_ = connection_->loopback || decision.authenticated;
  desk_->clients.waits(cut_);
  stream_.expires_after(options.transfer_timeout);
  auto [body_error, body_bytes] = co_await http::async_read(stream_, buffer_, parser, as_tuple);
  if (body_error) co_return co_await refuse(body_error, request_of(parser.get()));
  co_return co_await answer(parser.release());
}

// Before the body is read, so that a stranger costs as little as possible.
asio::awaitable<Decision> Session::decide(const Incoming& incoming) {
  if (desk_->options.access == nullptr) co_return Decision{};
  const WebRequest request = request_of(incoming);
  desk_->clients.is_answered(cut_);
  const Span longest = desk_->options.answer_timeout;
  stream_.expires_after(longest + desk_->options.transfer_timeout);  // the timer below comes first
  waiting_ =
      std::make_shared<Waiting>(asio::steady_timer(stream_.get_executor(), Clock::now() + longest));
  const bool reads = request.method == "GET" || request.method == "HEAD";
  const auto shown = incoming[http::field::authorization];
  auto made = std::make_shared<std::optional<Decision>>();
  desk_->options.access->decide(
      *connection_,
      {.path = request.path, .reads = reads, .authorization = {shown.data(), shown.size()}},
      [made, waiting = waiting_](Decision decision) {
        *made = decision;
        waiting->arrived.cancel();
      });
  if (!*made) co_await waiting_->arrived.async_wait(as_tuple);
  waiting_.reset();
  co_return made->value_or(Decision{.kind = Decision::Kind::busy});
}

// An unreadable request gets an error if the client can still receive it, and ends the session.
asio::awaitable<bool> Session::refuse(error_code why, WebRequest request) {
  unsigned status = 0;
  if (why == http::error::header_limit)
    status = 431;
  else if (why == http::error::body_limit)
    status = 413;
  else if (why.category() == make_error_code(http::error::bad_method).category() &&
           why != http::error::end_of_stream && why != http::error::partial_message)
    status = 400;
  if (status == 0) co_return false;
  const Refused refused{status, "The request cannot be read: " + why.message() + "."};
  co_return co_await refuse(refusal_of(request, refused));
}

asio::awaitable<bool> Session::refuse(WebReply reply) {
  const Instant since = Clock::now();
  const unsigned status = reply.status;
  co_await write(reply_of(std::move(reply)), false, false);
  report_served("other", status, since, "");
  co_await linger();
  co_return false;
}

// Closing a socket with unread bytes resets the connection, and the reply may be lost.
asio::awaitable<void> Session::linger() {
  stream_.finish_sending();
  desk_->clients.waits(cut_);
  stream_.expires_after(linger_max);
  buffer_.clear();
  for (std::size_t read = 0; read < linger_bytes_max;) {
    auto [error, bytes] = co_await stream_.async_read_some(buffer_.prepare(read_size), as_tuple);
    if (error) break;
    read += bytes;
  }
}

asio::awaitable<bool> Session::answer(Incoming incoming) {
  const Instant since = Clock::now();
  WebRequest request = request_of(incoming);
  request.trusted = trusted_;
  const access::Access* access = desk_->options.access;
  const bool current = access == nullptr || access->is_current(*connection_);
  const bool keep_alive = incoming.keep_alive() && current;
  const std::vector<Route>& routes = desk_->options.routes;
  const auto route = find_route(routes, request.path);
  const bool known = route != routes.end();
  const bool of_api = request.path.starts_with("/api");
  const char* const nothing = of_api
                                  ? "There is nothing here; /api/v1/openapi.json lists the paths."
                                  : "There is nothing here. Try /";
  SentReply reply = reply_of(refusal_of(request, {404, nothing}));
  if (request.path.size() > uri_max) {
    reply = reply_of(refusal_of(request, {414, "That address is too long."}));
  } else if (known && !allows(*route, request.method)) {
    WebReply refusal = refusal_of(request, {405, "Allowed here: " + methods_of(*route)});
    refusal.headers.emplace_back("Allow", methods_of(*route));
    reply = reply_of(std::move(refusal));
  } else if (auto refused = known ? refuse_change(*route, request, desk_->options.external_url)
                                  : std::nullopt) {
    reply = reply_of(refusal_of(request, *refused));
  } else if (known) {
    reply = co_await ask(static_cast<std::size_t>(route - routes.begin()), request);
  }
  const unsigned status = reply.head.status;
  const bool head = request.method == "HEAD";
  auto events = head ? nullptr : reply.head.events;
  const bool keep = keep_alive && !desk_->draining && !events;
  const bool written = co_await write(std::move(reply), head, keep);
  served_ = true;
  const bool got = written && request.method == "GET";
  report_served(known ? route->path : "other", status, since, got ? client_of(incoming) : "");
  if (events && written) co_await stream_events(std::move(events));
  co_return written&& keep;
}

// Between events the client counts as one that waits, so it makes room and ends when draining.
asio::awaitable<void> Session::stream_events(std::shared_ptr<EventStream> events) {
  events_ = std::move(events);
  desk_->clients.waits(cut_);
  if (!desk_->draining && !desk_->closed)
    co_await send_events(stream_, events_, desk_->options.heartbeat,
                         desk_->options.transfer_timeout);
  events_->end();
}

// Passes a reply to the waiting session, in a separate turn of the loop.
Respond respond_to(asio::any_io_executor executor, std::function<void(SentReply)> take) {
  return [executor = std::move(executor), take = std::move(take)](WebReply made) {
    asio::post(executor,
               [take, made = std::move(made)]() mutable { take(reply_of(std::move(made))); });
  };
}

void arrive(Waiting& waiting, SentReply reply) {
  waiting.reply = std::move(reply);
  waiting.arrived.cancel();
}

// Calls a shared route for all waiting sessions. The ServerState lives until the answer has come.
void begin_batch(const std::shared_ptr<ServerState>& desk, const asio::any_io_executor& executor,
                 std::size_t index, const WebRequest& request) {
  Batch& batch = desk->batch[{index, request.form()}];
  batch.busy = true;
  batch.now = std::exchange(batch.next, {});
  auto take = [desk, executor, index, request, &batch](const SentReply& reply) {
    batch.busy = false;
    for (const auto& waiting : std::exchange(batch.now, {})) arrive(*waiting, reply);
    if (!batch.next.empty() && !desk->closed) begin_batch(desk, executor, index, request);
  };
  desk->options.routes[index].answer(request, respond_to(executor, std::move(take)));
}

asio::awaitable<SentReply> Session::ask(std::size_t index, const WebRequest& request) {
  const Route& route = desk_->options.routes[index];
  std::size_t& at_once = desk_->at_once[index];
  if (route.at_once_max > 0 && at_once >= route.at_once_max)
    co_return reply_of(refusal_of(request, {503, "Too many of these at once; try again."}));
  ++at_once;
  desk_->clients.is_answered(cut_);
  const auto executor = stream_.get_executor();
  const Span longest =
      route.answer_timeout > Span{} ? route.answer_timeout : desk_->options.answer_timeout;
  stream_.expires_after(longest + desk_->options.transfer_timeout);  // the timer below comes first
  const Instant limit = Clock::now() + longest;
  waiting_ = std::make_shared<Waiting>(asio::steady_timer(executor, limit));
  if (route.shared) {
    Batch& batch = desk_->batch[{index, request.form()}];
    batch.next.push_back(waiting_);
    if (!batch.busy) begin_batch(desk_, executor, index, request);
  } else {
    route.answer(request, respond_to(executor, [waiting = waiting_](SentReply reply) {
                   arrive(*waiting, std::move(reply));
                 }));
  }
  co_await waiting_->arrived.async_wait(as_tuple);
  --at_once;
  const auto waited = std::exchange(waiting_, nullptr);
  if (!waited->reply) co_return reply_of(refusal_of(request, {503, "That took too long."}));
  co_return std::move(*waited->reply);
}

asio::awaitable<bool> Session::write(SentReply reply, bool head, bool keep_alive) {
  Outgoing out(static_cast<http::status>(reply.head.status), 11);
  out.set(http::field::content_type, reply.head.type);
  if (reply.head.gzipped) out.set(http::field::content_encoding, "gzip");
  out.set(http::field::vary, "Accept, Accept-Encoding");
  add_security(out);
  for (const auto& [name, value] : reply.head.headers) out.set(name, value);
  if (desk_->options.access)
    for (const auto& [name, value] : desk_->options.access->headers())
      if (!value.empty()) out.set(name, value);  // blank: Sonde's own stays
  out.keep_alive(keep_alive);
  if (!reply.head.events || head) out.content_length(reply.page->size());
  if (!head) out.body() = {reply.page->data(), reply.page->size()};
  desk_->clients.reads(cut_, reply.page);
  stream_.expires_after(desk_->options.transfer_timeout);
  auto [error, bytes] = co_await http::async_write(stream_, out, as_tuple);
  co_return !error;
}

std::string Session::client_of(const Incoming& incoming) const {
  return peer_ + " " + std::string(incoming[http::field::user_agent].substr(0, agent_max));
}

void Session::report_served(const std::string& handler, unsigned status, Instant asked,
                            std::string client) const {
  if (!desk_->options.served || desk_->closed) return;
  desk_->options.served({.handler = handler,
                         .status = status,
                         .asked = asked,
                         .took = Clock::now() - asked,
                         .client = std::move(client)});
}

}  // namespace

asio::awaitable<void> serve_client(std::shared_ptr<ServerState> desk,
                                   asio::any_io_executor executor, Accepted accepted) {
  Session session(std::move(desk), executor, std::move(accepted));
  co_await session.run();
}

}  // namespace sonde::web
