#pragma once
#include <ctime>
#include <map>
#include <string>

#include "probes/core/trace.hpp"

namespace sonde::net {

// Certificate chains that passed verification. The result depends on the bytes of the chain, the
// name, the trusted authorities and the time: within one context, the same bytes and name stay good
// during the validity of all their certificates. That the server has the private key is proven in
// each handshake, and not cached.
class GoodChains {
 public:
  struct Good {
    TlsFacts facts;
    std::time_t from = 0, until = 0;  // the period in which all certificates of the chain are valid
  };

  // Null if the chain has to be verified.
  const Good* find(const std::string& chain, std::time_t now) const;
  // Keeps 64 chains; a server that sends ever-changing chains replaces them instead of adding
  // memory.
  void keep(std::string chain, Good good);

 private:
  std::map<std::string, Good> chains_;
};

}  // namespace sonde::net
