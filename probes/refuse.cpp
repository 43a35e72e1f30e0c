#include "probes/refuse.hpp"

#include <fmt/format.h>

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

// Whom the check lets come, and who must be refused.
std::string_view who(RefusalCheck check) {
  using enum RefusalCheck;
  switch (check) {
    case no_token:
      return "a client without a token";
    case foreign_origin:
      return "a page of a foreign origin";
    case wrong_place:
      return "a token in another place than its own";
    case wrong_audience:
      return "a token for somebody else";
    case logged_out:
      return "a token after its logout";
    case refresh_as_access:
      return "a refresh token as an access token";
    case expired_token:
      return "an expired token";
    case garbage_token:
    case bad_signature:
    case alg_none:
    case hs256_confusion:
      break;
  }
  return "a forged token";
}

// What an accepted upgrade that was neither welcomed nor refused came to.
std::string what_came(const net::Websocket& session, Span within) {
  if (!session.ended()) return fmt::format("nothing was said within {:.3f} s", seconds(within));
  return session.fault() ? session.fault()->detail : talk::describe(*session.ended());
}

// What an accepted upgrade does next.
asio::awaitable<std::optional<Failure>> watch(net::Websocket& session, RefusalCheck check,
                                              const RefusalSubject& subject, text::Names& names) {
  const Socket& socket = subject.session.socket;
  auto listening = talk::overhear(session, *subject.session.dialect, socket.ready,
                                  socket.refused_by, names, subject.trace);
  const auto heard = co_await std::move(listening);
  if (heard == talk::Heard::refusal) co_return std::nullopt;
  if (heard == talk::Heard::unclear)
    co_return with_check(check, Reason::refusal_unclear, "the run's deadline cut the check");
  if (heard == talk::Heard::welcome) {
    subject.trace.remark("welcomed, although it must be refused");
    co_return with_check(check, Reason::auth_fail_open,
                         fmt::format("the endpoint welcomes {}", who(check)));
  }
  co_return with_check(
      check, Reason::no_refusal,
      subject.trace.scrub(fmt::format("the upgrade of {} was accepted, then {}", who(check),
                                      what_came(session, socket.ready.within))));
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

std::optional<Failure> judge(RefusalCheck check, const net::Answer& answer,
                             const RefusalSubject& subject) {
  switch (classify_refusal(answer, subject.session.socket.refused_by)) {
    case Refusal::refused:
      return std::nullopt;
    case Refusal::unclear:
      return with_check(check, Reason::refusal_unclear, answer.failure.detail);
    case Refusal::none:
      break;
  }
  const std::string what = subject.trace.scrub(net::describe(answer.response));
  return with_check(check, Reason::no_refusal,
                    fmt::format("{} got {}, which is no refusal (refused_by)", who(check), what));
}

// What came of a check: nothing wrong, something wrong, or nothing at all, for it could not be made
// as it is meant.
struct Checked {
  std::optional<Failure> wrong;
  std::string not_performed;  // why it was not
};

Checked without_token(RefusalCheck check, const Failure& failure, const Trace& trace) {
  const std::string why = trace.scrub(failure.detail);
  if (failure.reason == Reason::ok) return {.wrong = {}, .not_performed = why};
  return {.wrong = with_check(check, failure.reason, why), .not_performed = why};
}

asio::awaitable<Checked> try_token(RefusalCheck check, const RefusalSubject& subject,
                                   text::Names& names, Observation& seen) {
  auto request = build(check, subject.session.socket, names);
  if (!request) co_return Checked{.wrong = request.error(), .not_performed = {}};
  request->any_subprotocol = true;  // whoever intrudes is no browser
  auto upgrading =
      net::upgrade(subject.shared.network, *request, subject.session.socket.line, subject.trace);
  net::Upgraded upgraded = co_await std::move(upgrading);
  seen.status = upgraded.answer.response.status;
  if (!upgraded.session)
    co_return Checked{.wrong = judge(check, upgraded.answer, subject), .not_performed = {}};
  auto watching = watch(*upgraded.session, check, subject, names);
  Checked checked;
  checked.wrong = co_await std::move(watching);
  if (upgraded.session->ended()) seen.code = upgraded.session->ended()->code;
  co_return checked;
}

asio::awaitable<Checked> check_one(RefusalCheck check, const RefusalSubject& subject,
                                   Observation& seen) {
  text::Names names = subject.names;
  BadToken bad;
  if (check != RefusalCheck::no_token && !is_good(check)) {
    auto making = bad_token(check, subject);
    auto token = co_await std::move(making);
    if (!token) co_return without_token(check, token.error(), subject.trace);
    bad = *std::move(token);
    use_token(bad.value, names);
  }
  auto trying = try_token(check, subject, names, seen);
  Checked checked = co_await std::move(trying);
  if (checked.wrong && !bad.what.empty()) checked.wrong->detail += " (" + bad.what + ")";
  if (!checked.wrong) checked.not_performed = std::move(bad.stands_in);
  co_return checked;
}

RefusalNote note_of(RefusalCheck check, const Checked& checked) {
  using State = RefusalNote::State;
  RefusalNote note{.check = std::string(check_name(check)), .state = State::refused, .why = {}};
  if (!checked.not_performed.empty()) {
    note.state = State::not_performed;
    note.why = checked.not_performed;
  } else if (checked.wrong) {
    const bool fails = row(checked.wrong->reason).outcome == Outcome::fail;
    note.state = fails ? State::failed : State::unclear;
    note.why = checked.wrong->detail;
  }
  return note;
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

// Those of a run: all of them, or the one whose turn it is.
std::span<const RefusalCheck> due(std::span<const RefusalCheck> checks,
                                  std::optional<std::uint32_t> turn) {
  return turn && !checks.empty() ? checks.subspan(*turn % checks.size(), 1) : checks;
}

void note_paused(std::span<const RefusalCheck> checks, Trace& trace) {
  for (const RefusalCheck check : checks)
    trace.refusals.push_back(
        {.check = std::string(check_name(check)),
         .state = RefusalNote::State::not_performed,
         .why = "paused, for a breaker of the target seems to be open because of these checks"});
}

}  // namespace

asio::awaitable<std::optional<Verdict>> check_refusals(const RefusalSubject& subject,
                                                       std::optional<std::uint32_t> turn) {
  const auto checks = due(subject.settings.checks, turn);
  Trace& trace = subject.trace;
  Breaker& breaker = subject.shared.breakers[subject.site.target_name];
  if (!breaker.lets_check(Clock::now())) {
    note_paused(checks, trace);
    co_return std::nullopt;
  }
  trace.at(Step::refuse);
  trace.open(Phase::refuse);
  std::optional<Verdict> verdict;
  for (std::size_t i = 0; i < checks.size(); ++i) {
    const Instant begun = Clock::now();
    Observation seen;
    auto checking = check_one(checks[i], subject, seen);
    Checked checked = co_await std::move(checking);
    trace.refusals.push_back(note_of(checks[i], checked));
    if (!checked.wrong && seen.status != 0) breaker.refused(Clock::now());
    if (!checked.wrong) continue;
    Verdict found =
        blame(Verdict::of(Step::refuse, *std::move(checked.wrong)), breaker, begun, seen);
    if (outranks(found, verdict)) verdict = std::move(found);
    if (breaker.lets_check(Clock::now())) continue;
    note_paused(checks.subspan(i + 1), trace);
    break;
  }
  trace.close(Phase::refuse);
  co_return verdict;
}

}  // namespace sonde
