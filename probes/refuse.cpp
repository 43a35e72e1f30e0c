#include "probes/refuse.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "probes/net/status.hpp"
#include "probes/refusal.hpp"
#include "probes/talk/hear.hpp"

namespace sonde {
namespace {

namespace asio = boost::asio;

constexpr std::array policy_codes = {1008, 4401, 4403, 3000, 4001, 4003};

std::string_view check_name(RefusalCheck check) {
  for (const auto& [name, value] : names_of(static_cast<const RefusalCheck*>(nullptr)))
    if (value == check) return name;
  return "";
}

TokenUse use_of(RefusalCheck check) {
  return check == RefusalCheck::no_token ? TokenUse::none : TokenUse::garbage;
}

Failure with_check(RefusalCheck check, Reason reason, const std::string& what) {
  return {reason, std::string(check_name(check)) + ": " + what};
}

// How an accepted session that never welcomed us came to its end.
std::optional<Failure> ended(RefusalCheck check, const net::Websocket& session, bool in_time) {
  if (!session.ended()) {
    if (in_time)
      return with_check(check, Reason::refusal_unclear, "the run's deadline cut the check");
    return with_check(check, Reason::no_refusal, "the upgrade was accepted, then nothing came");
  }
  const Ending& ending = *session.ended();
  const bool policy = ending.by == EndedBy::close_frame &&
                      std::ranges::find(policy_codes, ending.code) != policy_codes.end();
  if (policy) return std::nullopt;
  const std::string how =
      ending.code != 0 ? "Close " + std::to_string(ending.code) : std::string(name(ending.by));
  return with_check(check, Reason::no_refusal,
                    "the upgrade was accepted, then the connection ended (" + how + ")");
}

// What an accepted upgrade with a bad token does next.
asio::awaitable<std::optional<Failure>> watch(net::Websocket& session,
                                              const SessionSettings& settings, RefusalCheck check,
                                              text::Names& names, Trace& trace) {
  const Instant until = Clock::now() + settings.socket.ready.within;
  text::Names bad = names;
  use_token(use_of(check), bad);
  auto listening =
      talk::overhear(session, *settings.dialect, settings.socket.ready, until, bad, trace);
  const auto heard = co_await std::move(listening);
  if (heard == talk::Heard::refusal) co_return std::nullopt;
  if (heard == talk::Heard::welcome) {
    trace.remark("welcomed without a valid token");
    co_return with_check(check, Reason::auth_fail_open,
                         "the endpoint welcomes a session without a valid token");
  }
  co_return ended(check, session, Clock::now() < until);
}

asio::awaitable<std::optional<Failure>> check_one(RefusalCheck check,
                                                  const SessionSettings& settings, Shared& shared,
                                                  text::Names& names, Trace& trace) {
  auto request = build_upgrade(settings.socket, use_of(check), names);
  if (!request) co_return request.error();
  auto upgrading = net::upgrade(shared.network, *request, settings.socket.line, trace);
  net::Upgraded upgraded = co_await std::move(upgrading);
  if (upgraded.session) {
    auto watching = watch(*upgraded.session, settings, check, names, trace);
    auto wrong = co_await std::move(watching);
    co_return wrong;
  }
  switch (classify_refusal(upgraded.answer)) {
    case Refusal::refused:
      co_return std::nullopt;
    case Refusal::unclear:
      co_return with_check(check, Reason::refusal_unclear, upgraded.answer.failure.detail);
    case Refusal::none:
      break;
  }
  co_return with_check(check, Reason::no_refusal,
                       trace.scrub(net::describe(upgraded.answer.response)));
}

}  // namespace

std::span<const config::Named<RefusalCheck>> names_of(const RefusalCheck*) {
  static constexpr config::Named<RefusalCheck> names[] = {
      {"no_token", RefusalCheck::no_token}, {"garbage_token", RefusalCheck::garbage_token}};
  return names;
}

asio::awaitable<std::optional<Verdict>> check_refusals(const std::vector<RefusalCheck>& checks,
                                                       const SessionSettings& settings,
                                                       Shared& shared, text::Names& names,
                                                       Trace& trace) {
  trace.at(Step::refuse);
  trace.open(Phase::refuse);
  std::optional<Verdict> verdict;
  for (RefusalCheck check : checks) {
    auto checking = check_one(check, settings, shared, names, trace);
    auto wrong = co_await std::move(checking);
    if (!wrong) continue;
    Verdict found = Verdict::of(Step::refuse, std::move(*wrong));
    // A pass-through is worse than a check that says nothing, whichever comes first.
    if (!verdict || found.reason == Reason::auth_fail_open ||
        (verdict->outcome == Outcome::inconclusive && found.outcome == Outcome::fail))
      verdict = std::move(found);
  }
  trace.close(Phase::refuse);
  co_return verdict;
}

}  // namespace sonde
