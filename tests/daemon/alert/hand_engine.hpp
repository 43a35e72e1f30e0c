#pragma once
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/alert/engine.hpp"
#include "tests/daemon/core/hand_view.hpp"

namespace sonde::alert {

inline Bound count(std::uint64_t n) { return {.share = {}, .span = {}, .count = n}; }

inline RuleSettings outage(std::string kind, Severity severity = Severity::critical) {
  RuleSettings rule;
  rule.name = kind + "_fails";
  rule.of = AlertOf::consecutive_failures;
  rule.above = count(2);
  rule.over = {};
  rule.keep_firing_for = std::chrono::minutes(5);
  rule.severity = severity;
  rule.where.kind = {std::move(kind)};
  rule.checksum = "1";
  return rule;
}

// A daemon's engine under a hand clock, with the probes of one target.
struct HandEngine : testing::Test {
  HandView view;
  WallTime now{std::chrono::seconds(1764080000)};
  std::string maintenance;               // of staging; empty: none
  std::set<std::string> in_maintenance;  // probes; empty: all, if there is a maintenance
  std::optional<bool> blind = false;     // nothing: no egress reference was asked yet
  Span clock_set{};  // by how much it was set, so that it is ahead of the elapsed time
  WallTime deploy;   // when v1.2 went live
  CheckPtr health = view.add("health"), login = view.add("login"), upgrade = view.add("upgrade"),
           chat = view.add("chat");
  std::vector<RuleSettings> rules = {outage("health"), outage("login"), outage("upgrade"),
                                     outage("chat")};
  std::unique_ptr<Engine> engine;
  std::map<std::string, std::string> notes;  // as the store keeps them

  HandEngine() { start(); }

  void start() {
    engine = std::make_unique<Engine>(
        view, EngineOptions{.external_url = "http://sonde:9811",
                            .runbook_base = "https://runbooks.example.com",
                            .suppressed =
                                [this](const Check& check, WallTime) {
                                  const bool all = in_maintenance.empty();
                                  const bool covered = all || in_maintenance.contains(check.name);
                                  return covered ? maintenance : "";
                                },
                            .deployed =
                                [this](const std::string&, WallTime since, WallTime until) {
                                  return since <= deploy && deploy <= until ? "deploy v1.2" : "";
                                },
                            .blind = [this](WallTime) { return blind; },
                            .now = [this] { return now; },
                            .elapsed = [this] { return elapsed(); }});
    engine->assign(rules);
    std::vector<StateRecord> kept;
    for (const auto& [key, text] : notes) kept.push_back({"alert", key, text});
    engine->restore(kept);
  }
  Instant elapsed() const { return Instant(now.time_since_epoch() - clock_set); }
  void set_clock(Span by) {
    clock_set += by;
    now += std::chrono::duration_cast<WallTime::duration>(by);
  }
  void save() {
    for (auto& note : engine->take_notes())
      if (note.text.empty())
        notes.erase(note.key);
      else
        notes[note.key] = std::move(note.text);
  }
  void after(Span span) {
    for (const WallTime end = now + std::chrono::duration_cast<WallTime::duration>(span);
         now < end;) {
      now = std::min(now + std::chrono::seconds(15), end);
      for (const auto& check : view.checks()) view.of(check).standing.last_run = now;
      engine->evaluate();
    }
    save();
  }
  void fail(const CheckPtr& check, Step step, std::uint64_t row = 3) {
    FailureGroup group{step, Reason::server_error, row, now, now, "HTTP 500"};
    auto& notified = view.of(check);
    notified.failures.groups = {group};
    notified.standing.last = Outcome::fail;
    notified.standing.consecutive_failures = row;
    notified.standing.failing_since = now;
    notified.standing.passing_since.reset();
    notified.standing.failing = group;
  }
  void pass(const CheckPtr& check) {
    auto& notified = view.of(check);
    notified.standing.last = Outcome::pass;
    notified.standing.consecutive_failures = 0;
    notified.standing.failing.reset();
    notified.standing.failing_since.reset();
    if (!notified.standing.passing_since) notified.standing.passing_since = now;
  }
  void run(const CheckPtr& check, Verdict verdict) {
    view.of(check).standing.last_run = now;
    auto result = std::make_shared<Result>();
    result->check = check;
    result->verdict = std::move(verdict);
    engine->accept(result);
  }
  // Names of what fires by now and pages, without those of the daemon.
  std::vector<std::string> paging() const { return names(true, false); }
  std::vector<std::string> held() const { return names(false, false); }
  std::vector<std::string> ended() const { return names(true, true); }
  std::vector<std::string> names(bool notified, bool over) const {
    std::vector<std::string> all;
    for (const auto& alert : engine->current())
      if (alert.notified == notified && alert.ended.has_value() == over && !alert.target.empty())
        all.push_back(alert.labels.at("alertname"));
    return all;
  }
  Alert find(const std::string& name) const {
    for (const auto& alert : engine->current())
      if (alert.labels.at("alertname") == name) return alert;
    ADD_FAILURE() << "no alert " << name;
    return {};
  }
};

}  // namespace sonde::alert
