#pragma once
#include <ctime>
#include <map>
#include <string>

#include "probes/core/trace.hpp"

struct ssl_st;
struct x509_store_ctx_st;

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

// What a handshake learns about the server; application data of its SSL object.
struct TlsPeer {
  std::string name;  // the name that the certificate has to contain
  TlsFacts facts;
  std::string names;   // the names in a certificate for another name, for people
  bool seen = false;   // a certificate was received
  bool verify = true;  // whether it has to be valid
  int error = 0;       // X509_V_ERR_*, result of the verification
};

// OpenSSL's verification callback for the chain that the server sent. Records the facts in any
// case: of the verified chain, or else of the chain as sent. Rejects chains of more than 32
// certificates. `known` is the context's GoodChains.
int verify_server(x509_store_ctx_st* chain, void* known);

// The reason and text for a failed verification.
Failure verify_failure(const TlsPeer& peer, const std::string& where);

// Sets the name that the certificate has to contain, and records it in `peer`: with SNI for a name,
// without for an address (RFC 6066 section 3). Only subjectAltName counts, as in browsers (RFC
// 9525), not the Common Name.
void expect_name(ssl_st* ssl, const std::string& name, TlsPeer& peer);

}  // namespace sonde::net
