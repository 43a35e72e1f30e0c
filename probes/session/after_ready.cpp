#include "probes/session/after_ready.hpp"

#include <algorithm>
#include <utility>

#include "probes/dialect/frame.hpp"
#include "probes/dialect/listener.hpp"
#include "probes/dialect/ready.hpp"
#include "probes/session/secret_answer.hpp"
#include "probes/session/secret_trial.hpp"

namespace sonde::session {
namespace {

namespace asio = boost::asio;

bool refuses(const SessionSettings& settings, const Ending& ending) {
  return dialect::refuses(ending, settings.dialect->refusal_codes) ||
         dialect::refuses(settings.socket.refused_by, ending, *settings.dialect);
}

// Whether the message came by which the user says that clients are refused.
bool came(const SessionSettings& settings, text::Names& names, const Trace& trace) {
  const dialect::RefusedBy& refused_by = settings.socket.refused_by;
  const dialect::Dialect& dialect = *settings.dialect;
  const auto refuses = [&](std::string_view piece) {
    const auto frame = dialect::decode(dialect, piece);
    return frame && matches(*refused_by.frame, frame->type, frame->body(), names);
  };
  return refused_by.frame && std::ranges::any_of(trace.frames(), [&](const FrameNote& note) {
           if (note.direction != Direction::in || note.kind != "text") return false;
           if (dialect.framing.split.empty()) return refuses(note.text);
           const auto pieces = dialect::cut(dialect.framing, note.text);
           return pieces && std::ranges::any_of(*pieces, refuses);
         });
}

Failure why_ended(const net::Websocket& session, const SessionSettings& settings, Trace& trace,
                  std::string_view when) {
  const Ending& ending = *session.ended();
  trace.ended(ending);
  Failure failure =
      dialect::ended_after_accept(ending, settings.dialect->refusal_codes, session.fault(), when);
  if (refuses(settings, ending)) failure.reason = Reason::auth_rejected_after_accept;
  failure.detail = trace.scrub(failure.detail);
  return failure;
}

// The refusal in what has arrived.
asio::awaitable<std::optional<Failure>> hear_refusal(dialect::Listener& listener) {
  using How = dialect::Arrival::How;
  while (true) {
    auto hearing = listener.next(Clock::now(), Step::ready);
    auto arrival = co_await std::move(hearing);
    if (arrival.how != How::frame && arrival.how != How::failed) co_return std::nullopt;
    if (arrival.failure && arrival.failure->reason == Reason::auth_rejected_after_accept) {
      arrival.failure->detail += " after the session was ready";
      co_return std::move(arrival.failure);
    }
  }
}

}  // namespace

std::optional<Failure> refused_at_once(net::Websocket& session, const SessionSettings& settings,
                                       Trace& trace) {
  if (session.has_message() || session.take() || !session.ended()) return std::nullopt;
  if (!refuses(settings, *session.ended())) return std::nullopt;
  return why_ended(session, settings, trace, " as soon as the session was ready");
}

asio::awaitable<std::optional<Failure>> leave_ready(net::Websocket& session,
                                                    const SessionSettings& settings,
                                                    text::Names& names, Trace& trace) {
  dialect::Listener listener(session, *settings.dialect, names, trace);
  const auto& refusal = settings.socket.refused_by.frame;
  listener.refused_by(refusal ? &*refusal : nullptr);
  auto hearing = hear_refusal(listener);
  auto refused = co_await std::move(hearing);
  const bool ended = session.ended().has_value();
  if (!refused && ended)
    refused = why_ended(session, settings, trace, " as soon as the session was ready");
  if (ended) co_return refused;
  auto leaving = leave_session(session, trace);
  co_await std::move(leaving);
  if (refused) co_return refused;
  auto hearing_rest = hear_refusal(listener);
  refused = co_await std::move(hearing_rest);
  if (!refused && session.ended() && session.ended()->by == EndedBy::close_frame &&
      refuses(settings, *session.ended()))
    refused = why_ended(session, settings, trace, " once the session was ready");
  co_return refused;
}

asio::awaitable<Verdict> leave_unused(Opened& opened, const SessionSettings& settings,
                                      text::Names& names, Trace& trace) {
  auto leaving = leave_ready(*opened.session, settings, names, trace);
  auto failed = co_await std::move(leaving);
  Verdict verdict = failed ? Verdict::of(Step::ready, *std::move(failed)) : Verdict::pass();
  reconsider_secret(opened.shown, *opened.session, settings, verdict, names, trace);
  co_return verdict;
}

void reconsider_secret(const Shown& shown, const net::Websocket& session,
                       const SessionSettings& settings, const Verdict& verdict, text::Names& names,
                       const Trace& trace) {
  if (!shown.trial) return;
  const bool good = trace.first_event || verdict.outcome == Outcome::pass;
  const bool failed = verdict.outcome == Outcome::fail && !good;
  const bool named = !good && ((session.ended() && refuses(settings, *session.ended())) ||
                               came(settings, names, trace));
  if (!shown.ready_at) {  // the server has not said that the session is ready
    if (named || (failed && may_refuse_after_all(verdict.reason)))
      shown.trial->refused_after_all();
    else if (good)
      shown.trial->accepted_after_all();
    return;
  }
  const bool by_rule = failed && verdict.reason == Reason::auth_rejected_after_accept;
  const bool by_rule_of_hold = failed && verdict.reason == Reason::hold_expired && !session.ended();
  const bool soon = Clock::now() - *shown.ready_at <= refusal_max;
  const bool was_cut = !good && !named && verdict.outcome == Outcome::skipped;
  if (soon && was_cut) return;
  if (soon && (named || by_rule || by_rule_of_hold))
    shown.trial->refused_after_all();
  else
    shown.trial->accepted_after_all();
}

}  // namespace sonde::session
