#pragma once
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "probes/core/reason.hpp"
#include "probes/net/settings.hpp"

namespace sonde::net {

// An IPv4 or IPv6 address in text form, IPv4 first where both are asked and none is preferred.
struct Address {
  std::string text;
  bool v6 = false;
};

// Names to addresses with c-ares on the worker's loop. Literals and /etc/hosts ask nobody; one
// dead zone delays no other name. Cancelling abandons the wait, never blocks.
//
// NXDOMAIN and NODATA are failures of the target. On SERVFAIL or no answer the same servers are
// asked for ". NS": answered, the zone is at fault (dns_servfail, dns_timeout); else we are
// (own_dns, inconclusive). Cut before that is settled: own_dns, for nothing is known.
class Lookup {
 public:
  explicit Lookup(boost::asio::any_io_executor executor);
  ~Lookup();

  // Never returns an empty list. `line` chooses family and servers.
  boost::asio::awaitable<std::expected<std::vector<Address>, Failure>> resolve(
      const std::string& host, const ConnectionOptions& line);

  // Whether the servers ask the world: for a name that is new to them, any answer will do that a
  // zone stands behind. Failures: dns_nxdomain (of no zone), dns_servfail, dns_timeout, cut.
  boost::asio::awaitable<std::expected<void, Failure>> hear(const std::string& name,
                                                            const Dns& dns);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sonde::net
