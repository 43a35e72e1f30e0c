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
  const auto kept = kept_.find(key);
  if (text == (kept == kept_.end() ? "" : kept->second)) return;
  notes_.push_back({std::string(conclusions_component), key, text});
  if (text.empty())
    kept_.erase(kept);
  else
    kept_[key] = std::move(text);
}

std::vector<StateRecord> Conclusions::take_notes() { return std::exchange(notes_, {}); }

std::map<std::string, std::string> Conclusions::restore(std::span<const StateRecord> notes) {
  for (const StateRecord& note : notes)
    if (note.component == conclusions_component && !note.text.empty()) kept_[note.key] = note.text;
  return {kept_.begin(), kept_.end()};
}

}  // namespace sonde::app
