#pragma once
#include <expected>
#include <string>

struct x509_store_st;

namespace sonde::net {

// The certificate authorities that the system trusts, after SSL_CERT_FILE and SSL_CERT_DIR or
// OpenSSL's own places; the caller frees them. Where there is none, as in an image without
// ca-certificates, no server could be trusted: that is said instead.
std::expected<x509_store_st*, std::string> system_authorities();

}  // namespace sonde::net
