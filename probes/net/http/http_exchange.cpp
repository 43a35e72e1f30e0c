#include "probes/net/http/http_exchange.hpp"

#include <fmt/format.h>

#include <chrono>
#include <memory>

#include <boost/asio/steady_timer.hpp>

#include "probes/net/http/http_ask.hpp"
#include "probes/net/http/http_receive.hpp"
#include "probes/net/http/http_redirect.hpp"
#include "probes/net/http/http_text.hpp"

namespace sonde::net {
namespace {

namespace asio = boost::asio;

Answer failed(Failure failure) {
  Answer answer;
  answer.failure = std::move(failure);
  return answer;
}

// One hop: a connection, a request, a response.
asio::awaitable<Answer> exchange(Network& network, const Request& request,
                                 const ConnectionOptions& line, Trace& trace) {
  const Form form{.absolute = !line.proxy.empty() && request.url.scheme == "http"};
  auto wire = compose(request, form);
  if (!wire) co_return failed(std::move(wire.error()));
  auto transport = co_await dial(network, request.url, line, trace);
  if (!transport) co_return failed(std::move(transport.error()));
  const Reading reading{.header_max = line.limits.header,
                        .body_max = line.limits.body,
                        .no_body = request.method == "HEAD"};
  ResponseReader reader(reading);
  const Instant at = Clock::now();
  co_await ask(**transport, *wire, reader, trace);
  co_await receive(**transport, reader);
  co_return conclude(request, std::move(*wire), at, reader, trace);
}

bool goes_on(const Answer& answer) { return answer.ok() && is_redirect(answer.response.status); }

}  // namespace

const std::string* Response::header(std::string_view name) const {
  return find_header(headers, name);
}

asio::awaitable<Answer> fetch(Network& network, const Request& request,
                              const ConnectionOptions& line, const Redirects& redirects,
                              Trace& trace) {
  Answer answer = co_await exchange(network, request, line, trace);
  if (!redirects.follow) co_return answer;
  Request current = request;
  for (int hops = 0; goes_on(answer); ++hops) {
    auto next = follow(current, answer.response);
    if (!next) {
      answer.failure = {next.error().reason, trace.scrub(next.error().detail)};
    } else if (hops == redirects.max) {
      const std::string where = trace.scrub(next->url.text());
      answer.failure = {Reason::redirected,
                        fmt::format("more than {} redirects, the next to {}", hops, where)};
    } else {
      current = std::move(*next);
      answer = co_await exchange(network, current, line, trace);
    }
  }
  co_return answer;
}

namespace {

constexpr std::size_t refusal_max = 4096;
constexpr auto refusal_wait = std::chrono::milliseconds(250);

// Closes a transport after a time limit, so that its pending operations end. The timer's handler
// may be queued already when this is destroyed, so both share the pointer.
class Fuse {
 public:
  Fuse(Transport& transport, Span after)
      : transport_(std::make_shared<Transport*>(&transport)), timer_(transport.executor(), after) {
    timer_.async_wait(Burn{transport_});
  }
  ~Fuse() { *transport_ = nullptr; }
  Fuse(const Fuse&) = delete;
  Fuse& operator=(const Fuse&) = delete;

 private:
  struct Burn {
    std::shared_ptr<Transport*> transport;
    void operator()(boost::system::error_code error) const {
      if (!error && *transport) (*transport)->close();
    }
  };

  std::shared_ptr<Transport*> transport_;
  asio::steady_timer timer_;
};

// Reads the start of a refusal's body; its end does not matter.
asio::awaitable<void> receive_start(Transport& transport, ResponseReader& reader) {
  const Fuse fuse(transport, refusal_wait);
  co_await receive(transport, reader);
}

}  // namespace

asio::awaitable<UpgradeAnswer> exchange_upgrade(Network& network, const Request& request,
                                                const ConnectionOptions& line, Trace& trace) {
  UpgradeAnswer upgraded;
  auto wire = compose(request, {.absolute = false, .upgrade = true});
  if (!wire) {
    upgraded.answer.failure = std::move(wire.error());
    co_return upgraded;
  }
  auto transport = co_await dial(network, request.url, line, trace);
  if (!transport) {
    upgraded.answer.failure = std::move(transport.error());
    co_return upgraded;
  }
  const Reading reading{
      .header_max = line.limits.header, .body_max = refusal_max, .clip_body = true};
  ResponseReader reader(reading);
  const Instant at = Clock::now();
  co_await ask(**transport, *wire, reader, trace);
  if (reader.header_done() && !reader.over()) co_await receive_start(**transport, reader);
  const bool silent = !reader.started();
  upgraded.answer = conclude(request, std::move(*wire), at, reader, trace);
  Failure& failure = upgraded.answer.failure;
  if (upgraded.answer.response.status != 0) {  // enough is known, however the body ended
    failure = {};
    trace.leave();
  }
  if (silent && failure.reason == Reason::closed_early) failure.reason = Reason::handshake_eof;
  if (failure.reason == Reason::ok && upgraded.answer.response.status == 101) {
    upgraded.rest = std::string(reader.rest());
    upgraded.line = std::move(*transport);
  }
  co_return upgraded;
}

}  // namespace sonde::net
