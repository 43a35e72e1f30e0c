#pragma once
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/net/dns/lookup.hpp"

namespace sonde::net {

// The answer of the DNS for a name and an address family. `made_up`: a nxdomain or nodata without a
// zone, where one was required. `truncated`: the answer over UDP was truncated, and TCP, which has
// the whole answer, failed; its content is not used (RFC 2181 section 9).
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

// What is known about a name so far; families that are not requested are `nodata` from the start.
struct Known {
  Family family = Family::any;
  std::optional<DnsAnswer> v4, v6;  // empty: not answered yet
  std::vector<Address> found;       // IPv4 first
  std::optional<bool> root;         // whether the servers answered ". NS"; empty: not known
  bool slow = false;                // no answer for a while
  bool enough = false;              // addresses were found, and the other family had enough time
};

// The next action: wait, ask the servers for ". NS" (if that was not done) and wait, or end.
struct Conclusion {
  bool ask_root = false;
  std::optional<std::expected<std::vector<Address>, Failure>> end;
};
Conclusion conclude(const Known& known, const std::string& host);

// The failure if the run is cancelled now.
Failure conclude_cut(const Known& known, const std::string& host);

}  // namespace sonde::net
