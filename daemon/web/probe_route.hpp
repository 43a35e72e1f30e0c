#pragma once
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/web/web.hpp"
#include "probes/core/check.hpp"

namespace sonde::web {

// A run that was asked for, as text.
struct ProbeReport {
  std::string metrics;  // in the text format of Prometheus
  std::string trace;    // for people; without secrets
};

// What /probe needs from the daemon; called on the main thread. Without functions it answers 404.
struct ProbeHooks {
  // All of the file, also those that other shards run.
  std::function<std::span<const std::shared_ptr<const Check>>()> checks;
  // Runs a check now; nullopt: it cannot be run now. Ends at `limit`.
  using Done = std::function<void(std::optional<ProbeReport>)>;
  std::function<void(const std::shared_ptr<const Check>&, Instant limit, Done)> run;
};

// The check that a query names: `module` is a probe and `target` its target, both as in the file.
// The error says what is wrong, for people.
std::expected<std::shared_ptr<const Check>, std::string> probe_of(
    std::span<const std::shared_ptr<const Check>> checks, std::string_view query);

// How long a run may take for a scraper that waits as long as the header
// X-Prometheus-Scrape-Timeout-Seconds says: half a second less, so that the answer arrives in time,
// or half of less than a second. `own` is the timeout of the check; never longer. The error says
// what is wrong with the header.
std::expected<Span, std::string> probe_limit(std::string_view header, Span own);

// GET /probe?target=TARGET&module=PROBE, as blackbox_exporter has it, but for configured probes
// alone; `debug=true` shows the trace.
Route probe_route(ProbeHooks hooks);

}  // namespace sonde::web
