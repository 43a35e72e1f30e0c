#include "daemon/metrics/own_counts.hpp"

#include <openssl/opensslv.h>

#include <boost/version.hpp>

namespace sonde::metrics {
namespace {

using enum FamilyType;

void write_one(Page& page, std::string_view name, std::string_view help, FamilyType type,
               double value) {
  page.family(name, help, type);
  page.value({}, value);
}

// Names and help texts that every client library of Prometheus uses.
void write_process(Page& page, const ProcessFacts& facts) {
  write_one(page, "process_cpu_seconds_total", "Total user and system CPU time spent in seconds.",
            counter, facts.cpu_seconds);
  write_one(page, "process_open_fds", "Number of open file descriptors.", gauge,
            static_cast<double>(facts.open_fds));
  write_one(page, "process_max_fds", "Maximum number of open file descriptors.", gauge,
            static_cast<double>(facts.max_fds));
  write_one(page, "process_virtual_memory_bytes", "Virtual memory size in bytes.", gauge,
            static_cast<double>(facts.virtual_bytes));
  write_one(page, "process_resident_memory_bytes", "Resident memory size in bytes.", gauge,
            static_cast<double>(facts.resident_bytes));
  write_one(page, "process_start_time_seconds",
            "Start time of the process since unix epoch in seconds.", gauge, facts.start_seconds);
  write_one(page, "process_threads", "Number of OS threads in the process.", gauge,
            static_cast<double>(facts.threads));
}

}  // namespace

OwnCounts::OwnCounts(std::string version, std::string revision, std::size_t workers)
    : version_(std::move(version)),
      revision_(std::move(revision)),
      lateness_(workers, Histogram(lateness_bounds)) {}

void OwnCounts::late(int worker, Span lateness) {
  lateness_.at(static_cast<std::size_t>(worker)).observe(lateness);
}

void OwnCounts::loaded(bool succeeded, std::string hash, double unix_seconds) {
  load_succeeded_ = succeeded;
  hash_ = std::move(hash);
  if (succeeded) loaded_at_ = unix_seconds;
}

void OwnCounts::served(const std::string& handler, unsigned code, Span took) {
  ++requests_[{handler, code}];
  request_times_.try_emplace(handler, latency_bounds).first->second.observe(took);
}

void OwnCounts::write(Page& page, double unix_seconds, const std::optional<ProcessFacts>& process,
                      const std::vector<std::pair<std::string_view, std::uint64_t>>& written,
                      std::uint64_t lost_lines) const {
  write_build(page);
  write_one(page, "sonde_time_seconds", "Unix time of this page, by the daemon's own clock.", gauge,
            unix_seconds);
  write_config(page);
  write_scheduler(page);
  write_http(page);
  page.family("sonde_log_messages_total", "Log messages emitted, by level.", counter);
  for (const auto& [level, count] : written)
    page.value({{"level", level}}, static_cast<double>(count));
  page.family("sonde_log_messages_lost_total",
              "Log messages that were lost because nothing read them in time.", counter);
  page.value({}, static_cast<double>(lost_lines));
  if (process) write_process(page, *process);
}

void OwnCounts::write_build(Page& page) const {
  page.family("sonde_build_info", "Build metadata of the running binary, always 1.", gauge);
  page.value({{"version", version_},
              {"revision", revision_},
              {"compiler", __VERSION__},
              {"boost", BOOST_LIB_VERSION},
              {"openssl", OPENSSL_VERSION_STR}},
             1);
}

void OwnCounts::write_config(Page& page) const {
  if (!load_succeeded_) return;
  page.family("sonde_config_info", "Hash of the active configuration, always 1.", gauge);
  page.value({{"hash", hash_}}, 1);
  write_one(page, "sonde_config_last_reload_successful",
            "Whether the last configuration reload attempt succeeded.", gauge, *load_succeeded_);
  if (loaded_at_)
    write_one(page, "sonde_config_last_reload_success_timestamp_seconds",
              "Unix time of the last successful configuration load.", gauge, *loaded_at_);
}

void OwnCounts::write_scheduler(Page& page) const {
  page.family("sonde_scheduler_lateness_seconds",
              "Delay between the scheduled and the actual start of a run.", histogram);
  for (std::size_t i = 0; i < lateness_.size(); ++i)
    page.histogram({{"worker", std::to_string(i)}}, lateness_[i]);
}

void OwnCounts::write_http(Page& page) const {
  page.family("sonde_http_requests_total", "HTTP requests served by the daemon.", counter);
  for (const auto& [key, count] : requests_)
    page.value({{"handler", key.first}, {"code", std::to_string(key.second)}},
               static_cast<double>(count));
  page.family("sonde_http_request_duration_seconds",
              "Duration of HTTP requests served by the daemon.", histogram);
  for (const auto& [handler, times] : request_times_) page.histogram({{"handler", handler}}, times);
}

}  // namespace sonde::metrics
