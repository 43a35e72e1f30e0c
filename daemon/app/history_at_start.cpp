#include "daemon/app/history_at_start.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "daemon/log/log.hpp"

namespace sonde::app {

void tell_history(const View& view, bool stored, LoadStatus& load) {
  const auto all = view.checks();
  load.probes = all.size();
  load.restored = static_cast<std::size_t>(std::ranges::count_if(
      all, [&view](const auto& check) { return view.standing(*check).last_run.has_value(); }));
  if (!stored || all.empty()) return;
  if (load.restored == 0)
    log::say(log::Level::info, "starts without history: rates and alerts begin now");
  else
    log::say(log::Level::info, "restored rates and alert states",
             {{"probes", fmt::format("{} of {}", load.restored, load.probes)}});
}

void resume_metrics(const View& view, Persistence& memory, metrics::Metrics& metrics) {
  std::optional<WallTime> ended;
  for (const auto& check : view.checks()) {
    const CheckStatus before = view.standing(*check);
    metrics.resume_row(*check, before.consecutive_failures);
    ended = std::max(ended, before.last_run);
  }
  if (!ended || memory.store() == nullptr) return;
  constexpr Span shown_before = std::chrono::minutes(30);
  constexpr std::size_t runs_max = 20'000;
  memory.store()->runs({.check = {},
                        .outcome = Outcome::fail,
                        .since = *ended - shown_before,
                        .until = std::chrono::system_clock::now(),
                        .limit = runs_max},
                       [&metrics, ended](store::Store::Runs runs) {
                         if (runs) metrics.count_unseen(std::move(*runs), *ended);
                       });
}

}  // namespace sonde::app
