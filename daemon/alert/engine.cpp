#include "daemon/alert/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "daemon/alert/rule_builtin.hpp"
#include "probes/text/encode.hpp"

namespace sonde::alert {
namespace {

// If two evaluations are further apart than this, the machine slept.
constexpr Span pause_max = std::chrono::minutes(2);
// If more alerts than this fire at a target, it was notified long ago, and further changes wait for
// the next evaluation.
constexpr std::size_t firing_max = 100;
// How often firing alerts are evaluated while runs end; limits the age of their text.
constexpr Span refresh_every = std::chrono::seconds(1);
// How far wall clock and elapsed time may differ between two evaluations; more is a jump of the
// clock.
constexpr Span drift_max = std::chrono::seconds(2);

bool is_certificate(const Instance& instance) {
  return instance.rule->of == AlertOf::certificate_expiry && instance.endpoint.empty() &&
         instance.subject == &subject(AlertOf::certificate_expiry);
}

void begin(AlertInstance& tracked) {
  if (tracked.lingers()) return;  // receivers have not been sent its end
  tracked.alert = Alert{.labels = tracked.instance.labels,
                        .annotations = {},
                        .severity = tracked.instance.rule->severity,
                        .target = tracked.instance.target,
                        .starts = tracked.state.fired_at,
                        .ended = {},
                        .notified = false,
                        .group = {},
                        .source_url = {},
                        .muted = false};
}

// For an alert that has cleared but keeps firing: since when all runs of its checks have passed;
// nullopt if the newest run of one failed. If they passed all the time (a certificate, a latency),
// since its own bound was met again.
std::optional<WallTime> good_since(const RuleState& state, const Instance& judged,
                                   EvalContext& context) {
  if (!state.firing() || !state.cleared_at) return std::nullopt;
  std::optional<WallTime> since;
  for (const auto& check : judged.checks) {
    if (!state.seen.empty() && !state.seen.contains(key_of(*check))) continue;
    const CheckStatus& standing = context.standing(*check);
    if (standing.last == Outcome::fail) return std::nullopt;
    since = std::max(since, std::optional(standing.passing_since.value_or(WallTime{})));
  }
  return since && *since <= state.active_at ? state.cleared_at : since;
}

// The same for an alert that ends now.
std::optional<WallTime> good_since(RuleState before, const Instance& judged, WallTime now,
                                   EvalContext& context) {
  if (before.silent) return std::nullopt;
  if (!before.cleared_at) before.cleared_at = now;
  return good_since(before, judged, context);
}

}  // namespace

Engine::Engine(const View& view, EngineOptions options)
    : view_(view),
      options_(std::move(options)),
      notices_(view_, options_, tracks_),
      evaluated_(options_.now()),
      looked_(evaluated_),
      looked_elapsed_(options_.elapsed()),
      refreshed_(looked_elapsed_) {}

void Engine::assign(std::vector<RuleSettings> rules) {
  watched_.assign(view_.checks(), options_.now());
  auto instances = builtin_instances(view_.checks());
  rules_.clear();
  for (auto& rule : rules) {
    rules_.push_back(std::make_shared<const RuleSettings>(std::move(rule)));
    auto more = instances_of(rules_.back(), view_.checks());
    std::ranges::move(more, std::back_inserter(instances));
  }
  certificates_.clear();
  std::ranges::copy_if(instances, std::back_inserter(certificates_), is_certificate);
  std::erase_if(instances, is_certificate);
  EvalContext now = context();
  for (const auto& one : certificates_)
    for (const auto& check : one.checks)
      for (const auto& [endpoint, not_after] : now.standing(*check).certificates)
        instances.push_back(at_endpoint(one, endpoint));
  keep_endpoints(instances);
  std::set<std::string> names;
  for (const auto& rule : rules_) names.insert(rule->name);
  tracks_.assign(std::move(instances), std::move(names), now.now());
  ++version_;
}

// Keeps an alert about a certificate although no check has met the certificate recently.
void Engine::keep_endpoints(std::vector<Instance>& instances) const {
  for (const AlertInstance* tracked : tracks_.all()) {
    const Instance& known = tracked->instance;
    if (known.endpoint.empty() || tracked->idle()) continue;
    for (const auto& one : certificates_)
      if (one.rule->name == known.rule->name && one.target == known.target &&
          std::ranges::find(instances, known.key, &Instance::key) == instances.end())
        instances.push_back(at_endpoint(one, known.endpoint));
  }
}

void Engine::restore(const std::vector<StateRecord>& notes) {
  const auto make = [this](const SavedAlert& kept) -> std::optional<Instance> {
    if (!kept.alert || !kept.alert->labels.contains("endpoint")) return std::nullopt;
    const Labels& labels = kept.alert->labels;
    for (const auto& one : certificates_)
      if (one.rule->name == labels.at("alertname") && one.target == kept.alert->target)
        return at_endpoint(one, labels.at("endpoint"));
    return std::nullopt;
  };
  tracks_.restore(notes, make, options_.now());
  ++version_;
}

EvalContext Engine::context() const {
  const WallTime now = options_.now();
  return {view_, now, watched_, blind(now)};
}

// A jump of the clock must not change the age of alerts.
void Engine::follow_clock() {
  const WallTime now = options_.now();
  const Instant elapsed = options_.elapsed();
  const Span jump =
      (now - std::exchange(looked_, now)) - (elapsed - std::exchange(looked_elapsed_, elapsed));
  if (jump > drift_max || jump < -drift_max) tracks_.shift(jump);
}

// A skipped tick has no new information.
void Engine::accept(const ResultPtr& result) {
  if (result->verdict.outcome == Outcome::skipped) return;
  follow_clock();
  const auto tracked_alerts = tracks_.of_check(*result->check);
  if (tracked_alerts.empty()) return;
  EvalContext now = context();
  if (now.blind()) return;
  bool changed = false;
  for (AlertInstance* tracked : tracked_alerts) changed |= look(*tracked, now, true);
  const std::string& target = result->check->target;
  if (changed && tracks_.firing(target).size() <= firing_max) settle(target, now);
  if (looked_elapsed_ - refreshed_ >= refresh_every) refresh(now);
}

void Engine::refresh(EvalContext& context) {
  refreshed_ = looked_elapsed_;
  std::size_t all = 0;
  for (const auto& target : tracks_.targets()) all += tracks_.firing(target).size();
  if (all > firing_max) return;
  for (const auto& target : tracks_.targets()) {
    for (AlertInstance* tracked : tracks_.firing(target)) look(*tracked, context, false);
    settle(target, context);
  }
}

void Engine::evaluate() {
  follow_clock();
  const WallTime at = options_.now();
  if (at - evaluated_ > pause_max || at < evaluated_) watched_.restart(at);
  evaluated_ = at;
  EvalContext now = context();
  if (!now.blind()) find_certificates(now);
  took_.clear();
  Instant before = options_.elapsed();
  for (AlertInstance* tracked : tracks_.all()) {
    if (now.blind() && !tracked->instance.checks.empty()) continue;
    look(*tracked, now, false);
    const Instant after = options_.elapsed();
    took_[tracked->instance.rule->name] += after - std::exchange(before, after);
  }
  for (const auto& target : tracks_.targets()) settle(target, now);
  if (tracks_.forget(at)) ++version_;
}

void Engine::find_certificates(EvalContext& context) {
  for (const auto& one : certificates_)
    for (const auto& check : one.checks)
      for (const auto& [endpoint, not_after] : context.standing(*check).certificates)
        if (auto made = at_endpoint(one, endpoint); tracks_.find(made.key) == nullptr)
          tracks_.add(std::move(made));
}

// The instance with only those of its checks that are not under maintenance; nullopt if that is
// none or all of them.
std::optional<Instance> Engine::outside_maintenance(const Instance& instance, WallTime now) const {
  if (!options_.suppressed || instance.checks.size() + instance.health.size() < 2)
    return std::nullopt;
  const auto covered = [&](const CheckPtr& check) {
    return !options_.suppressed(*check, now).empty();
  };
  const bool all = std::ranges::all_of(instance.checks, covered);
  const bool any = std::ranges::any_of(instance.checks, covered) ||
                   std::ranges::any_of(instance.health, covered);
  if (all || !any) return std::nullopt;
  Instance part = instance;
  std::erase_if(part.checks, covered);
  std::erase_if(part.health, covered);
  return part;
}

// Whether a check that is left out failed when it last counted.
bool Engine::fails_meanwhile(const Instance& whole, const Instance& part, EvalContext& context) {
  return std::ranges::any_of(whole.checks, [&](const CheckPtr& check) {
    const bool counts = std::ranges::find(part.checks, check) != part.checks.end();
    return !counts && context.standing(*check).failing.has_value();
  });
}

// Returns whether the alert has begun to fire or has ended.
bool Engine::look(AlertInstance& tracked, EvalContext& context, bool of_run) {
  const std::optional<Instance> part = outside_maintenance(tracked.instance, context.now());
  const Instance& judged = part ? *part : tracked.instance;
  Evaluation finding = judge(judged, context, tracked.state.past());
  // Leaving out a failing probe is not a recovery.
  if (part && tracked.state.firing() && finding.holds == ConditionState::no &&
      fails_meanwhile(tracked.instance, *part, context))
    finding.holds = ConditionState::unknown;
  count(tracked, finding);
  const RuleState before = tracked.state;
  const bool fired = tracked.state.firing(), idle = tracked.idle();
  const bool changed = step(tracked.state, *tracked.instance.rule, finding, context.now(), of_run);
  if (!fired && tracked.state.firing()) {
    begin(tracked);
    tracks_.wake(tracked);
  }
  const bool quiet = finding.holds == ConditionState::no_data && !tracked.state.silent;
  tracked.quiet_since = quiet ? std::optional(finding.silent_since) : std::nullopt;
  // An alert that has cleared but keeps firing gets a new text after each run, because the next
  // failure makes its text wrong.
  const bool turned =
      tracked.state.firing() && tracked.good_since != good_since(tracked.state, judged, context);
  if (!of_run || tracked.state.state != before.state || turned)
    describe(tracked, judged, finding, before, context);
  tracked.changed |= changed && !(idle && tracked.idle());
  if (fired == tracked.state.firing()) return turned;
  log_turn(*tracked.alert, tracked.state.firing(), tracked.text.summary);
  return true;
}

// Updates the text while the evaluation has numbers, and once when the alert ends. It costs more
// than the evaluation, so it is not done for each run.
void Engine::describe(AlertInstance& tracked, const Instance& judged, const Evaluation& finding,
                      const RuleState& before, EvalContext& context) {
  const bool over = before.firing() && !tracked.state.firing();
  if (tracked.state.state == AlertState::inactive && !over) return;
  const Failures failures = failures_of(judged, context);
  tracked.failing = tracked.state.silent ? Failing() : failing_of(failures);
  tracked.good_since = over ? good_since(before, judged, context.now(), context)
                            : good_since(tracked.state, judged, context);
  if (finding.holds == ConditionState::yes || tracked.state.silent)
    tracked.text = tell(judged, finding, failures, context);
  else if (before.firing() && before.silent)
    tracked.text = tell_heard(tracked.instance, std::move(tracked.text), context);
  else if (finding.holds == ConditionState::no)
    tracked.text =
        tell_recovered(tracked.instance, finding, before.seen, std::move(tracked.text), context);
}

void Engine::count(const AlertInstance& tracked, const Evaluation& finding) {
  RuleFacts& facts = counts_[tracked.instance.rule->name];
  ++facts.evaluations;
  if (finding.holds == ConditionState::unknown) ++facts.insufficient;
}

void Engine::settle(const std::string& target, EvalContext& context) {
  const auto tracked_alerts = tracks_.firing(target);
  std::vector<IncidentMember> members;
  members.reserve(tracked_alerts.size());
  for (AlertInstance* tracked : tracked_alerts) {
    members.push_back(notices_.member(*tracked, context.now()));
    const IncidentMember& member = members.back();
    // If the clock was set back, it is in the future.
    if (tracked->kept_back) tracked->kept_back = std::min(*tracked->kept_back, context.now());
    if (!member.suppressed.empty() && !member.was_notified) tracked->kept_back = context.now();
  }
  const auto decisions = rule_on(members);
  for (std::size_t i = 0; i < tracked_alerts.size(); ++i) {
    std::vector<std::uint64_t> holders;
    for (std::size_t holder : decisions[i].holders)
      holders.push_back(fingerprint(tracked_alerts[holder]->instance.labels));
    if (apply(*tracked_alerts[i], decisions[i], std::move(holders), context.now())) ++version_;
  }
}

// The open incident of its group, or else a new one. Alerts keep it in the store, and the id of a
// new one depends on its beginning alone, so that a crash does not make another.
std::string Engine::incident_of(const AlertInstance& tracked, const Alert& next) {
  for (const AlertInstance* other : tracks_.firing(next.target))
    if (other != &tracked && other->fires() && other->alert->group == next.group &&
        !other->alert->incident.empty())
      return other->alert->incident;
  const auto since =
      std::chrono::floor<std::chrono::milliseconds>(next.starts.time_since_epoch()).count();
  constexpr std::size_t digits = 16;
  return text::sha256(fmt::format("{}\n{}\n{}", next.group, next.target, since)).substr(0, digits);
}

// Returns whether anything that receivers get has changed.
bool Engine::apply(AlertInstance& tracked, const NotifyDecision& decision,
                   std::vector<std::uint64_t> holders, WallTime now) {
  Alert& alert = *tracked.alert;
  Alert next = alert;
  tracked.held_by = decision.held_by;
  next.notified |= decision.notified;
  next.muted = decision.muted;
  next.held_by = std::move(holders);
  if (!tracked.state.firing() && (!decision.open || !next.notified)) next.ended = now;
  next.annotations = notices_.annotations(tracked, decision, now);
  next.failed = Notices::failed(tracked);
  next.source_url = notices_.page(tracked.instance);
  // An alert ends in the group in which receivers were sent its start.
  if (!alert.notified || alert.group.empty())
    next.group =
        decision.own_group ? "alert/" + tracked.instance.key : "target/" + tracked.instance.target;
  if (tracked.instance.rule->checksum == "builtin") next.group = tracked.instance.rule->name;
  if (next.incident.empty() || next.group != alert.group)
    next.incident = incident_of(tracked, next);
  if (next == alert) return false;
  alert = std::move(next);
  return tracked.changed = true;
}

std::vector<Alert> Engine::current() const {
  std::vector<Alert> all;
  std::set<std::uint64_t> known;
  for (const AlertInstance* tracked : tracks_.all()) {
    if (!tracked->alert) continue;
    known.insert(fingerprint(tracked->alert->labels));
    all.push_back(*tracked->alert);
  }
  for (auto& alert : tracks_.orphans())
    if (!known.contains(fingerprint(alert.labels))) all.push_back(std::move(alert));
  return all;
}

std::vector<AlertFacts> Engine::facts() const {
  std::vector<AlertFacts> all;
  for (const AlertInstance* tracked : tracks_.all()) {
    if (tracked->state.state == AlertState::inactive) continue;
    const bool notified = tracked->alert && tracked->state.firing();
    all.push_back({.labels = tracked->instance.labels,
                   .annotations = notified ? tracked->alert->annotations
                                           : Labels{{"summary", tracked->text.summary}},
                   .state = tracked->state.state,
                   .active_at = tracked->state.active_at,
                   .value = tracked->text.value,
                   .number = tracked->text.number,
                   .held_by = tracked->held_by,
                   .incident = notified ? tracked->alert->incident : "",
                   .of = std::string(tracked->instance.subject->name),
                   .cleared = tracked->state.firing() ? tracked->state.cleared_at : std::nullopt});
  }
  return all;
}

std::vector<RuleFacts> Engine::rule_facts() const {
  std::vector<RuleFacts> all;
  for (const auto& rule : rules_) {
    const auto counted = counts_.find(rule->name);
    RuleFacts facts = counted != counts_.end() ? counted->second : RuleFacts{};
    facts.name = rule->name;
    facts.severity = name(rule->severity);
    facts.hold = rule->hold;
    facts.keep_firing_for = rule->keep_firing_for;
    facts.labels = rule->labels;
    facts.annotations = rule->annotations;
    const auto took = took_.find(rule->name);
    facts.took = took != took_.end() ? took->second : Span{};
    facts.evaluated = evaluated_;
    all.push_back(std::move(facts));
  }
  return all;
}

std::vector<std::pair<CheckPtr, Timed>> timed_by(const std::vector<RuleSettings>& rules,
                                                 std::span<const CheckPtr> checks) {
  std::vector<std::pair<CheckPtr, Timed>> all;
  for (const auto& rule : rules) {
    if (rule.of != AlertOf::latency) continue;
    for (const auto& check : checks) {
      const std::pair one(check, rule.measure);
      if (concerns(rule, *check) && std::ranges::find(all, one) == all.end()) all.push_back(one);
    }
  }
  return all;
}

}  // namespace sonde::alert
