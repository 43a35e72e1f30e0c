#include "probes/net/http/http_exchange.hpp"

#include <fmt/format.h>

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

}  // namespace sonde::net
