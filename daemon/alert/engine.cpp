#include "daemon/alert/engine.hpp"

#include <algorithm>
#include <set>

#include "daemon/alert/rule_builtin.hpp"

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

void begin(AlertInstance& track) {
  if (track.lingers()) return;  // receivers have not been sent its end
  track.alert = Alert{.labels = track.instance.labels,
                      .annotations = {},
                      .severity = track.instance.rule->severity,
                      .target = track.instance.target,
                      .starts = track.state.fired_at,
                      .ended = {},
                      .told = false,
                      .group = {},
                      .source_url = {},
                      .muted = false};
}

// For an alert that has cleared but keeps firing: since when all runs of its checks have passed;
// nullopt if the newest run of one failed. If they passed all the time (a certificate, a latency),
// since its own bound was met again.
std::optional<WallTime> good_since(const RuleState& state, const Instance& judged,
                                   EvalContext& sight) {
  if (!state.firing() || !state.cleared_at) return std::nullopt;
  std::optional<WallTime> since;
  for (const auto& check : judged.checks) {
    if (!state.seen.empty() && !state.seen.contains(key_of(*check))) continue;
    const CheckStatus& standing = sight.standing(*check);
    if (standing.last == Outcome::fail) return std::nullopt;
    since = std::max(since, std::optional(standing.passing_since.value_or(WallTime{})));
  }
  return since && *since <= state.active_at ? state.cleared_at : since;
}

// The same for an alert that ends now.
std::optional<WallTime> good_since(RuleState before, const Instance& judged, WallTime now,
                                   EvalContext& sight) {
  if (before.silent) return std::nullopt;
  if (!before.cleared_at) before.cleared_at = now;
  return good_since(before, judged, sight);
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
  EvalContext now = sight();
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
  for (const AlertInstance* track : tracks_.all()) {
    const Instance& known = track->instance;
    if (known.endpoint.empty() || track->idle()) continue;
    for (const auto& one : certificates_)
      if (one.rule->name == known.rule->name && one.target == known.target &&
          std::ranges::find(instances, known.key, &Instance::key) == instances.end())
        instances.push_back(at_endpoint(one, known.endpoint));
  }
}

void Engine::restore(const std::vector<StateRecord>& notes) {
  const auto make = [this](const Kept& kept) -> std::optional<Instance> {
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

EvalContext Engine::sight() const {
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
  const auto tracks = tracks_.of_check(*result->check);
  if (tracks.empty()) return;
  EvalContext now = sight();
  if (now.blind()) return;
  bool changed = false;
  for (AlertInstance* track : tracks) changed |= look(*track, now, true);
  const std::string& target = result->check->target;
  if (changed && tracks_.firing(target).size() <= firing_max) settle(target, now);
  if (looked_elapsed_ - refreshed_ >= refresh_every) refresh(now);
}

void Engine::refresh(EvalContext& sight) {
  refreshed_ = looked_elapsed_;
  std::size_t all = 0;
  for (const auto& target : tracks_.targets()) all += tracks_.firing(target).size();
  if (all > firing_max) return;
  for (const auto& target : tracks_.targets()) {
    for (AlertInstance* track : tracks_.firing(target)) look(*track, sight, false);
    settle(target, sight);
  }
}

void Engine::evaluate() {
  follow_clock();
  const WallTime at = options_.now();
  if (at - evaluated_ > pause_max || at < evaluated_) watched_.restart(at);
  evaluated_ = at;
  EvalContext now = sight();
  if (!now.blind()) find_certificates(now);
  for (AlertInstance* track : tracks_.all())
    if (!now.blind() || track->instance.checks.empty()) look(*track, now, false);
  for (const auto& target : tracks_.targets()) settle(target, now);
  if (tracks_.forget(at)) ++version_;
}

void Engine::find_certificates(EvalContext& sight) {
  for (const auto& one : certificates_)
    for (const auto& check : one.checks)
      for (const auto& [endpoint, not_after] : sight.standing(*check).certificates)
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
bool Engine::fails_meanwhile(const Instance& whole, const Instance& part, EvalContext& sight) {
  return std::ranges::any_of(whole.checks, [&](const CheckPtr& check) {
    const bool counts = std::ranges::find(part.checks, check) != part.checks.end();
    return !counts && sight.standing(*check).failing.has_value();
  });
}

// Returns whether the alert has begun to fire or has ended.
bool Engine::look(AlertInstance& track, EvalContext& sight, bool of_run) {
  const std::optional<Instance> part = outside_maintenance(track.instance, sight.now());
  const Instance& judged = part ? *part : track.instance;
  Evaluation finding = judge(judged, sight, track.state.past());
  // Leaving out a failing probe is not a recovery.
  if (part && track.state.firing() && finding.holds == ConditionState::no &&
      fails_meanwhile(track.instance, *part, sight))
    finding.holds = ConditionState::unknown;
  count(track, finding);
  const RuleState before = track.state;
  const bool fired = track.state.firing(), idle = track.idle();
  const bool changed = step(track.state, *track.instance.rule, finding, sight.now(), of_run);
  if (!fired && track.state.firing()) {
    begin(track);
    tracks_.wake(track);
  }
  const bool quiet = finding.holds == ConditionState::no_data && !track.state.silent;
  track.quiet_since = quiet ? std::optional(finding.silent_since) : std::nullopt;
  // An alert that has cleared but keeps firing gets a new text after each run, because the next
  // failure makes its text wrong.
  const bool turned =
      track.state.firing() && track.good_since != good_since(track.state, judged, sight);
  if (!of_run || track.state.state != before.state || turned)
    describe(track, judged, finding, before, sight);
  track.changed |= changed && !(idle && track.idle());
  if (fired == track.state.firing()) return turned;
  log_turn(*track.alert, track.state.firing(), track.text.summary);
  return true;
}

// Updates the text while the evaluation has numbers, and once when the alert ends. It costs more
// than the evaluation, so it is not done for each run.
void Engine::describe(AlertInstance& track, const Instance& judged, const Evaluation& finding,
                      const RuleState& before, EvalContext& sight) {
  const bool over = before.firing() && !track.state.firing();
  if (track.state.state == AlertState::inactive && !over) return;
  const Failures failures = failures_of(judged, sight);
  track.failing = track.state.silent ? Failing() : failing_of(failures);
  track.good_since = over ? good_since(before, judged, sight.now(), sight)
                          : good_since(track.state, judged, sight);
  if (finding.holds == ConditionState::yes || track.state.silent)
    track.text = tell(judged, finding, failures, sight);
  else if (before.firing() && before.silent)
    track.text = tell_heard(track.instance, std::move(track.text), sight);
  else if (finding.holds == ConditionState::no)
    track.text = tell_recovered(track.instance, finding, before.seen, std::move(track.text), sight);
}

void Engine::count(const AlertInstance& track, const Evaluation& finding) {
  RuleFacts& facts = counts_[track.instance.rule->name];
  ++facts.evaluations;
  if (finding.holds == ConditionState::unknown) ++facts.insufficient;
}

void Engine::settle(const std::string& target, EvalContext& sight) {
  const auto tracks = tracks_.firing(target);
  std::vector<IncidentMember> members;
  members.reserve(tracks.size());
  for (AlertInstance* track : tracks) {
    members.push_back(notices_.member(*track, sight.now()));
    const IncidentMember& member = members.back();
    // If the clock was set back, it is in the future.
    if (track->kept_back) track->kept_back = std::min(*track->kept_back, sight.now());
    if (!member.suppressed.empty() && !member.was_told) track->kept_back = sight.now();
  }
  const auto rulings = rule_on(members);
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    std::vector<std::uint64_t> holders;
    for (std::size_t holder : rulings[i].holders)
      holders.push_back(fingerprint(tracks[holder]->instance.labels));
    if (apply(*tracks[i], rulings[i], std::move(holders), sight.now())) ++version_;
  }
}

// Returns whether anything that receivers get has changed.
bool Engine::apply(AlertInstance& track, const NotifyDecision& ruling,
                   std::vector<std::uint64_t> holders, WallTime now) {
  Alert& alert = *track.alert;
  Alert next = alert;
  track.held_by = ruling.held_by;
  next.told |= ruling.told;
  next.muted = ruling.muted;
  next.held_by = std::move(holders);
  if (!track.state.firing() && (!ruling.open || !next.told)) next.ended = now;
  next.annotations = notices_.annotations(track, ruling, now);
  next.source_url = options_.external_url + "/";
  // An alert ends in the group in which receivers were sent its start.
  if (!alert.told || alert.group.empty())
    next.group =
        ruling.own_group ? "alert/" + track.instance.key : "target/" + track.instance.target;
  if (track.instance.rule->checksum == "builtin") next.group = track.instance.rule->name;
  if (next == alert) return false;
  alert = std::move(next);
  return track.changed = true;
}

std::vector<Alert> Engine::current() const {
  std::vector<Alert> all;
  std::set<std::uint64_t> known;
  for (const AlertInstance* track : tracks_.all()) {
    if (!track->alert) continue;
    known.insert(fingerprint(track->alert->labels));
    all.push_back(*track->alert);
  }
  for (auto& alert : tracks_.orphans())
    if (!known.contains(fingerprint(alert.labels))) all.push_back(std::move(alert));
  return all;
}

std::vector<AlertFacts> Engine::facts() const {
  std::vector<AlertFacts> all;
  for (const AlertInstance* track : tracks_.all()) {
    if (track->state.state == AlertState::inactive) continue;
    const bool told = track->alert && track->state.firing();
    all.push_back(
        {.labels = track->instance.labels,
         .annotations = told ? track->alert->annotations : Labels{{"summary", track->text.summary}},
         .state = track->state.state,
         .active_at = track->state.active_at,
         .value = track->text.value,
         .held_by = track->held_by});
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
