#pragma once
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/net/dns/lookup.hpp"

namespace sonde::net {

// What the DNS said of a name and a family. `made_up`: a nxdomain or nodata that names no zone,
// where that was asked for. `truncated`: the answer over UDP was cut short, and TCP, which has the
// whole one, failed; what it holds is not used (RFC 2181 9).
enum class DnsAnswer : std::uint8_t {
  found,
  nodata,
  nxdomain,
  servfail,
  unreadable,
  truncated,
  silence,
  bad_name,
  made_up
};

inline constexpr std::string_view truncated =
    "the answer was truncated, and TCP to the DNS server failed";

// What is known of a name so far; families that are not asked for are `nodata` from the start.
struct Known {
  Family family = Family::any;
  std::optional<DnsAnswer> v4, v6;  // empty: not yet answered
  std::vector<Address> found;       // IPv4 first
  std::optional<bool> root;         // whether the servers answered ". NS"; empty: not known
  bool slow = false;                // no answer for a while
  bool enough = false;              // addresses were found, and the other family had its chance
};

// What follows from it: wait, wait but ask the servers for ". NS" (if that was not done), or end.
struct Conclusion {
  bool ask_root = false;
  std::optional<std::expected<std::vector<Address>, Failure>> end;
};
Conclusion conclude(const Known& known, const std::string& host);

// What follows when the run is cut now.
Failure conclude_cut(const Known& known, const std::string& host);

}  // namespace sonde::net
