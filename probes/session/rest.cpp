#include "probes/session/rest.hpp"

#include <utility>

#include "probes/net/http/status.hpp"
#include "probes/net/origins.hpp"
#include "probes/session/secret_trial.hpp"

namespace sonde::session {
namespace {

namespace asio = boost::asio;
using In = TokenPlacement::In;

std::unexpected<Failure> bad_rest_address(const std::string& why) {
  return std::unexpected(Failure{Reason::own_request, "rest: " + why});
}

// The header that carries the token: that of the socket, or the usual one.
std::expected<std::pair<std::string, std::string>, Failure> token_header(
    const TokenPlacement& placement, text::Names& names) {
  const TokenPlacement usual;
  const bool own_text = placement.in == In::header || placement.in == In::cookie;
  auto made = (own_text ? placement.text : usual.text).render(names);
  if (!made) return bad_rest_address(made.error());
  if (placement.in == In::cookie) return std::pair(std::string("Cookie"), *std::move(made));
  const std::size_t colon = made->find(": ");
  return std::pair(made->substr(0, colon), made->substr(colon + 2));
}

Verdict said_by(const net::Answer& answer) {
  if (answer.failure.reason == Reason::cut || answer.response.status == 0)
    return Verdict::of(Step::upgrade, answer.failure);
  const int status = answer.response.status;
  if (status >= 200 && status < 300) return Verdict::pass();
  const Reason reason = status == 401   ? Reason::unauthorized
                        : status == 403 ? Reason::forbidden
                                        : net::reason_of(answer.response);
  return Verdict::of(Step::upgrade, {reason, net::describe(answer.response)});
}

}  // namespace

std::expected<net::Request, Failure> rest_request(const Socket& socket, text::Names names) {
  auto address = socket.rest.render(names);
  if (!address) return bad_rest_address(address.error());
  auto url = net::parse_url(*address);
  if (!url) return bad_rest_address(url.error());
  if (!is_own(*url, socket.rest, names)) return bad_rest_address(net::no_own_origin(*url));
  auto header = token_header(socket.token_in, names);
  if (!header) return std::unexpected(header.error());
  return net::Request{.url = *std::move(url), .headers = {*std::move(header)}, .body = {}};
}

asio::awaitable<Verdict> ask_plainly(Question question, net::Request request,
                                     const SessionSettings& settings, const ProbeContext& site,
                                     Shared& shared, text::Names& names, Trace& trace) {
  trace.at(Step::upgrade);
  auto beginning = begin_secret_trial(secret_in(settings, site), std::move(question),
                                      {site, shared, names, trace});
  auto trial = co_await std::move(beginning);
  if (!trial) co_return Verdict::of(Step::upgrade, std::move(trial.error()));
  const net::Redirects none;
  auto fetching = trial->fetch(request, settings.socket.line, none, {site, shared, names, trace});
  const net::Answer answer = co_await std::move(fetching);
  const Verdict verdict = said_by(answer);
  trial->answered(verdict.reason);
  co_return verdict;
}

}  // namespace sonde::session
