#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "probes/net/lookup_verdict.hpp"

struct ares_channeldata;

namespace sonde::net {

// How the servers are asked, as resolv.conf or the configuration has it.
struct DnsConfig {
  std::vector<DnsServer> servers;
  bool rotate = false;  // begins with another server each time
};
// What /etc/resolv.conf says now; without a usable line, the resolver on this machine.
DnsConfig system_dns();

// One question at a time to a list of DNS servers, by c-ares on the loop. c-ares ends all questions
// of a server when its TCP connection fails; so that a lookup fails by its own trouble alone, each
// question has a channel to itself. Names are absolute: no search domain is put to them. An
// unanswered question ends after 4.8 to 7.2 seconds, one that is still open when this ends never.
class LookupChannel : public std::enable_shared_from_this<LookupChannel> {
 public:
  // Called from the loop, never from within a call.
  using Done = std::function<void(DnsAnswer, std::vector<Address>)>;

  LookupChannel(const boost::asio::any_io_executor& executor, const DnsConfig& config);
  ~LookupChannel();
  LookupChannel(const LookupChannel&) = delete;
  LookupChannel& operator=(const LookupChannel&) = delete;

  void ask(const std::string& name, bool v6, Done done);
  // Whether the name has an IPv4 address, from a server that asks the zone: a NXDOMAIN or NODATA
  // without an authority (RFC 2308 2.1) is `made_up`.
  void ask_zone(const std::string& name, Done done);
  // ". NS": `found` if the servers work; what is truncated is an answer here.
  void ask_root(Done done);
  // Whether it may be asked again: the last question was answered, and over UDP.
  bool is_sound() const { return sound_; }

 private:
  struct Question;
  struct Watch;
  static void answered(void* question, int status, int, unsigned char* bytes, int size);
  static void socket_changed(void* channel, int fd, int readable, int writable);
  static int socket_made(int fd, int type, void* channel);
  void send(std::unique_ptr<Question> question, const char* name, int type);
  void watch(int fd, bool readable, bool writable);
  void await_readable(const std::shared_ptr<Watch>& watch);
  void await_writable(const std::shared_ptr<Watch>& watch);
  void arm_timer();

  boost::asio::any_io_executor executor_;
  boost::asio::steady_timer timer_;
  std::map<int, std::shared_ptr<Watch>> watches_;
  ares_channeldata* ares_ = nullptr;
  bool over_tcp_ = false;  // the answer over UDP was truncated
  bool sound_ = false;
};

}  // namespace sonde::net
