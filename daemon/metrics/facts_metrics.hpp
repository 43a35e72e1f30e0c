#pragma once
#include "daemon/core/view.hpp"
#include "daemon/metrics/metrics_page.hpp"

namespace sonde::metrics {

// The families of what the rooms say of themselves. What is not known, or empty, has no series.
void write_window_families(Page& page, const std::vector<WindowFacts>& windows);
void write_alert_families(Page& page, const Facts& facts);
void write_receiver_families(Page& page, const std::vector<ReceiverFacts>& receivers);
void write_store_families(Page& page, const StoreFacts& store);
void write_surroundings(Page& page, const Facts& facts);  // maintenance, egress, heartbeat

}  // namespace sonde::metrics
