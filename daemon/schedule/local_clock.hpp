#pragma once
#include <chrono>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "probes/core/trace.hpp"
#include "probes/net/network.hpp"

namespace sonde::schedule {

// Whether something, NTP as a rule, keeps the clock of this machine: adjtimex(2).
bool clock_is_kept();

// Why a certificate that is not valid now is our own clock's fault: the server's is more than five
// minutes away from ours, and in its time the certificate is valid. Empty: it is not. Pure.
std::string clock_blame(std::chrono::sys_seconds ours, std::chrono::sys_seconds servers,
                        const TlsFacts& certificate);

// Asks whether our own clock made a certificate look expired, where nothing keeps it; one that is
// kept is right, and the server's may be wrong.
class LocalClock {
 public:
  using Kept = bool (*)();
  explicit LocalClock(Kept kept = clock_is_kept) : kept_(kept) {}
  void use(net::Network& network) { network_ = &network; }  // which outlives this

  // As clock_blame(), of the certificate that a failed run met last; known within five seconds.
  boost::asio::awaitable<std::string> blame(const Trace& trace) const;

 private:
  Kept kept_;
  net::Network* network_ = nullptr;
};

}  // namespace sonde::schedule
