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

// An IPv4 or IPv6 address in text form; IPv4 comes first if both are asked for and none is
// preferred.
struct Address {
  std::string text;
  bool v6 = false;
};

// Resolves names with c-ares on the worker's loop. Literals and /etc/hosts need no query; an
// unresponsive zone delays no other name. Cancelling stops the wait at once and never blocks.
//
// NXDOMAIN and NODATA are failures of the target. After SERVFAIL or no answer the same servers are
// asked for ". NS": if they answer, the zone is at fault (dns_servfail, dns_timeout); otherwise we
// are (own_dns, inconclusive). Cancelled before that is settled: own_dns, because the cause is not
// known.
class Lookup {
 public:
  explicit Lookup(boost::asio::any_io_executor executor);
  ~Lookup();

  // Never returns an empty list. `line` selects family and servers.
  boost::asio::awaitable<std::expected<std::vector<Address>, Failure>> resolve(
      const std::string& host, const ConnectionOptions& line);

  // Whether the servers can reach other name servers: for a name that they do not have cached, any
  // answer from a zone is sufficient. Failures: dns_nxdomain (not from a zone), dns_servfail,
  // dns_timeout, cut.
  boost::asio::awaitable<std::expected<void, Failure>> hear(const std::string& name,
                                                            const Dns& dns);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sonde::net
