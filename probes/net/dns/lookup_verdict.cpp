#include "probes/net/dns/lookup_verdict.hpp"

namespace sonde::net {
namespace {

bool either(const Known& known, DnsAnswer answer) {
  return known.v4 == answer || known.v6 == answer;
}

bool troubled(const Known& known) {
  return either(known, DnsAnswer::servfail) || either(known, DnsAnswer::unreadable) ||
         either(known, DnsAnswer::truncated) || either(known, DnsAnswer::silence);
}

Failure own(const std::string& host) {
  return {Reason::own_dns, host + ": the DNS servers do not answer \". NS\" either"};
}

Failure absent(const Known& known, const std::string& host) {
  if (either(known, DnsAnswer::bad_name))
    return {Reason::own_request, host + ": not a name that can be looked up"};
  if (either(known, DnsAnswer::nxdomain)) return {Reason::dns_nxdomain, host + ": no such name"};
  const bool one = known.family == Family::ipv4 || known.family == Family::ipv6;
  const std::string_view which = known.family == Family::ipv4 ? "IPv4 " : one ? "IPv6 " : "";
  return {Reason::dns_nodata, host + ": the name has no " + std::string(which) + "address"};
}

// The servers work, so the zone is at fault.
Failure zone_fault(const Known& known, const std::string& host) {
  if (either(known, DnsAnswer::servfail))
    return {Reason::dns_servfail,
            host + ": SERVFAIL, REFUSED or another error, though \". NS\" is answered"};
  if (either(known, DnsAnswer::unreadable))
    return {Reason::dns_servfail,
            host + ": an answer that cannot be read, though \". NS\" is answered"};
  if (either(known, DnsAnswer::truncated))
    return {Reason::dns_timeout,
            host + ": " + std::string(truncated) + ", though \". NS\" is answered"};
  return {Reason::dns_timeout, host + ": no answer, though \". NS\" is answered"};
}

Conclusion ended(std::expected<std::vector<Address>, Failure> result) {
  return {.ask_root = false, .end = std::move(result)};
}

}  // namespace

Conclusion conclude(const Known& known, const std::string& host) {
  const bool complete = known.v4 && known.v6;
  const bool strict = known.family == Family::each;
  const bool useful = !known.found.empty() && !(strict && troubled(known));
  if (useful && (complete || (known.enough && !strict))) return ended(known.found);
  if (complete && !troubled(known)) return ended(std::unexpected(absent(known, host)));
  if (!complete) return {.ask_root = known.slow, .end = {}};
  if (!known.root) return {.ask_root = true, .end = {}};
  return ended(std::unexpected(*known.root ? zone_fault(known, host) : own(host)));
}

Failure conclude_cut(const Known& known, const std::string& host) {
  if (known.root == true) return zone_fault(known, host);
  if (known.root == false) return own(host);
  return {Reason::own_dns, host + ": cut before it was known who does not answer"};
}

}  // namespace sonde::net
