#include "probes/refuse.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "probes/net/status.hpp"
#include "probes/observation.hpp"
#include "probes/refusal.hpp"
#include "probes/talk/hear.hpp"

namespace sonde {
namespace {

namespace asio = boost::asio;

std::string_view check_name(RefusalCheck check) {
  for (const auto& [name, value] : names_of(static_cast<const RefusalCheck*>(nullptr)))
    if (value == check) return name;
  return "";
}

// Whether the upgrade carries the user's own good token, and only the rest of it is wrong.
bool is_good(RefusalCheck check) {
  return check == RefusalCheck::foreign_origin || check == RefusalCheck::wrong_place;
}

Failure with_check(RefusalCheck check, Reason reason, const std::string& what) {
  return {reason, std::string(check_name(check)) + ": " + what};
}

// How an accepted session that never welcomed us came to its end.
std::optional<Failure> ended(RefusalCheck check, const net::Websocket& session,
                             const talk::Dialect& dialect, bool in_time) {
  if (!session.ended()) {
    if (in_time)
      return with_check(check, Reason::refusal_unclear, "the run's deadline cut the check");
    return with_check(check, Reason::no_refusal, "the upgrade was accepted, then nothing came");
  }
  const Ending& ending = *session.ended();
  if (talk::refuses(ending, dialect.refusal_codes)) return std::nullopt;
  const std::string how =
      ending.code != 0 ? "Close " + std::to_string(ending.code) : std::string(name(ending.by));
  return with_check(check, Reason::no_refusal,
                    "the upgrade was accepted, then the connection ended (" + how + ")");
}

// What an accepted upgrade does next.
asio::awaitable<std::optional<Failure>> watch(net::Websocket& session, RefusalCheck check,
                                              const RefusalSubject& subject, text::Names& names) {
  const talk::Ready& ready = subject.session.socket.ready;
  const Instant until = Clock::now() + ready.within;
  auto listening =
      talk::overhear(session, *subject.session.dialect, ready, until, names, subject.trace);
  const auto heard = co_await std::move(listening);
  if (heard == talk::Heard::refusal) co_return std::nullopt;
  if (heard == talk::Heard::welcome) {
    subject.trace.remark("welcomed, although it must be refused");
    co_return with_check(check, Reason::auth_fail_open,
                         is_good(check) ? "the endpoint welcomes a token that is used wrongly"
                                        : "the endpoint welcomes a session without a valid token");
  }
  co_return ended(check, session, *subject.session.dialect, Clock::now() < until);
}

constexpr std::string_view foreign = "https://sonde.invalid";  // a name of nobody (RFC 2606)

void come_from_elsewhere(net::UpgradeRequest& request) {
  constexpr std::string_view origin = "origin";
  std::erase_if(request.headers, [&](const auto& header) {
    return std::ranges::equal(header.first, origin, {},
                              [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  });
  request.headers.emplace_back("Origin", foreign);
}

void carry_elsewhere(net::UpgradeRequest& request, Carrier::In usual, const std::string& token) {
  if (usual == Carrier::In::query) {
    request.headers.emplace_back("Authorization", "Bearer " + token);
  } else {
    request.url.target +=
        (request.url.target.contains('?') ? "&" : "?") + ("token=" + text::percent_encode(token));
  }
}

std::expected<net::UpgradeRequest, Failure> build(RefusalCheck check, const Socket& socket,
                                                  text::Names& names) {
  const bool bare = check == RefusalCheck::no_token || check == RefusalCheck::wrong_place;
  const std::string token = names.find("token") != nullptr ? *names.find("token") : "";
  auto request = build_upgrade(socket, bare ? TokenUse::none : TokenUse::valid, names);
  if (request && check == RefusalCheck::foreign_origin) come_from_elsewhere(*request);
  if (request && check == RefusalCheck::wrong_place)
    carry_elsewhere(*request, socket.token_in.in, token);
  if (bare) use_token(TokenUse::none, names);
  return request;
}

std::optional<Failure> judge(RefusalCheck check, const net::Answer& answer, const Trace& trace) {
  switch (classify_refusal(answer)) {
    case Refusal::refused:
      return std::nullopt;
    case Refusal::unclear:
      return with_check(check, Reason::refusal_unclear, answer.failure.detail);
    case Refusal::none:
      break;
  }
  return with_check(check, Reason::no_refusal, trace.scrub(net::describe(answer.response)));
}

// What the token was goes with what was found of it.
std::optional<Failure> with_token(std::optional<Failure> found, const std::string& what) {
  if (found && !what.empty()) found->detail += " (" + what + ")";
  return found;
}

asio::awaitable<std::optional<Failure>> check_one(RefusalCheck check, const RefusalSubject& subject,
                                                  Observation& seen) {
  text::Names names = subject.names;
  std::string what;
  if (check != RefusalCheck::no_token && !is_good(check)) {
    auto making = bad_token(check, subject);
    auto token = co_await std::move(making);
    if (!token) co_return with_check(check, token.error().reason, token.error().detail);
    what = std::move(token->what);
    use_token(std::move(token->value), names);
  }
  auto request = build(check, subject.session.socket, names);
  if (!request) co_return request.error();
  auto upgrading =
      net::upgrade(subject.shared.network, *request, subject.session.socket.line, subject.trace);
  net::Upgraded upgraded = co_await std::move(upgrading);
  seen.status = upgraded.answer.response.status;
  if (!upgraded.session) co_return with_token(judge(check, upgraded.answer, subject.trace), what);
  auto watching = watch(*upgraded.session, check, subject, names);
  auto wrong = co_await std::move(watching);
  if (upgraded.session->ended()) seen.code = upgraded.session->ended()->code;
  co_return with_token(std::move(wrong), what);
}

// An open breaker refuses everybody in its own way, at once, so nothing is learnt of the check.
Verdict blame(Verdict found, Breaker& breaker, Instant begun, const Observation& seen) {
  const Instant now = Clock::now();
  if (found.reason != Reason::no_refusal || !suspects_breaker(seen, found.detail)) return found;
  if (!breaker.tripped(now, now - begun)) return found;
  return Verdict::of(Step::refuse, {Reason::breaker_open, found.detail});
}

// A pass-through is worse than a check that says nothing, whichever comes first.
bool outranks(const Verdict& found, const std::optional<Verdict>& verdict) {
  if (!verdict) return true;
  if (verdict->reason == Reason::auth_fail_open) return false;
  return found.reason == Reason::auth_fail_open ||
         (verdict->outcome == Outcome::inconclusive && found.outcome == Outcome::fail);
}

}  // namespace

asio::awaitable<std::optional<Verdict>> check_refusals(const RefusalSubject& subject,
                                                       std::optional<std::uint32_t> turn) {
  const auto& checks = subject.settings.checks;
  Trace& trace = subject.trace;
  Breaker& breaker = subject.shared.breakers[subject.site.target_name];
  if (!breaker.lets_check(Clock::now())) co_return std::nullopt;
  trace.at(Step::refuse);
  trace.open(Phase::refuse);
  std::optional<Verdict> verdict;
  for (std::size_t i = 0; i < checks.size(); ++i) {
    if (turn && *turn % checks.size() != i) continue;
    const Instant begun = Clock::now();
    Observation seen;
    auto checking = check_one(checks[i], subject, seen);
    auto wrong = co_await std::move(checking);
    if (!wrong) breaker.refused(Clock::now());
    if (!wrong) continue;
    Verdict found = blame(Verdict::of(Step::refuse, *std::move(wrong)), breaker, begun, seen);
    if (outranks(found, verdict)) verdict = std::move(found);
    if (!breaker.lets_check(Clock::now())) break;
  }
  trace.close(Phase::refuse);
  co_return verdict;
}

}  // namespace sonde
