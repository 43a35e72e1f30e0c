#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "probes/net/dns/lookup_verdict.hpp"

struct ares_channeldata;

namespace sonde::net {

// Queries to one list of DNS servers, by c-ares on the loop. Names are absolute: no search domain
// is appended. A query without an answer ends after 4.8 to 7.2 seconds. Callbacks are called from
// the loop, never from within a call; on destruction the pending ones get `silence`.
//
// A truncated answer over UDP (TC) is `truncated`, and is not repeated over TCP here, because
// c-ares ends all queries to a server when its TCP connection fails. Callers that need the whole
// answer ask again over a separate TCP channel; a failure there is `truncated` too.
class LookupChannel : public std::enable_shared_from_this<LookupChannel> {
 public:
  using Done = std::function<void(DnsAnswer, std::vector<Address>)>;

  enum class Over : std::uint8_t { udp, tcp };
  // An empty list means the system's servers, as they are now.
  LookupChannel(const boost::asio::any_io_executor& executor, const std::vector<DnsServer>& servers,
                Over over);
  ~LookupChannel();
  LookupChannel(const LookupChannel&) = delete;
  LookupChannel& operator=(const LookupChannel&) = delete;

  void ask(const std::string& name, bool v6, Done done);
  // Whether the name has an IPv4 address, according to its zone: a NXDOMAIN or NODATA without an
  // authority section (RFC 2308 section 2.1) is `made_up`.
  void ask_zone(const std::string& name, Done done);
  // Asks for ". NS": `found` if the servers work. Concurrent calls share one answer.
  void ask_root(Done done);

 private:
  struct Question;
  struct Watch;
  static void answered(void* question, int status, int, unsigned char* bytes, int size);
  static void socket_changed(void* channel, int fd, int readable, int writable);
  void root_answered(DnsAnswer answer);
  void send(std::unique_ptr<Question> question, const char* name, int type);
  void watch(int fd, bool readable, bool writable);
  void await_readable(const std::shared_ptr<Watch>& watch);
  void await_writable(const std::shared_ptr<Watch>& watch);
  void arm_timer();

  boost::asio::any_io_executor executor_;
  boost::asio::steady_timer timer_;
  std::map<int, std::shared_ptr<Watch>> watches_;
  std::vector<Done> root_waiters_;
  Over over_;
  ares_channeldata* ares_ = nullptr;
};

}  // namespace sonde::net
