#include <algorithm>
#include <utility>

#include "probes/core/deadline.hpp"
#include "probes/isolation/isolation_run.hpp"

namespace sonde::isolation {

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
  seat.trace.watch([this, &seat](Direction direction, std::string_view payload) {
    follow(seat, direction, payload);
  });
  return std::nullopt;
}

// Sees every frame of a session.
void IsolationRun::follow(Participant& seat, Direction direction, std::string_view payload) {
  const bool greeting = seat.trace.step() != Step::events;
  if (direction == Direction::out) return watch_.sent(seat.member, payload);
  if (greeting) return watch_.greeted(seat.member, payload);
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

// What is made anew for each session: its canary and its random variables.
std::vector<std::string> IsolationRun::secrets_of(const Participant& seat) const {
  std::vector<std::string> secrets = {*seat.names.find("canary")};
  for (auto& [name, text] : random_vars(seat)) secrets.push_back(std::move(text));
  return secrets;
}

// A leak outranks what else became of the sessions.
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
