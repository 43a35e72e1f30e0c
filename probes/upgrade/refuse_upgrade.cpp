#include "probes/upgrade/refuse_upgrade.hpp"

#include <fmt/format.h>

#include <utility>

#include "probes/core/pause.hpp"
#include "probes/diagnosis/observation.hpp"
#include "probes/dialect/await_rejection.hpp"
#include "probes/net/http/status.hpp"
#include "probes/session/refusal.hpp"
#include "probes/session/secret_trial.hpp"
#include "probes/upgrade/refuse_secret.hpp"

namespace sonde::upgrade {
namespace {

namespace asio = boost::asio;

// Describes the client that the check lets connect, and that must be refused.
std::string_view who(RefusalCheck check) {
  using enum RefusalCheck;
  switch (check) {
    case no_token:
      return "a client without a token";
    case wrong_password:
      return "a user with a wrong password";
    case foreign_origin:
      return "a page of a foreign origin";
    case wrong_place:
      return "a token in another place than its own";
    case wrong_audience:
      return "a token for another audience";
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

// Describes an accepted upgrade that was neither welcomed nor refused.
std::string what_came(const net::Websocket& session, const std::string& others, Span within) {
  if (session.ended())
    return session.fault() ? session.fault()->detail : dialect::describe(*session.ended());
  const std::string what = others.empty() ? "no message came" : others;
  return fmt::format("{} within {:.3f} s", what, seconds(within));
}

// Watches what happens after an accepted upgrade.
asio::awaitable<std::optional<Failure>> watch(net::Websocket& session, RefusalCheck check,
                                              const RefusalSubject& subject, text::Names& names) {
  const session::Socket& socket = subject.session.socket;
  auto listening = dialect::await_rejection(session, *subject.session.dialect, socket.ready,
                                            socket.refused_by, names, subject.trace);
  const dialect::Rejection overheard = co_await std::move(listening);
  const dialect::Heard heard = overheard.heard;
  if (heard == dialect::Heard::refusal) co_return std::nullopt;
  if (heard == dialect::Heard::unclear)
    co_return with_check(check, Reason::refusal_unclear,
                         "the deadline of the run came before the check was over");
  if (heard == dialect::Heard::welcome) {
    subject.trace.remark("welcomed, although it must be refused");
    co_return with_check(check, Reason::auth_fail_open,
                         fmt::format("the endpoint welcomes {}", who(check)));
  }
  co_return with_check(
      check, Reason::no_refusal,
      subject.trace.scrub(fmt::format("the upgrade of {} was accepted, then {}", who(check),
                                      what_came(session, overheard.others, socket.ready.within))));
}

// Why there is no answer, for people; a cancellation has no text.
std::string why(const Failure& failure) {
  if (failure.reason == Reason::cut) return "the deadline of the run came before the answer";
  return failure.detail.empty() ? std::string(name(failure.reason)) : failure.detail;
}

std::optional<Failure> judge(RefusalCheck check, const net::Answer& answer,
                             const RefusalSubject& subject) {
  switch (session::classify_refusal(answer, subject.session.socket.refused_by)) {
    case session::Refusal::refused:
      return std::nullopt;
    case session::Refusal::unclear:
      return with_check(check, Reason::refusal_unclear, why(answer.failure));
    case session::Refusal::none:
      break;
  }
  const std::string what = subject.trace.scrub(net::describe(answer.response));
  return with_check(check, Reason::no_refusal, fmt::format("{} got {}", who(check), what));
}

// Whether the result is trouble of the server or of the network, which says nothing about the
// client or may pass soon. A cancelled run is not trouble.
bool met_trouble(const Checked& checked, const net::Answer& answer) {
  if (!checked.wrong || answer.failure.reason == Reason::cut) return false;
  constexpr int going_away = 1001, restarting = 1012, try_later = 1013;
  const int code = checked.seen.code, status = checked.seen.status;
  return code == going_away || code == restarting || code == try_later ||
         session::is_trouble(status) ||
         (!answer.ok() && checked.wrong->reason == Reason::refusal_unclear);
}

bool may_pass(const Checked& checked, const net::Answer& answer) {
  constexpr int internal_error = 1011;
  const bool failed = checked.seen.status / 100 == 5 || checked.seen.code == internal_error;
  return (checked.trouble || failed) && !session::asks_to_wait(answer.response);
}

// Other checks show what the run has shown before, and are refused for another fault.
session::SecretIn counted_in(RefusalCheck check, const RefusalSubject& subject) {
  return shows_wrong_secret(check, subject.site) ? secret_in(subject.session, subject.site)
                                                 : session::SecretIn::nothing;
}

// What the outcome of an upgrade says about the wrong secret that it showed.
Reason meaning(const Checked& checked, const net::Answer& answer) {
  if (!checked.opened) return net::reason_of(answer.response);
  return checked.wrong ? checked.wrong->reason : Reason::auth_rejected_after_accept;
}

asio::awaitable<Checked> upgrade_once(RefusalCheck check, const net::UpgradeRequest& request,
                                      const RefusalSubject& subject, text::Names names) {
  const Instant begun = Clock::now();
  const session::SecretUse use{subject.site, subject.shared, names, subject.trace};
  auto beginning = begin_secret_trial(
      counted_in(check, subject),
      session::Question::of_session(subject.session.socket, *subject.session.dialect, subject.site),
      use);
  auto trial = co_await std::move(beginning);
  if (!trial) co_return Checked{.not_performed = std::move(trial.error().detail)};
  trial->refused_by(subject.session.socket.refused_by.status);
  auto upgrading = trial->upgrade(request, subject.session.socket.line, use);
  net::Upgraded upgraded = co_await std::move(upgrading);
  Checked checked;
  checked.seen.status = upgraded.answer.response.status;
  if (!upgraded.session) {
    checked.wrong = judge(check, upgraded.answer, subject);
  } else {
    checked.opened = true;
    auto watching = watch(*upgraded.session, check, subject, names);
    checked.wrong = co_await std::move(watching);
    if (upgraded.session->ended()) checked.seen.code = upgraded.session->ended()->code;
  }
  const bool welcomed = checked.wrong && checked.wrong->reason == Reason::auth_fail_open;
  if (welcomed) co_return checked;
  trial->answered(meaning(checked, upgraded.answer));
  checked.trouble = met_trouble(checked, upgraded.answer);
  checked.again = may_pass(checked, upgraded.answer);
  // An open breaker refuses all clients in the same way, at once, so the check gives no
  // information.
  const bool suspect = checked.wrong && suspects_breaker(checked.seen, checked.wrong->detail);
  const Instant now = Clock::now();
  if (suspect && subject.shared.breakers[subject.site.target_name].tripped(now, now - begun)) {
    checked.wrong->reason = Reason::breaker_open;
    checked.again = checked.trouble = false;
  }
  co_return checked;
}

}  // namespace

std::string_view name_of(RefusalCheck check) {
  for (const auto& [name, value] : config::names<RefusalCheck>())
    if (value == check) return name;
  return "";
}

bool shows_good_token(RefusalCheck check) {
  return check == RefusalCheck::foreign_origin || check == RefusalCheck::wrong_place;
}

Failure with_check(RefusalCheck check, Reason reason, const std::string& what) {
  return {reason, std::string(name_of(check)) + ": " + what};
}

asio::awaitable<Checked> upgrade_as(RefusalCheck check, net::UpgradeRequest request,
                                    const RefusalSubject& subject, text::Names names) {
  request.any_subprotocol = true;  // an intruder need not behave like a browser
  auto upgrading = upgrade_once(check, request, subject, names);
  Checked checked = co_await std::move(upgrading);
  if (checked.again) {
    auto waiting = pause(session::trouble_passes_in);
    const bool goes_on = co_await std::move(waiting);
    if (goes_on) {
      auto upgrading_again = upgrade_once(check, request, subject, names);
      checked = co_await std::move(upgrading_again);
      if (checked.wrong && checked.again) checked.wrong->detail += " twice";
    }
  }
  if (checked.wrong && checked.trouble) {
    checked.wrong->reason = Reason::refusal_unclear;
    checked.wrong->detail += ", which does not depend on who asks";
  } else if (checked.wrong && checked.wrong->reason == Reason::no_refusal && !checked.opened) {
    checked.wrong->detail += ", which is no refusal (refused_by)";
  }
  co_return checked;
}

}  // namespace sonde::upgrade
