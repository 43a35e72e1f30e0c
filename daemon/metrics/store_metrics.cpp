#include "daemon/metrics/facts_metrics.hpp"

namespace sonde::metrics {
namespace {

using enum FamilyType;

void write_count(Page& page, std::string_view name, std::string_view help, std::uint64_t count) {
  page.family(name, help, counter);
  page.value({}, static_cast<double>(count));
}

}  // namespace

void write_store_families(Page& page, const StoreFacts& store) {
  if (!store.enabled) return;
  write_count(page, "sonde_store_writes_total", "Batches written to the local history store.",
              store.writes);
  write_count(page, "sonde_store_write_errors_total",
              "Batches that could not be written to the local history store.", store.write_errors);
  write_count(page, "sonde_store_rows_lost_total",
              "Rows that were given up because the local history store could not take them.",
              store.rows_lost);
  write_count(page, "sonde_store_corruptions_total",
              "Files of the local history store that were corrupt and moved aside.", store.corrupt);
  page.family("sonde_store_degraded", "Whether the local history store is losing rows.", gauge);
  page.value({}, store.degraded);
  page.family("sonde_store_size_bytes", "Size of the local history store files.", gauge);
  for (const auto& [file, bytes] : store.size_bytes)
    page.value({{"file", file}}, static_cast<double>(bytes));
  page.family("sonde_store_write_duration_seconds",
              "Duration of writes to the local history store.", histogram);
  page.histogram({}, store.durations_bounds, store.durations, store.durations_sum);
}

void write_surroundings(Page& page, const Facts& facts) {
  page.family("sonde_maintenance_active",
              "Whether a maintenance window currently covers the probe.", gauge);
  for (const MaintenanceFacts& of : facts.maintenance)
    page.value({{"probe", of.probe}, {"kind", of.kind}, {"target", of.target}}, of.active);
  page.family("sonde_egress_up", "Whether the prober reaches its own reference endpoints.", gauge);
  if (facts.egress_up) page.value({}, *facts.egress_up);
  page.family("sonde_heartbeat_last_success_timestamp_seconds",
              "Unix time of the last outgoing heartbeat that was taken.", gauge);
  if (facts.heartbeat) page.value({}, unix_seconds(*facts.heartbeat));
}

}  // namespace sonde::metrics
