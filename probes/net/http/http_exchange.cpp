#include "probes/net/http/http_exchange.hpp"

#include <fmt/format.h>

#include <chrono>
#include <optional>

#include "probes/net/http/http_ask.hpp"
#include "probes/net/http/http_receive.hpp"
#include "probes/net/http/http_redirect.hpp"
#include "probes/net/http/http_start.hpp"
#include "probes/net/http/http_text.hpp"

namespace sonde::net {
namespace {

namespace asio = boost::asio;

Answer failed(Failure failure) {
  Answer answer;
  answer.failure = std::move(failure);
  return answer;
}

std::string_view run_of(const Trace& trace, const ConnectionOptions& line) {
  return line.run_headers ? std::string_view(trace.run_id()) : std::string_view();
}

// One hop: a connection, a request, a response; the whole of it, or what comes in `start_wait`.
asio::awaitable<Answer> exchange(Network& network, const Request& request,
                                 const ConnectionOptions& line, Trace& trace,
                                 std::optional<Span> start_wait = std::nullopt) {
  const Form form{.absolute = !line.proxy.empty() && request.url.scheme == "http",
                  .run = run_of(trace, line)};
  auto wire = compose(request, form);
  if (!wire) co_return failed(std::move(wire.error()));
  auto transport = co_await dial(network, request.url, line, trace);
  if (!transport) co_return failed(std::move(transport.error()));
  const Reading reading{.header_max = line.limits.header,
                        .body_max = line.limits.body,
                        .no_body = request.method == "HEAD",
                        .clip_body = start_wait.has_value()};
  ResponseReader reader(reading);
  const Instant at = Clock::now();
  note_asked(request, *wire, at, trace);
  co_await ask(**transport, *wire, reader, trace);
  const bool start = start_wait && reader.header_done();
  if (!start) co_await receive(**transport, reader);
  const bool goes_on = start && co_await receive_start(**transport, reader, *start_wait);
  Answer answer = conclude(request, std::move(*wire), at, reader, trace);
  if (!goes_on || answer.failure.reason != Reason::cut) co_return answer;
  answer.failure = {};
  trace.leave();
  co_return answer;
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

asio::awaitable<Answer> fetch_start(Network& network, const Request& request,
                                    const ConnectionOptions& line, Span wait, Trace& trace) {
  co_return co_await exchange(network, request, line, trace, wait);
}

namespace {

constexpr std::size_t refusal_max = 4096;
constexpr auto refusal_wait = std::chrono::milliseconds(250);

}  // namespace

asio::awaitable<UpgradeAnswer> exchange_upgrade(Network& network, const Request& request,
                                                const ConnectionOptions& line, Trace& trace) {
  UpgradeAnswer upgraded;
  auto wire = compose(request, {.absolute = false, .upgrade = true, .run = run_of(trace, line)});
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
  note_asked(request, *wire, at, trace);
  co_await ask(**transport, *wire, reader, trace);
  if (reader.header_done() && !reader.over())
    co_await receive_start(**transport, reader, refusal_wait);
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
