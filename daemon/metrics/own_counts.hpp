#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/metrics/histogram.hpp"
#include "daemon/metrics/metrics_page.hpp"
#include "daemon/metrics/process.hpp"

namespace sonde::metrics {

// Counters about the daemon itself. Pure, except that write() gets further facts.
class OwnCounts {
 public:
  OwnCounts(std::string version, std::string revision, std::size_t workers);

  void late(int worker, Span lateness);
  void loaded(bool succeeded, std::string hash, double unix_seconds);
  void served(const std::string& handler, unsigned code, Span took);

  // `unix_seconds`: the time now, by the clock of which all times on the page are. `written`: log
  // lines by level; `lost_lines`: how many of them were lost.
  void write(Page& page, double unix_seconds, const std::optional<ProcessFacts>& process,
             const std::vector<std::pair<std::string_view, std::uint64_t>>& written,
             std::uint64_t lost_lines) const;

 private:
  void write_build(Page& page) const;
  void write_config(Page& page) const;
  void write_scheduler(Page& page) const;
  void write_http(Page& page) const;

  std::string version_, revision_;
  std::vector<Histogram> lateness_;  // by worker
  std::optional<bool> load_succeeded_;
  std::optional<double> loaded_at_;
  std::string hash_;
  std::map<std::pair<std::string, unsigned>, std::uint64_t> requests_;  // by handler and code
  std::map<std::string, Histogram> request_times_;
};

}  // namespace sonde::metrics
