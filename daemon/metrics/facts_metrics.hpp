#pragma once
#include "daemon/core/view.hpp"
#include "daemon/metrics/metrics_page.hpp"

namespace sonde::metrics {

// Write the metric families for the facts of the components. Unknown or empty values have no
// series.
void write_window_families(Page& page, const std::vector<WindowFacts>& windows);
void write_alert_families(Page& page, const Facts& facts);
void write_receiver_families(Page& page, const std::vector<ReceiverFacts>& receivers);
void write_store_families(Page& page, const StoreFacts& store);
void write_surroundings(Page& page, const Facts& facts);  // maintenance, egress, heartbeat

}  // namespace sonde::metrics
