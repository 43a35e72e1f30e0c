#include "probes/dialect/own_runs.hpp"

#include <algorithm>

#include "probes/text/match.hpp"

namespace sonde::dialect {
namespace {

constexpr std::size_t runs_max = 256, run_id_max = 256;

}  // namespace

void OwnRuns::note(std::string_view id) {
  if (id.empty() || id.size() > run_id_max || std::ranges::find(ids_, id) != ids_.end()) return;
  ids_.emplace_front(id);
  if (ids_.size() > runs_max) ids_.pop_back();
}

bool OwnRuns::knows(std::string_view id) const {
  return std::ranges::any_of(ids_, [&](const auto& own) { return text::same_value(own, id); });
}

}  // namespace sonde::dialect
