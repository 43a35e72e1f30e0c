#include "probes/isolation/isolation_run.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "probes/core/deadline.hpp"
#include "probes/core/when_all.hpp"
#include "probes/dialect/ending.hpp"
#include "probes/dialect/listener.hpp"
#include "probes/session/after_ready.hpp"
#include "probes/session/secret_trial.hpp"
#include "probes/session/spare_refusals.hpp"
#include "probes/text/json.hpp"

namespace sonde::isolation {
namespace asio = boost::asio;

namespace {

bool is_event(const dialect::EventRules& rules, std::string_view type) {
  return std::ranges::any_of(
      rules.events, [&](const dialect::EventSpec& spec) { return dialect::has_type(spec, type); });
}

Verdict ended_while_silent(const net::Websocket& session) {
  if (session.fault()) return Verdict::of(Step::events, *session.fault());
  return Verdict::of(Step::events, {Reason::closed_midstream,
                                    dialect::describe(*session.ended()) + " while it listened"});
}

}  // namespace

asio::awaitable<Verdict> IsolationRun::run() {
  trace_.at(Step::login);
  add_participants();
  auto preparing = spare_refusals();
  bool all = co_await std::move(preparing);
  for (Participant& one : participants_) {
    if (!all || &one == back_) continue;
    auto opening = open(one);
    all = co_await std::move(opening);
  }
  if (!all) {
    auto leaving = leave_unused();
    co_await std::move(leaving);
  } else {
    trace_.at(Step::isolation);
    trace_.reachable = true;
    trace_.open(Phase::isolation);
    auto meeting = meet();
    co_await std::move(meeting);
    auto checking = check_cross_access();
    co_await std::move(checking);
    auto closing = close_all();
    co_await std::move(closing);
    trace_.close(Phase::isolation);
  }
  co_return conclude();
}

asio::awaitable<bool> IsolationRun::spare_refusals() {
  for (Participant& one : participants_) {
    const auto sessions = std::ranges::count_if(participants_, [&](const Participant& other) {
      return other.site.secret_owner == one.site.secret_owner;
    });
    if (one.verdict) co_return false;
    auto sparing = session::spare_refusals(static_cast<int>(sessions), settings_.chat.session,
                                           one.site, shared_, seed_, trace_);
    one.verdict = co_await std::move(sparing);
    if (one.verdict) co_return false;
  }
  co_return true;
}

asio::awaitable<bool> IsolationRun::open(Participant& participant) {
  if (participant.verdict) co_return false;
  auto opening = open_session(settings_.chat.session, participant.site, shared_, participant.names,
                              participant.trace);
  session::Opened opened = co_await std::move(opening);
  participant.verdict = std::move(opened.failure);
  participant.session = std::move(opened.session);
  participant.shown = std::move(opened.shown);
  if (!participant.session) co_return false;
  own_vars(participant);
  participant.trace.at(Step::events);
  co_return true;
}

dialect::OwnRuns* IsolationRun::own_runs(const Participant& participant) {
  return &shared_.own_runs[{participant.site.target_name, participant.site.identity_name}];
}

// A frame of another probe's conversation as the same user, if the user's sessions may share it.
bool IsolationRun::is_other_run(Participant& participant, const dialect::Frame& frame) {
  return settings_.same_user == session::SameUser::allow &&
         dialect::is_of_own_run(*turn_.dialect, frame.body(), *own_runs(participant));
}

// Whether a message is part of a chat; an undecodable message may be one.
bool IsolationRun::is_chat(std::string_view payload) const {
  const dialect::Dialect& dialect = *turn_.dialect;
  std::vector<std::string_view> pieces = {payload};
  if (!dialect.framing.split.empty()) {
    auto cut = dialect::cut(dialect.framing, payload);
    if (!cut) return true;
    pieces = std::move(*cut);
  }
  for (const auto piece : pieces) {
    const auto frame = dialect::decode(dialect, piece);
    if (!frame || is_event(*turn_.rules, frame->type)) return true;
    const auto items = dialect::items_of(dialect, *frame);
    for (std::size_t i = 0; items && i < items->size(); ++i) {
      const auto item = dialect::decode_item(dialect, items->item(i));
      if (!item || is_event(*turn_.rules, item->type)) return true;
    }
  }
  return false;
}

asio::awaitable<void> IsolationRun::speak(Participant& participant) {
  const session::SecretUse use{participant.site, shared_, participant.names, participant.trace};
  auto conversing = session::converse(*participant.session, turn_, settings_.chat.session.socket,
                                      use, own_runs(participant));
  participant.verdict = co_await std::move(conversing);
}

asio::awaitable<void> IsolationRun::speak_until_cut(Participant& participant) {
  const session::SecretUse use{participant.site, shared_, participant.names, participant.trace};
  auto conversing = session::converse(*participant.session, turn_, settings_.chat.session.socket,
                                      use, own_runs(participant));
  [[maybe_unused]] const Verdict verdict = co_await std::move(conversing);
  participant.heard.expires_at(Instant::min());
}

asio::awaitable<void> IsolationRun::wait_until_heard(Participant& participant) {
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) co_return;
  co_await participant.heard.async_wait(asio::as_tuple(asio::use_awaitable));
}

// The user's next session connects before the old one is closed: a server that forgets the user
// with the old session then gives the new one no answer.
asio::awaitable<void> IsolationRun::come_back(Participant& before, Participant& after) {
  std::vector<asio::awaitable<void>> waiting, speaking;
  waiting.push_back(wait_until_heard(before));
  speaking.push_back(speak_until_cut(before));
  auto interrupted = when_all(std::move(waiting), std::move(speaking));
  co_await std::move(interrupted);
  auto opening = open(after);
  const bool opened = co_await std::move(opening);
  reconsider_secret(before.shown, *before.session, settings_.chat.session,
                    Verdict::of(Step::events, cut_failure()), before.names, before.trace);
  before.session.reset();
  if (!opened) co_return;
  auto speaking_again = speak(after);
  co_await std::move(speaking_again);
}

// Listens until `until`, the end of the session, or the end of all chats.
asio::awaitable<void> IsolationRun::listen(Participant& participant, Instant until) {
  using Arrived = dialect::Arrival::How;
  dialect::Listener listener(*participant.session, *turn_.dialect, participant.names,
                             participant.trace);
  Arrived how = Arrived::frame;
  while (how == Arrived::frame || how == Arrived::failed) {
    auto hearing = listener.next(until, Step::events);
    const auto arrival = co_await std::move(hearing);
    how = arrival.how;
    if (participant.silent && how == Arrived::frame && !is_other_run(participant, *arrival.frame))
      watch_.unasked(participant.member, participant.last, arrival.frame->type,
                     is_event(*turn_.rules, arrival.frame->type));
  }
  if (participant.silent && how == Arrived::ended)
    participant.verdict = ended_while_silent(*participant.session);
}

asio::awaitable<void> IsolationRun::leave(Participant& participant) {
  auto leaving = session::leave_session(*participant.session, participant.trace);
  co_await std::move(leaving);
}

// The sessions of a run that lacks one of them. Some server refuses them only now.
asio::awaitable<void> IsolationRun::leave_unused() {
  std::vector<asio::awaitable<void>> leaving;
  for (Participant& one : participants_)
    if (one.session) leaving.push_back(leave_unused(one));
  auto gone = when_all(std::move(leaving));
  co_await std::move(gone);
}

asio::awaitable<void> IsolationRun::leave_unused(Participant& participant) {
  session::Opened opened{.session = std::move(participant.session),
                         .failure = std::nullopt,
                         .shown = std::exchange(participant.shown, {})};
  participant.session.reset();
  auto leaving =
      session::leave_unused(opened, settings_.chat.session, participant.names, participant.trace);
  const Verdict verdict = co_await std::move(leaving);
  if (verdict.outcome == Outcome::fail) participant.verdict = verdict;
}

asio::awaitable<void> IsolationRun::meet() {
  std::vector<asio::awaitable<void>> speakers, listeners;
  for (Participant& one : participants_) {
    if (&one == back_ || &one == cut_) continue;
    if (one.silent)
      listeners.push_back(listen(one, Instant::max()));
    else
      speakers.push_back(speak(one));
  }
  if (cut_ != nullptr) speakers.push_back(come_back(*cut_, *back_));
  auto meeting = when_all(std::move(speakers), std::move(listeners));
  co_await std::move(meeting);
}

// The first user requests data of the next one, who has just had a chat.
asio::awaitable<void> IsolationRun::check_cross_access() {
  const auto speaks = [](const Participant& participant) {
    return !participant.silent && participant.session;
  };
  const auto intruder = std::ranges::find_if(participants_, speaks);
  const auto owner = std::ranges::find_if(participants_, [&](const Participant& participant) {
    return speaks(participant) && participant.site.identity_name != intruder->site.identity_name;
  });
  if (!settings_.cross_access || intruder == participants_.end() || owner == participants_.end())
    co_return;
  Trace aside = trace_.aside();
  auto trying = try_cross_access(*settings_.cross_access, settings_.chat.session, shared_.network,
                                 {intruder->name, intruder->names},
                                 {owner->name, owner->names, secrets_of(*owner)}, aside);
  trespass_ = co_await std::move(trying);
  trace_.absorb(std::move(aside), "cross_access");
}

// Processes what arrived at participants that finished before the others, then closes all sessions.
asio::awaitable<void> IsolationRun::close_all() {
  std::vector<asio::awaitable<void>> leaving;
  for (Participant& one : participants_) {
    if (!one.session) continue;
    auto rest = listen(one, Clock::now());
    co_await std::move(rest);
    reconsider_secret(one.shown, *one.session, settings_.chat.session,
                      one.verdict.value_or(Verdict::pass()), one.names, one.trace);
    leaving.push_back(leave(one));
  }
  auto gone = when_all(std::move(leaving));
  co_await std::move(gone);
}

// The requests of all sessions name the run (X-Sonde-Run, traceparent), and a server may use that
// as an id of its own, also in the form of a UUID: as any id that we sent, it tells nobody apart.
std::vector<std::string> IsolationRun::as_ids(std::string_view run_id) const {
  std::string uuid(run_id);
  for (const std::size_t dash : {8U, 13U, 18U, 23U})
    if (dash < uuid.size()) uuid.insert(dash, "-");
  std::vector<std::string> payloads;
  for (const auto& name : settings_.ids)
    for (const auto& id : {std::string(run_id), uuid})
      payloads.push_back("{" + text::json_quote(name) + ":" + text::json_quote(id) + "}");
  return payloads;
}

IsolationRun::IsolationRun(const IsolationSettings& settings, const dialect::ChatExchange& turn,
                           const session::ProbeContext& site, session::Shared& shared,
                           std::uint64_t seed, Trace& trace)
    : settings_(settings),
      turn_(turn),
      site_(site),
      shared_(shared),
      seed_(seed),
      trace_(trace),
      watch_(settings.same_user, settings.ids) {}

IsolationRun::Participant& IsolationRun::participant(const session::ProbeContext& site,
                                                     bool silent) {
  const auto theirs = [&](const Participant& other) {
    return other.site.identity_name == site.identity_name;
  };
  const auto number = std::ranges::count_if(participants_, theirs) + 1;
  Participant& one = participants_.emplace_back(site.identity_name + "-" + std::to_string(number),
                                                site, shared_.network.executor());
  one.trace.of_run(trace_.run_id());
  one.silent = silent;
  one.member = watch_.add({one.name, site.identity_name, silent});
  for (const auto& payload : as_ids(trace_.run_id())) watch_.sent(one.member, payload);
  if (auto failed = prepare(one, text::seed_of(seed_, participants_.size())))
    one.verdict = Verdict::of(Step::login, std::move(*failed));
  return one;
}

void IsolationRun::add_participants() {
  for (std::size_t i = 0; i < settings_.sessions.size(); ++i)
    participant(*site_.others[i], settings_.sessions[i].silent);
  if (settings_.listener) participant(*site_.others.back(), true);
  if (!settings_.abort) return;
  cut_ = &participant(*site_.others.front(), false);
  back_ = &participant(*site_.others.front(), false);
}

std::optional<Failure> IsolationRun::prepare(Participant& participant, std::uint64_t seed) {
  auto names = participant.site.names(seed, participant.trace);
  if (!names) return names.error();
  participant.names = std::move(*names);
  participant.names.set("session", participant.name);
  auto canary = settings_.canary.render(participant.names);
  if (!canary) return Failure{Reason::own_request, "nothing is known of '" + canary.error() + "'"};
  const auto another = settings_.canary.render(participant.names);
  if (!participant.silent) watch_.owns(participant.member, *canary, another.value_or(""));
  participant.names.set("canary", std::move(*canary));
  participant.trace.watch(
      [this, &participant](Direction direction, std::string_view payload) {
        follow(participant, direction, payload);
      },
      [this, &participant](std::string_view json) { watch_.answered(participant.member, json); });
  return std::nullopt;
}

// Called with every frame of a session.
void IsolationRun::follow(Participant& participant, Direction direction, std::string_view payload) {
  if (direction == Direction::out) return watch_.sent(participant.member, payload);
  watch_.received(participant.member, payload, participant.trace.sent.has_value(),
                  is_chat(payload));
  if (participant.silent) participant.last = payload;
  if (participant.trace.sent) participant.heard.expires_at(Instant::min());
}

void IsolationRun::own_vars(Participant& participant) {
  for (const auto& [name, text] : random_vars(participant))
    watch_.owns(participant.member, text, "", name);
}

IsolationRun::Texts IsolationRun::random_vars(const Participant& participant) const {
  Texts all;
  for (const auto& [name, var] : turn_.dialect->vars)
    if (const std::string* text = participant.names.find("vars." + name); text && is_random(var))
      all.emplace_back("vars." + name, *text);
  return all;
}

// The values made for each session: its canary and its random variables.
std::vector<std::string> IsolationRun::secrets_of(const Participant& participant) const {
  std::vector<std::string> secrets = {*participant.names.find("canary")};
  for (auto& [name, text] : random_vars(participant)) secrets.push_back(std::move(text));
  return secrets;
}

// A leak takes precedence over all other results.
Verdict IsolationRun::conclude() {
  std::optional<Verdict> verdict;
  for (Participant& one : participants_) {
    if (!one.verdict || one.verdict->outcome == Outcome::pass || verdict) continue;
    verdict = std::move(one.verdict);
    if (verdict->reason == Reason::cut)
      *verdict = Verdict::of(
          one.trace.step(),
          {deadline_reason(one.trace.step(), one.trace.phase()), "the deadline passed"});
    verdict->detail = one.name + ": " + verdict->detail;
    trace_.at(verdict->step);
  }
  if (trespass_ && (!verdict || row(trespass_->reason).outcome == Outcome::fail))
    verdict = Verdict::of(Step::isolation, *trespass_);
  const bool trespassed = trespass_ && trespass_->reason == Reason::cross_user_leak;
  if (auto finding = watch_.finding(); finding && !trespassed)
    verdict = Verdict::of(Step::isolation, *std::move(finding));
  for (Participant& one : participants_) trace_.absorb(std::move(one.trace), one.name);
  if (!verdict) return Verdict::pass();
  verdict->detail = trace_.scrub(verdict->detail);
  return std::move(*verdict);
}

}  // namespace sonde::isolation
