#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "probes/net/dns/lookup_channel.hpp"

namespace sonde::net {

// The channels to one list of DNS servers: one over UDP for all queries, and one over TCP for each
// truncated answer, so that a failing TCP connection affects no other query. At most 16 TCP
// channels at a time (75 KB each); further queries wait.
class LookupServers : public std::enable_shared_from_this<LookupServers> {
 public:
  using Done = LookupChannel::Done;

  // An empty list means the system's servers, as they are now.
  LookupServers(boost::asio::any_io_executor executor, std::vector<DnsServer> servers);

  // As in LookupChannel, but `truncated` is final: TCP failed as well.
  void ask(const std::string& name, bool v6, Done done);
  void ask_zone(const std::string& name, Done done);
  void ask_root(Done done);

 private:
  using Ask = std::function<void(LookupChannel&, Done)>;
  Done or_over_tcp(Ask ask, Done done);
  void ask_over_tcp(const Ask& ask, Done done);

  boost::asio::any_io_executor executor_;
  std::vector<DnsServer> servers_;
  std::shared_ptr<LookupChannel> udp_;
  std::vector<std::shared_ptr<LookupChannel>> tcp_;  // each with one query
  std::deque<std::function<void()>> waiting_;
};

}  // namespace sonde::net
