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
  invite();
  bool all = true;
  for (Participant& one : seats_) {
    if (&one == back_) continue;
    auto opening = open(one);
    all = co_await std::move(opening);
    if (!all) break;
  }
  if (all) {
    trace_.at(Step::isolation);
    trace_.reachable = true;
    trace_.open(Phase::isolation);
    auto meeting = meet();
    co_await std::move(meeting);
    auto trespassing = trespass();
    co_await std::move(trespassing);
    auto parting = part();
    co_await std::move(parting);
    trace_.close(Phase::isolation);
  }
  co_return conclude();
}

asio::awaitable<bool> IsolationRun::open(Participant& seat) {
  if (seat.verdict) co_return false;
  auto opening = open_session(settings_.chat.session, seat.site, shared_, seat.names, seat.trace);
  session::Opened opened = co_await std::move(opening);
  seat.verdict = std::move(opened.failure);
  seat.session = std::move(opened.session);
  if (!seat.session) co_return false;
  own_vars(seat);
  seat.trace.at(Step::events);
  co_return true;
}

dialect::OwnRuns* IsolationRun::own_runs(const Participant& seat) {
  return &shared_.own_runs[{seat.site.target_name, seat.site.identity_name}];
}

// A frame of another probe's conversation as the same user, if the user's sessions may share it.
bool IsolationRun::is_other_run(Participant& seat, const dialect::Frame& frame) {
  return settings_.same_user == session::SameUser::allow &&
         dialect::is_of_own_run(*turn_.dialect, frame.body(), *own_runs(seat));
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

asio::awaitable<void> IsolationRun::speak(Participant& seat) {
  auto conversing = dialect::converse(*seat.session, turn_, seat.names, seat.trace, own_runs(seat));
  seat.verdict = co_await std::move(conversing);
}

asio::awaitable<void> IsolationRun::speak_until_cut(Participant& seat) {
  auto conversing = dialect::converse(*seat.session, turn_, seat.names, seat.trace, own_runs(seat));
  [[maybe_unused]] const Verdict verdict = co_await std::move(conversing);
  seat.heard.expires_at(Instant::min());
}

asio::awaitable<void> IsolationRun::wait_until_heard(Participant& seat) {
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) co_return;
  co_await seat.heard.async_wait(asio::as_tuple(asio::use_awaitable));
}

// The user's next session connects before the old one is closed: a server that forgets the user
// with the old session then gives the new one no answer.
asio::awaitable<void> IsolationRun::come_back(Participant& before, Participant& after) {
  std::vector<asio::awaitable<void>> waiting, speaking;
  waiting.push_back(wait_until_heard(before));
  speaking.push_back(speak_until_cut(before));
  auto interrupted = together(std::move(waiting), std::move(speaking));
  co_await std::move(interrupted);
  auto opening = open(after);
  const bool opened = co_await std::move(opening);
  before.session.reset();
  if (!opened) co_return;
  auto speaking_again = speak(after);
  co_await std::move(speaking_again);
}

// Listens until `until`, the end of the session, or the end of all chats.
asio::awaitable<void> IsolationRun::listen(Participant& seat, Instant until) {
  using Arrived = dialect::Arrival::How;
  dialect::Listener listener(*seat.session, *turn_.dialect, seat.names, seat.trace);
  Arrived how = Arrived::frame;
  while (how == Arrived::frame || how == Arrived::failed) {
    auto hearing = listener.next(until, Step::events);
    const auto arrival = co_await std::move(hearing);
    how = arrival.how;
    if (seat.silent && how == Arrived::frame && !is_other_run(seat, *arrival.frame))
      watch_.unasked(seat.member, seat.last, arrival.frame->type,
                     is_event(*turn_.rules, arrival.frame->type));
  }
  if (seat.silent && how == Arrived::ended) seat.verdict = ended_while_silent(*seat.session);
}

asio::awaitable<void> IsolationRun::leave(Participant& seat) {
  auto leaving = session::leave_session(*seat.session, seat.trace);
  co_await std::move(leaving);
}

asio::awaitable<void> IsolationRun::meet() {
  std::vector<asio::awaitable<void>> speakers, listeners;
  for (Participant& one : seats_) {
    if (&one == back_ || &one == cut_) continue;
    if (one.silent)
      listeners.push_back(listen(one, Instant::max()));
    else
      speakers.push_back(speak(one));
  }
  if (cut_ != nullptr) speakers.push_back(come_back(*cut_, *back_));
  auto meeting = together(std::move(speakers), std::move(listeners));
  co_await std::move(meeting);
}

// The first user requests data of the next one, who has just had a chat.
asio::awaitable<void> IsolationRun::trespass() {
  const auto speaks = [](const Participant& seat) { return !seat.silent && seat.session; };
  const auto intruder = std::ranges::find_if(seats_, speaks);
  const auto owner = std::ranges::find_if(seats_, [&](const Participant& seat) {
    return speaks(seat) && seat.site.identity_name != intruder->site.identity_name;
  });
  if (!settings_.cross_access || intruder == seats_.end() || owner == seats_.end()) co_return;
  Trace aside = trace_.aside();
  auto trying = try_cross_access(*settings_.cross_access, settings_.chat.session, shared_.network,
                                 {intruder->name, intruder->names},
                                 {owner->name, owner->names, secrets_of(*owner)}, aside);
  trespass_ = co_await std::move(trying);
  trace_.absorb(std::move(aside), "cross_access");
}

// Processes what arrived at participants that finished before the others, then closes all sessions.
asio::awaitable<void> IsolationRun::part() {
  std::vector<asio::awaitable<void>> leaving;
  for (Participant& one : seats_) {
    if (!one.session) continue;
    auto rest = listen(one, Clock::now());
    co_await std::move(rest);
    leaving.push_back(leave(one));
  }
  auto gone = together(std::move(leaving));
  co_await std::move(gone);
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

IsolationRun::Participant& IsolationRun::seat(const session::ProbeContext& site, bool silent) {
  const auto theirs = [&](const Participant& other) {
    return other.site.identity_name == site.identity_name;
  };
  const auto number = std::ranges::count_if(seats_, theirs) + 1;
  Participant& one = seats_.emplace_back(site.identity_name + "-" + std::to_string(number), site,
                                         shared_.network.executor());
  one.silent = silent;
  one.member = watch_.add({one.name, site.identity_name, silent});
  if (auto failed = prepare(one, text::seed_of(seed_, seats_.size())))
    one.verdict = Verdict::of(Step::login, std::move(*failed));
  return one;
}

void IsolationRun::invite() {
  for (std::size_t i = 0; i < settings_.sessions.size(); ++i)
    seat(*site_.others[i], settings_.sessions[i].silent);
  if (settings_.listener) seat(*site_.others.back(), true);
  if (!settings_.abort) return;
  cut_ = &seat(*site_.others.front(), false);
  back_ = &seat(*site_.others.front(), false);
}

std::optional<Failure> IsolationRun::prepare(Participant& seat, std::uint64_t seed) {
  auto names = seat.site.names(seed, seat.trace);
  if (!names) return names.error();
  seat.names = std::move(*names);
  seat.names.set("session", seat.name);
  auto canary = settings_.canary.render(seat.names);
  if (!canary) return Failure{Reason::own_request, "nothing is known of '" + canary.error() + "'"};
  const auto another = settings_.canary.render(seat.names);
  if (!seat.silent) watch_.owns(seat.member, *canary, another.value_or(""));
  seat.names.set("canary", std::move(*canary));
  seat.trace.watch([this, &seat](Direction direction,
                                 std::string_view payload) { follow(seat, direction, payload); },
                   [this, &seat](std::string_view json) { watch_.answered(seat.member, json); });
  return std::nullopt;
}

// Called with every frame of a session.
void IsolationRun::follow(Participant& seat, Direction direction, std::string_view payload) {
  if (direction == Direction::out) return watch_.sent(seat.member, payload);
  watch_.received(seat.member, payload, seat.trace.sent.has_value(), is_chat(payload));
  if (seat.silent) seat.last = payload;
  if (seat.trace.sent) seat.heard.expires_at(Instant::min());
}

void IsolationRun::own_vars(Participant& seat) {
  for (const auto& [name, text] : random_vars(seat)) watch_.owns(seat.member, text, "", name);
}

IsolationRun::Texts IsolationRun::random_vars(const Participant& seat) const {
  Texts all;
  for (const auto& [name, var] : turn_.dialect->vars)
    if (const std::string* text = seat.names.find("vars." + name); text && is_random(var))
      all.emplace_back("vars." + name, *text);
  return all;
}

// The values made for each session: its canary and its random variables.
std::vector<std::string> IsolationRun::secrets_of(const Participant& seat) const {
  std::vector<std::string> secrets = {*seat.names.find("canary")};
  for (auto& [name, text] : random_vars(seat)) secrets.push_back(std::move(text));
  return secrets;
}

// A leak takes precedence over all other results.
Verdict IsolationRun::conclude() {
  std::optional<Verdict> verdict;
  for (Participant& one : seats_) {
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
  for (Participant& one : seats_) trace_.absorb(std::move(one.trace), one.name);
  if (!verdict) return Verdict::pass();
  verdict->detail = trace_.scrub(verdict->detail);
  return std::move(*verdict);
}

}  // namespace sonde::isolation
