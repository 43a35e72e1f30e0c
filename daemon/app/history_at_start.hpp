#pragma once
#include "daemon/app/page_sources.hpp"
#include "daemon/app/persistence.hpp"
#include "daemon/core/view.hpp"
#include "daemon/metrics/metrics.hpp"

namespace sonde::app {

// Notes and logs at the start how many probes have a history, so that a daemon without one is not
// taken for one that has seen no failure. `stored`: there is a store that could have it.
void tell_history(const View& view, bool stored, LoadStatus& load);

// Counters begin at 0 again, except what alerts of Prometheus would miss: the rows of failures, and
// failures that a scraper had no time to see. Call it before there is a result; what the store
// answers is counted later, on the main thread, so `metrics` has to outlive its loop.
void resume_metrics(const View& view, Persistence& memory, metrics::Metrics& metrics);

}  // namespace sonde::app
