#pragma once
#include <expected>
#include <string>

struct x509_store_st;

namespace sonde::net {

// The certificate authorities that the system trusts, from SSL_CERT_FILE and SSL_CERT_DIR or
// OpenSSL's default places; the caller frees the store. Fails if there are none, as in an image
// without ca-certificates, because then no server could be trusted.
std::expected<x509_store_st*, std::string> system_authorities();

}  // namespace sonde::net
