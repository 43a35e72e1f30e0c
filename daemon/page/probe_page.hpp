#pragma once
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/run_record.hpp"
#include "daemon/page/chart.hpp"
#include "daemon/page/facts.hpp"

namespace sonde::page {

// What a reader asks for in the query of a probe's page.
struct ProbeQuery {
  std::chrono::hours range{6};  // of the chart: 6, 24 or 168
  std::string outcome, reason;  // of the list, by name, the reason as "stalled" or "events/stalled"
  std::int64_t before = 0;      // only runs older than this row

  // The error names the wrong value and says what is allowed; unknown parameters are left alone.
  static std::expected<ProbeQuery, std::string> read(std::string_view query);
  // The same as a query: "range=6h&outcome=fail".
  std::string text() const;
  // What the store is asked for the list.
  RunQuery list(const Check& check) const;
};

struct ProbeView {
  WallTime now;
  std::string version;
  CheckFacts facts;
  ProbeQuery query;
  std::vector<Tally> days;
  Failures failures;                // last 24 hours
  std::vector<RunRow> chart;        // in the range, newest first
  std::vector<RunRow> list;         // of the query, newest first
  std::size_t page_size = 50;       // a full list may have older ones
  std::string store_error;          // why there are none; empty: the store answered
  std::vector<AlertRecord> alerts;  // about this probe or its target
  std::vector<AlertFacts> firing;   // of those, what fires now
  bool admin = false;
};

std::string probe_page(const ProbeView& view);

// A run as a row of a table.
std::string run_row(const RunRow& run, WallTime now);

}  // namespace sonde::page
