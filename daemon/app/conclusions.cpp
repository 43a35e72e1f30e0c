#include "daemon/app/conclusions.hpp"

#include <string_view>
#include <utility>

namespace sonde::app {
namespace {

constexpr std::string_view conclusions_component = "conclusions";

}  // namespace

void Conclusions::accept(const ResultPtr& result) {
  const Outcome outcome = result->verdict.outcome;
  if (outcome != Outcome::pass && outcome != Outcome::fail) return;
  const bool known = outcome == Outcome::fail && !result->conclusions.empty();
  const std::string key = key_of(*result->check);
  std::string text = known ? result->check->fingerprint + "\n" + result->conclusions : "";
  std::string& kept = kept_[key];
  if (kept == text) return;
  kept = std::move(text);
  notes_.push_back({std::string(conclusions_component), key, kept});
}

std::vector<StateRecord> Conclusions::take_notes() { return std::exchange(notes_, {}); }

std::map<std::string, std::string> Conclusions::restore(std::span<const StateRecord> notes) {
  for (const StateRecord& note : notes)
    if (note.component == conclusions_component) kept_[note.key] = note.text;
  return kept_;
}

}  // namespace sonde::app
