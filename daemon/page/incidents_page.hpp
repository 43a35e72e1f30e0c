#pragma once
#include <string>
#include <vector>

#include "daemon/core/view.hpp"

namespace sonde::page {

struct IncidentsView {
  WallTime now;
  std::string version;
  std::string target;                // the filter; empty: all
  std::vector<AlertRecord> records;  // newest first
};

// What fired, from when to when, who was notified of it and when, and who acknowledged it.
std::string incidents_page(const IncidentsView& view);

}  // namespace sonde::page
