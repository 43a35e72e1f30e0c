#include "probes/net/tls_verify.hpp"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <limits>
#include <memory>

namespace sonde::net {
namespace {

constexpr std::size_t name_max = 512;  // bytes of a subject or issuer that are kept

// "CN = api.example.com, O = Example", bounded, unprintable bytes escaped.
std::string shown(const X509_NAME* name) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new(BIO_s_mem()), BIO_free);
  X509_NAME_print_ex(text.get(), name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(text.get(), &bytes);
  return {bytes, std::min(static_cast<std::size_t>(size), name_max)};
}

std::int64_t not_after(const X509* certificate) {
  std::tm time{};
  const bool good = ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &time) == 1;
  return good ? timegm(&time) : std::numeric_limits<std::int64_t>::max();
}

std::int64_t earliest_end(const STACK_OF(X509) * chain, std::int64_t leaf) {
  for (int i = 0; i < sk_X509_num(chain); ++i)
    leaf = std::min(leaf, not_after(sk_X509_value(chain, i)));
  return leaf;
}

std::string alpn_of(const SSL* ssl) {
  const unsigned char* bytes = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl, &bytes, &size);
  return {reinterpret_cast<const char*>(bytes), size};
}

void note_facts(const SSL* ssl, X509_STORE_CTX* chain, TlsFacts& facts) {
  const X509* leaf = X509_STORE_CTX_get0_cert(chain);
  facts.version = SSL_get_version(ssl);
  const char* cipher = SSL_CIPHER_get_name(SSL_get_current_cipher(ssl));
  facts.cipher = cipher ? cipher : "";
  facts.alpn = alpn_of(ssl);
  facts.subject = shown(X509_get_subject_name(leaf));
  facts.issuer = shown(X509_get_issuer_name(leaf));
  facts.not_after = earliest_end(X509_STORE_CTX_get0_untrusted(chain), not_after(leaf));
}

bool is_address(const std::string& name) {
  in6_addr bytes{};
  return inet_pton(AF_INET, name.c_str(), &bytes) == 1 ||
         inet_pton(AF_INET6, name.c_str(), &bytes) == 1;
}

Reason reason_of(int error) {
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return Reason::tls_expired;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return Reason::tls_name_mismatch;
    default:
      return Reason::tls_untrusted;
  }
}

}  // namespace

int verify_server(X509_STORE_CTX* chain, void*) {
  const auto index = SSL_get_ex_data_X509_STORE_CTX_idx();
  auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(chain, index));
  auto& peer = *static_cast<TlsPeer*>(SSL_get_app_data(ssl));
  note_facts(ssl, chain, peer.facts);
  peer.seen = true;
  if (!peer.verify) return 1;
  const bool good = X509_verify_cert(chain) == 1;
  if (!good) peer.error = X509_STORE_CTX_get_error(chain);
  return good ? 1 : 0;
}

Failure verify_failure(int error, const std::string& where) {
  return {reason_of(error), where + ": " + X509_verify_cert_error_string(error)};
}

void expect_name(SSL* ssl, const std::string& name) {
  const std::string bare = name.ends_with('.') ? name.substr(0, name.size() - 1) : name;
  auto* param = SSL_get0_param(ssl);
  if (is_address(bare)) {
    X509_VERIFY_PARAM_set1_ip_asc(param, bare.c_str());
    return;
  }
  X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  X509_VERIFY_PARAM_set1_host(param, bare.c_str(), bare.size());
  SSL_set_tlsext_host_name(ssl, bare.c_str());
}

}  // namespace sonde::net
