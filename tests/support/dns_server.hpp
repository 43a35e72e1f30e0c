#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "probes/net/settings.hpp"
#include "tests/support/tcp_server.hpp"

namespace sonde::test {

// The reaction of a scripted DNS server to a query.
struct DnsReply {
  bool silent = false;
  int code = 0;  // 0 NOERROR, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED
  std::vector<std::string> addresses = {};
  bool of_zone = false;    // the authority section has the SOA of a zone
  std::string alias = {};  // answered as a CNAME that owns the addresses
  bool truncated = false;  // TC; there is no server on TCP
  bool garbage = false;    // truncated records
  bool held = false;       // sent after the next answer that is not held
};

// A DNS server on loopback UDP, ended by its destructor. The script gets the name in lower case
// ("" is the root) and the type: "A", "AAAA", "NS", or "TYPE<n>".
class DnsServer {
 public:
  using Script = std::function<DnsReply(const std::string& name, const std::string& type)>;
  explicit DnsServer(Script script, std::uint16_t port = 0);
  ~DnsServer();
  DnsServer(const DnsServer&) = delete;
  DnsServer& operator=(const DnsServer&) = delete;

  net::DnsServer address() const { return {.address = "127.0.0.1", .port = port_}; }
  int questions() const { return count_; }

 private:
  void answer_all(const std::stop_token& stop);

  Script script_;
  int socket_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> count_ = 0;
  std::jthread thread_;
};

// Answers one question over TCP, at a port where a DnsServer listens over UDP, and only after
// `slow`.
TcpServer::Script dns_over_tcp(DnsServer::Script script, std::chrono::milliseconds slow);

}  // namespace sonde::test
