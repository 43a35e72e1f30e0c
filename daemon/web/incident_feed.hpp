#pragma once
#include <string>
#include <vector>

#include "daemon/core/incidents.hpp"

namespace sonde::web {

// The incidents of a target for readers of feeds. Ids and times depend on the incidents alone, so
// that a reader sees an entry as new once, and as updated when something of it changes.
struct IncidentFeed {
  std::string target;
  std::string external_url;               // of the daemon's pages; empty: links are relative
  std::vector<IncidentRecord> incidents;  // newest first
};

std::string as_atom(const IncidentFeed& feed);       // RFC 4287
std::string as_json_feed(const IncidentFeed& feed);  // JSON Feed 1.1

}  // namespace sonde::web
