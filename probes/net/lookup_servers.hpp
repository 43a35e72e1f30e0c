#pragma once
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "probes/net/lookup_channel.hpp"

namespace sonde::net {

// The channels to one list of DNS servers. A question has a channel to itself; channels whose
// question was answered are kept, at most eight, so that a name that is asked for again and again
// costs no new socket.
class LookupServers : public std::enable_shared_from_this<LookupServers> {
 public:
  LookupServers(boost::asio::any_io_executor executor, DnsConfig config);

  // A channel that nobody asks. Who drops it with its question open hears nothing more.
  std::shared_ptr<LookupChannel> take();
  // Takes it back once its question was answered.
  void put(std::shared_ptr<LookupChannel> channel);
  // ". NS": `found` if the servers work. Who asks while an answer is awaited shares it.
  void ask_root(LookupChannel::Done done);

 private:
  void root_answered(DnsAnswer answer);

  boost::asio::any_io_executor executor_;
  DnsConfig config_;
  std::vector<std::shared_ptr<LookupChannel>> idle_;
  std::shared_ptr<LookupChannel> root_;  // while ". NS" is asked
  std::vector<LookupChannel::Done> root_waiters_;
};

}  // namespace sonde::net
