#pragma once
#include <string>

#include "probes/net/tls/tls_verified.hpp"

struct ssl_st;
struct x509_store_ctx_st;

namespace sonde::net {

// What a handshake learns of the server; held by its SSL as application data.
struct TlsPeer {
  std::string name;  // whom the certificate has to name
  TlsFacts facts;
  std::string names;   // whom a certificate of another name is for, in words
  bool seen = false;   // a certificate came
  bool verify = true;  // whether it has to be good
  int error = 0;       // X509_V_ERR_*, of the verification
};

// OpenSSL asks it for a verdict on the chain as sent; notes the facts whatever it finds: of the
// chain that was verified, else of what was sent. A chain of more than 32 certificates is not good.
// `known` is the context's GoodChains.
int verify_server(x509_store_ctx_st* chain, void* known);

// Which reason a failed verification is, and what it says.
Failure verify_failure(const TlsPeer& peer, const std::string& where);

// Whom the certificate has to name, noted in `peer`: SNI for a name, none for an address (RFC 6066
// 3). Only its subjectAltName counts, as in browsers (RFC 9525), not its Common Name.
void expect_name(ssl_st* ssl, const std::string& name, TlsPeer& peer);

}  // namespace sonde::net
