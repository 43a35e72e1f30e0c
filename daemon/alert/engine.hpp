#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/alert/alert_instance.hpp"
#include "daemon/alert/incident.hpp"
#include "daemon/alert/notice.hpp"
#include "daemon/alert/rule_settings.hpp"
#include "daemon/core/alert.hpp"
#include "daemon/core/sink.hpp"

namespace sonde::alert {

// Dependencies and settings of the Engine.
struct EngineOptions {
  std::string external_url;  // absolute, without a trailing slash: the URL of the daemon for people
  std::string runbook_base;  // as above, a folder with NAME.md; empty: only rules set runbooks
  // Why receivers are not to be notified of a check now (a maintenance, and whose); empty: they
  // are.
  std::function<std::string(const Check&, WallTime)> suppressed;
  // The latest deployment on a target between the two times: "deploy v1.2 on production at 13:58
  // UTC"; empty: none.
  std::function<std::string(const std::string& target, WallTime since, WallTime until)> deployed =
      {};
  // Whether no egress reference answers; nothing: none was asked yet. Every alert stays as it is
  // unless one is known to answer.
  std::function<std::optional<bool>(WallTime)> blind;
  std::function<WallTime()> now = [] { return std::chrono::system_clock::now(); };
  std::function<Instant()> elapsed = [] { return Clock::now(); };  // monotonic clock
};

// Evaluates the rules: after each run those of its check, and every few seconds all of them. Has to
// come after judge in the list of sinks. It does not notify receivers: it reports what fires, and
// the notifier reads that. Main thread only.
class Engine : public Sink {
 public:
  Engine(const View& view, EngineOptions options);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Replaces the rules; they apply to the checks that the View has now. Alerts of unchanged rules
  // go on; a firing alert whose rule is gone or has changed is resolved.
  void assign(std::vector<RuleSettings> rules);
  // Restores the state from the store; call it at start, after the first assign().
  void restore(const std::vector<StateRecord>& notes);
  // The records that changed since the last call.
  std::vector<StateRecord> take_notes() { return tracks_.take_notes(options_.now()); }

  void accept(const ResultPtr& result) override;
  void evaluate();  // call every 15 s; accept() evaluates firing alerts each second

  // What fires, and what ended in the last 15 minutes. `version` changes whenever that does.
  std::vector<Alert> current() const;
  std::uint64_t version() const { return version_; }
  std::vector<AlertFacts> facts() const;  // pending and firing
  std::vector<RuleFacts> rule_facts() const;

 private:
  EvalContext context() const;
  void follow_clock();
  void refresh(EvalContext& context);
  bool look(AlertInstance& tracked, EvalContext& context, bool of_run);
  static void describe(AlertInstance& tracked, const Instance& judged, const Evaluation& finding,
                       const RuleState& before, EvalContext& context);
  void count(const AlertInstance& tracked, const Evaluation& finding);
  void find_certificates(EvalContext& context);
  void keep_endpoints(std::vector<Instance>& instances) const;
  void settle(const std::string& target, EvalContext& context);
  std::string incident_of(const AlertInstance& tracked, const Alert& next);
  bool apply(AlertInstance& tracked, const NotifyDecision& decision,
             std::vector<std::uint64_t> holders, WallTime now);
  std::optional<Instance> outside_maintenance(const Instance& instance, WallTime now) const;
  static bool fails_meanwhile(const Instance& whole, const Instance& part, EvalContext& context);
  std::optional<bool> blind(WallTime now) const {
    return options_.blind ? options_.blind(now) : false;
  }

  const View& view_;
  EngineOptions options_;
  std::vector<std::shared_ptr<const RuleSettings>> rules_;
  std::vector<Instance> certificates_;  // one for each target; their endpoints are found later
  AlertInstances tracks_;
  Notices notices_;
  std::map<std::string, RuleFacts> counts_;
  WatchTimes watched_;
  std::map<std::string, Span> took_;  // the last evaluation, by rule
  WallTime evaluated_, looked_;
  Instant looked_elapsed_, refreshed_;
  std::uint64_t version_ = 0;
};

// The durations that have to be measured because rules use them, by check.
std::vector<std::pair<CheckPtr, Timed>> timed_by(const std::vector<RuleSettings>& rules,
                                                 std::span<const CheckPtr> checks);

}  // namespace sonde::alert
