#pragma once
#include <string>

#include "probes/net/tls/tls_verified.hpp"

struct ssl_st;
struct x509_store_ctx_st;

namespace sonde::net {

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
