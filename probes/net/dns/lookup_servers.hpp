#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "probes/net/dns/lookup_channel.hpp"

namespace sonde::net {

// The channels to one list of DNS servers: one over UDP for all questions, and for each answer that
// was cut short one over TCP, so that a TCP connection that fails fails no other question. At most
// 16 of these at a time (75 KB each); what is more waits.
class LookupServers : public std::enable_shared_from_this<LookupServers> {
 public:
  using Done = LookupChannel::Done;

  // No servers: the system's, as they are now.
  LookupServers(boost::asio::any_io_executor executor, std::vector<DnsServer> servers);

  // As those of a LookupChannel; `truncated` is final here: TCP failed as well.
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
  std::vector<std::shared_ptr<LookupChannel>> tcp_;  // each with one question
  std::deque<std::function<void()>> waiting_;
};

}  // namespace sonde::net
