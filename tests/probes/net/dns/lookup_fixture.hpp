#pragma once
#include <chrono>
#include <string>

#include "probes/net/dns/lookup.hpp"
#include "tests/support/dns_server.hpp"
#include "tests/support/net_loop.hpp"

namespace sonde::net {

// The loopback addresses of a name.
inline test::DnsReply loopback_addresses(const std::string& type) {
  if (type == "A") return {.addresses = {"127.0.0.1"}};
  if (type == "AAAA") return {.addresses = {"::1"}};
  return {};
}

// Looks names up at a server of the test.
class LookupFixture : public test::NetLoop {
 protected:
  void ask(const test::DnsServer& server) { line.dns.servers = {server.address()}; }
  auto find(const std::string& name, Span limit = std::chrono::seconds(20)) {
    return run(network.lookup().resolve(name, line), limit);
  }
  std::string found(const std::string& name) {
    std::string all;
    const auto result = find(name);
    if (!result) return result.error().detail;
    for (const auto& address : *result) all += address.text + " ";
    return all;
  }
  Reason reason(const std::string& name, Span limit = std::chrono::seconds(20)) {
    const auto result = find(name, limit);
    return result ? Reason::ok : result.error().reason;
  }
};

}  // namespace sonde::net
