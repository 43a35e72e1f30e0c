#pragma once
#include <chrono>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "probes/core/trace.hpp"
#include "probes/net/network.hpp"

namespace sonde::schedule {

// Whether the clock of this machine is synchronized, usually by NTP: adjtimex(2).
bool clock_is_kept();

// Returns why a certificate that is not valid now is the fault of our own clock: the server's clock
// differs from ours by more than five minutes, and the certificate is valid at the server's time.
// Empty: it is not. Pure.
std::string clock_blame(std::chrono::sys_seconds ours, std::chrono::sys_seconds servers,
                        const TlsFacts& certificate);

// Decides whether our own clock made a certificate look expired. Only if the clock is not
// synchronized: a synchronized clock is right, and the server's may be wrong.
class LocalClock {
 public:
  using Kept = bool (*)();
  explicit LocalClock(Kept kept = clock_is_kept) : kept_(kept) {}
  void use(net::Network& network) { network_ = &network; }  // `network` has to outlive this

  // As clock_blame(), for the certificate that a failed run met last; takes at most five seconds.
  boost::asio::awaitable<std::string> blame(const Trace& trace) const;

 private:
  Kept kept_;
  net::Network* network_ = nullptr;
};

}  // namespace sonde::schedule
