#include "probes/diagnosis/experiment.hpp"

#include <algorithm>

#include "probes/core/deadline.hpp"
#include "probes/core/pause.hpp"
#include "probes/diagnosis/experiment_request.hpp"
#include "probes/net/http/status.hpp"
#include "probes/session/after_ready.hpp"
#include "probes/session/log_in.hpp"
#include "probes/session/rest.hpp"
#include "probes/session/secret_trial.hpp"

namespace sonde::diagnosis {
namespace {

namespace asio = boost::asio;
using enum Experiment;

constexpr Span late_by = std::chrono::milliseconds(500);
// Bounds for how long the control of a late message waits for an event.
constexpr Span patience_min = std::chrono::seconds(1);
constexpr Span patience_max = std::chrono::seconds(3);

Verdict cut_short() { return Verdict::of(Step::upgrade, cut_failure()); }

// Upgrade and ready; then the session is closed.
asio::awaitable<Verdict> walk(Trial trial, const Subject& subject, Trace& aside) {
  auto opening = open_socket(session::Question(), trial.request, trial.settings, subject.site,
                             subject.shared, trial.names, aside);
  session::Opened opened = co_await std::move(opening);
  if (opened.failure) co_return std::move(*opened.failure);
  auto leaving = session::leave_unused(opened, trial.settings, trial.names, aside);
  Verdict verdict = co_await std::move(leaving);
  co_return verdict;
}

asio::awaitable<Verdict> try_upgrade(Experiment experiment, Laboratory laboratory, Trace& aside) {
  aside.at(Step::upgrade);
  auto trial = trial_of(experiment, laboratory);
  if (!trial) co_return Verdict::of(Step::upgrade, trial.error());
  auto walking = walk(*std::move(trial), laboratory.subject, aside);
  Verdict verdict = co_await std::move(walking);
  co_return verdict;
}

// Such a token must not be accepted, as any user.
asio::awaitable<Verdict> try_without_right(Experiment experiment, Laboratory laboratory,
                                           Trace& aside) {
  auto trying = try_upgrade(experiment, laboratory, aside);
  Verdict verdict = co_await std::move(trying);
  const bool welcome =
      verdict.reason == Reason::identity_mismatch || verdict.reason == Reason::degraded_mode;
  co_return welcome ? Verdict::pass() : verdict;
}

asio::awaitable<Verdict> try_again(Laboratory laboratory, Trace& aside) {
  aside.at(Step::upgrade);
  auto waiting = pause(laboratory.request.pause);
  const bool goes_on = co_await std::move(waiting);
  if (!goes_on) co_return cut_short();
  auto trying = try_upgrade(again, laboratory, aside);
  Verdict verdict = co_await std::move(trying);
  co_return verdict;
}

asio::awaitable<Verdict> try_other_carriers(Laboratory laboratory, Trace& aside) {
  Verdict verdict;
  for (Trial& trial : other_carriers(laboratory)) {
    auto walking = walk(std::move(trial), laboratory.subject, aside);
    verdict = co_await std::move(walking);
    if (verdict.outcome == Outcome::pass || verdict.reason == Reason::cut) break;
  }
  co_return verdict;
}

asio::awaitable<Verdict> try_fresh_login(Laboratory laboratory, Trace& aside) {
  text::Names names = laboratory.names;
  use_token(session::TokenUse::none, names);  // no value of the old login is sent
  auto logging_in = log_in(laboratory.subject.site, laboratory.subject.shared, names, aside);
  auto logged_in = co_await std::move(logging_in);
  if (!logged_in) co_return Verdict::of(Step::login, logged_in.error());
  offer_cookies(*logged_in, laboratory.subject.settings.socket, names);
  const Laboratory fresh{laboratory.subject, laboratory.request, names};
  auto trying = try_upgrade(fresh_login, fresh, aside);
  Verdict verdict = co_await std::move(trying);
  co_return verdict;
}

// A plain request: to `rest`, any 2xx is a pass; at a WebSocket endpoint, no status is.
asio::awaitable<Verdict> try_plainly(Experiment experiment, Laboratory laboratory, Trace& aside) {
  aside.at(Step::upgrade);
  auto request = plain_request(experiment, laboratory);
  if (!request) co_return Verdict::of(Step::upgrade, request.error());
  const Subject& subject = laboratory.subject;
  text::Names names = laboratory.names;
  auto asking = session::ask_plainly(session::Question(), *std::move(request), subject.settings,
                                     subject.site, subject.shared, names, aside);
  Verdict verdict = co_await std::move(asking);
  if (experiment == plain_get && verdict.outcome == Outcome::pass)
    co_return Verdict::of(Step::upgrade, {Reason::bad_status, "a plain request is answered"});
  co_return verdict;
}

// Uses the token twice in quick succession; a refused use counts.
asio::awaitable<Verdict> try_twice(Laboratory laboratory, Trace& aside) {
  const bool by_rest = !laboratory.subject.settings.socket.rest.empty();
  auto first =
      by_rest ? try_plainly(rest, laboratory, aside) : try_upgrade(reuse, laboratory, aside);
  Verdict verdict = co_await std::move(first);
  if (verdict.outcome != Outcome::pass) co_return verdict;
  auto second = try_upgrade(reuse, laboratory, aside);
  verdict = co_await std::move(second);
  co_return verdict;
}

// Offers what browsers offer, or no subprotocol. Only the handshake matters.
asio::awaitable<Verdict> try_handshake(Experiment experiment, Laboratory laboratory, Trace& aside) {
  aside.at(Step::upgrade);
  auto trial = trial_of(experiment, laboratory);
  if (!trial) co_return Verdict::of(Step::upgrade, trial.error());
  const Subject& subject = laboratory.subject;
  const auto in = session::secret_in(trial->settings, subject.site);
  const session::SecretUse use{subject.site, subject.shared, trial->names, aside};
  auto beginning = session::begin_secret_trial(in, session::Question(), use);
  auto shown = co_await std::move(beginning);
  if (!shown) co_return Verdict::of(Step::upgrade, std::move(shown.error()));
  auto upgrading = shown->upgrade(trial->request, trial->settings.socket.line, use);
  const net::Upgraded upgraded = co_await std::move(upgrading);
  // A 101 alone does not show that the secret was taken.
  const int status = upgraded.answer.response.status;
  if (status != 101) shown->answered(net::reason_of(upgraded.answer.response));
  if (!upgraded.answer.ok()) co_return Verdict::of(Step::upgrade, upgraded.answer.failure);
  if (upgraded.answer.response.status == 101) co_return Verdict::pass();
  co_return Verdict::of(Step::upgrade, {net::reason_of(upgraded.answer.response), ""});
}

// One exchange of the chat, `after` the session was ready: a pass if any event came.
asio::awaitable<Verdict> try_message(Span after, Laboratory laboratory, Trace& aside) {
  auto trial = trial_of(late_message, laboratory);
  if (!trial) co_return Verdict::of(Step::upgrade, trial.error());
  auto opening =
      open_socket(session::Question(), trial->request, trial->settings, laboratory.subject.site,
                  laboratory.subject.shared, trial->names, aside);
  session::Opened opened = co_await std::move(opening);
  if (opened.failure) co_return std::move(*opened.failure);
  auto waiting = pause(after);
  const bool goes_on = co_await std::move(waiting);
  if (!goes_on) co_return cut_short();
  const session::ProbeContext& site = laboratory.subject.site;
  auto& own_runs = laboratory.subject.shared.own_runs[{site.target_name, site.identity_name}];
  const session::SecretUse use{site, laboratory.subject.shared, trial->names, aside};
  auto conversing = session::converse(*opened.session, *laboratory.subject.turn,
                                      laboratory.subject.settings.socket, use, &own_runs);
  Verdict verdict = co_await std::move(conversing);
  session::reconsider_secret(opened.shown, *opened.session, trial->settings, verdict, trial->names,
                             aside);
  auto leaving = session::leave_session(*opened.session, aside);
  co_await std::move(leaving);
  co_return aside.first_event ? Verdict::pass() : verdict;
}

// A late message is answered, and an early one still is not.
asio::awaitable<Verdict> try_late_message(Laboratory laboratory, Trace& aside) {
  auto later = try_message(late_by, laboratory, aside);
  Verdict verdict = co_await std::move(later);
  if (verdict.outcome != Outcome::pass) co_return verdict;
  Trace second = aside.aside();
  const Span patience = std::clamp(4 * *aside.first_event, patience_min, patience_max);
  auto at_once = try_message(Span::zero(), laboratory, second);
  auto limited = within(Clock::now() + patience, std::move(at_once), second);
  const Verdict control = co_await std::move(limited);
  const bool lost = control.outcome == Outcome::fail && control.step == Step::events;
  co_return lost ? Verdict::pass()
                 : Verdict::of(Step::events, {Reason::own_request, "sent at once it was answered"});
}

}  // namespace

asio::awaitable<Verdict> perform(Experiment experiment, Laboratory laboratory, Trace& aside) {
  switch (experiment) {
    case no_token:
    case garbage_token:
      return try_without_right(experiment, laboratory, aside);
    case plain_get:
    case rest:
      return try_plainly(experiment, laboratory, aside);
    case other_carrier:
      return try_other_carriers(laboratory, aside);
    case fresh_login:
      return try_fresh_login(laboratory, aside);
    case again:
      return try_again(laboratory, aside);
    case reuse:
      return try_twice(laboratory, aside);
    case late_message:
      return try_late_message(laboratory, aside);
    case with_extension:
    case without_subprotocol:
      return try_handshake(experiment, laboratory, aside);
    case earlier_pass:
    case random_path:
    case origin:
    case without_alpn:
      return try_upgrade(experiment, laboratory, aside);
  }
  return try_upgrade(experiment, laboratory, aside);
}

}  // namespace sonde::diagnosis
