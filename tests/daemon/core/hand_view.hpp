#pragma once
#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/core/change.hpp"
#include "daemon/core/view.hpp"

namespace sonde {

inline std::shared_ptr<Check> make_check(std::string kind, std::string target = "staging",
                                         std::string name = "") {
  using enum Step;
  static const std::map<std::string, std::vector<Step>> steps = {
      {"health", {health}},
      {"login", {login}},
      {"upgrade", {login, upgrade, ready, hold, refuse}},
      {"chat", {login, upgrade, ready, events, answer}},
      {"isolation", {login, upgrade, ready, events, answer, isolation}}};
  auto check = std::make_shared<Check>();
  check->name = name.empty() ? kind : std::move(name);
  check->kind = kind;
  check->target = std::move(target);
  check->every = std::chrono::seconds(15);
  check->timeout = std::chrono::seconds(10);
  check->steps = steps.at(kind);
  if (kind == "chat") check->events = {"agent_started", "tool_completed", "agent_completed"};
  return check;
}

// A View that says what a test writes into it, whatever the window and the time.
class HandView : public View {
 public:
  struct Reply {
    std::vector<std::pair<Rate, Tally>> tallies;  // in every window that has none of its own
    std::vector<std::pair<std::pair<Rate, std::chrono::seconds>, Tally>> windows;
    std::vector<Tally> days;  // oldest first
    Failures failures;
    CheckStatus standing;
    std::optional<Quantile> quantile;
  };

  std::shared_ptr<const Check> add(std::shared_ptr<const Check> check) {
    checks_.push_back(check);
    return check;
  }
  std::shared_ptr<const Check> add(std::string kind, std::string target = "staging") {
    return add(make_check(std::move(kind), std::move(target)));
  }
  // The same checks, as a reload reads them anew.
  void reload() {
    for (auto& check : checks_) check = std::make_shared<Check>(*check);
  }
  void replace(std::shared_ptr<const Check>& check, std::shared_ptr<const Check> with) {
    std::ranges::replace(checks_, check, with);
    check = std::move(with);
  }
  void remove(const std::shared_ptr<const Check>& check) { std::erase(checks_, check); }
  Reply& of(const std::shared_ptr<const Check>& check) { return told_[key_of(*check)]; }

  // `attempts` of which `failures` failed.
  void tally(const std::shared_ptr<const Check>& check, Rate rate, Tally tally) {
    auto& all = of(check).tallies;
    std::erase_if(all, [&](const auto& one) { return one.first == rate; });
    all.emplace_back(std::move(rate), tally);
  }
  void tally(const std::shared_ptr<const Check>& check, Rate rate, std::chrono::seconds window,
             Tally tally) {
    auto& all = of(check).windows;
    std::erase_if(all, [&](const auto& one) {
      return one.first.first == rate && one.first.second == window;
    });
    all.emplace_back(std::pair(std::move(rate), window), tally);
  }

  std::span<const std::shared_ptr<const Check>> checks() const override { return checks_; }
  std::vector<Rate> rates(const Check& check) const override {
    std::vector<Rate> all = {{}};
    for (Step step : {Step::login, Step::upgrade})
      if (std::ranges::find(check.steps, step) != check.steps.end())
        all.push_back({.of = RateOf::auth, .step = step, .event = {}});
    for (const auto& event : check.events)
      all.push_back({.of = RateOf::delivery, .step = {}, .event = event});
    return all;
  }
  Tally tally(const Check& check, const Rate& rate, std::chrono::seconds length,
              WallSeconds) const override {
    const Reply* notified = find(check);
    if (notified == nullptr) return {};
    for (const auto& [what, tally] : notified->windows)
      if (what.first == rate && what.second == length) return tally;
    for (const auto& [what, tally] : notified->tallies)
      if (what == rate) return tally;
    return {};
  }
  std::vector<Tally> days(const Check& check, std::size_t count, WallSeconds) const override {
    const Reply* notified = find(check);
    std::vector<Tally> all = notified != nullptr ? notified->days : std::vector<Tally>();
    all.insert(all.begin(), count - std::min(count, all.size()), Tally{});
    return all;
  }
  Failures failures(const Check& check, std::chrono::seconds, WallSeconds) const override {
    const Reply* notified = find(check);
    return notified != nullptr ? notified->failures : Failures{};
  }
  CheckStatus standing(const Check& check) const override {
    const Reply* notified = find(check);
    return notified != nullptr ? notified->standing : CheckStatus{};
  }
  std::optional<Quantile> quantile(const Check& check, Timed, double, std::chrono::seconds,
                                   WallSeconds) const override {
    const Reply* notified = find(check);
    return notified != nullptr ? notified->quantile : std::nullopt;
  }

 private:
  const Reply* find(const Check& check) const {
    const auto found = told_.find(key_of(check));
    return found != told_.end() ? &found->second : nullptr;
  }

  std::vector<std::shared_ptr<const Check>> checks_;
  std::map<std::string, Reply> told_;
};

}  // namespace sonde
