#pragma once
#include <ctime>
#include <map>
#include <string>

#include "probes/core/trace.hpp"

namespace sonde::net {

// Certificate chains that were found good. Whether a chain is good follows from its bytes, the name
// that it is for, the trust it is judged by, and the time: for one context, the same bytes and name
// are as good within the validity of all their certificates as when they were verified first. That
// the server holds the key is not remembered but proven in each handshake.
class GoodChains {
 public:
  struct Good {
    TlsFacts facts;
    std::time_t from = 0, until = 0;  // the validity that all certificates of the chain share
  };

  // Null if the chain has to be verified.
  const Good* find(const std::string& chain, std::time_t now) const;
  // A server that sends ever new chains makes it forget, not grow: it keeps 64.
  void keep(std::string chain, Good good);

 private:
  std::map<std::string, Good> chains_;
};

}  // namespace sonde::net
