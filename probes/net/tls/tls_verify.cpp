#include "probes/net/tls/tls_verify.hpp"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <limits>
#include <memory>
#include <utility>

namespace sonde::net {
namespace {

constexpr std::size_t name_max = 512;  // bytes of a subject or issuer that are kept
constexpr int sent_max = 32;           // certificates; servers need two or three

// "CN = api.example.com, O = Example", bounded, unprintable bytes escaped.
std::string shown(const X509_NAME* name) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new(BIO_s_mem()), BIO_free);
  X509_NAME_print_ex(text.get(), name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(text.get(), &bytes);
  return {bytes, std::min(static_cast<std::size_t>(size), name_max)};
}

std::time_t seconds(const ASN1_TIME* time, std::time_t otherwise) {
  std::tm fields{};
  return ASN1_TIME_to_tm(time, &fields) == 1 ? timegm(&fields) : otherwise;
}

std::time_t not_after(const X509* certificate) {
  return seconds(X509_get0_notAfter(certificate), std::numeric_limits<std::time_t>::max());
}

std::time_t earliest_end(const STACK_OF(X509) * chain, std::time_t leaf) {
  for (int i = 0; i < sk_X509_num(chain); ++i)
    leaf = std::min(leaf, not_after(sk_X509_value(chain, i)));
  return leaf;
}

std::time_t latest_begin(const STACK_OF(X509) * chain) {
  std::time_t latest = 0;
  for (int i = 0; i < sk_X509_num(chain); ++i)
    latest = std::max(latest, seconds(X509_get0_notBefore(sk_X509_value(chain, i)),
                                      std::numeric_limits<std::time_t>::max()));
  return latest;
}

std::string alpn_of(const SSL* ssl) {
  const unsigned char* bytes = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl, &bytes, &size);
  return {reinterpret_cast<const char*>(bytes), size};
}

// TLS 1.2 activates the new cipher only after the certificate was verified.
std::string cipher_of(const SSL* ssl) {
  const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl);
  if (cipher == nullptr) cipher = SSL_get_pending_cipher(ssl);
  return cipher != nullptr ? SSL_CIPHER_get_name(cipher) : "";
}

// The facts in the certificates.
TlsFacts facts_of(X509_STORE_CTX* chain) {
  TlsFacts facts;
  const X509* leaf = X509_STORE_CTX_get0_cert(chain);
  facts.subject = shown(X509_get_subject_name(leaf));
  facts.issuer = shown(X509_get_issuer_name(leaf));
  const auto* sent = X509_STORE_CTX_get0_untrusted(chain);
  facts.not_before = latest_begin(sent);
  facts.not_after = earliest_end(sent, not_after(leaf));
  return facts;
}

void note_session(const SSL* ssl, TlsFacts& facts) {
  facts.version = SSL_get_version(ssl);
  facts.cipher = cipher_of(ssl);
  facts.alpn = alpn_of(ssl);
}

// The bytes of the chain as sent, after the name that it is for.
std::string bytes_of(X509_STORE_CTX* chain, const std::string& name) {
  std::string bytes = name + '\0';
  const auto* sent = X509_STORE_CTX_get0_untrusted(chain);
  for (int i = 0; i < sk_X509_num(sent); ++i) {
    unsigned char* der = nullptr;
    const int size = i2d_X509(sk_X509_value(sent, i), &der);
    if (size > 0) bytes.append(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
  }
  return bytes;
}

using GeneralNames = std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)>;

// "; its subjectAltName names a.example.com, b.example.com", or that it has no names.
std::string names_of(const X509* leaf) {
  const GeneralNames names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(leaf, NID_subject_alt_name, nullptr, nullptr)),
      GENERAL_NAMES_free);
  if (!names) return "; it has no subjectAltName, and its Common Name does not count";
  std::string all;
  int more = 0;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_DNS) continue;
    if (all.size() > name_max / 2 && ++more > 0) continue;
    const std::string_view text(
        reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
        static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
    all += (all.empty() ? "" : ", ");
    for (const char c : text.substr(0, 255)) all += c > 0x20 && c < 0x7f ? c : '?';
  }
  if (all.empty())
    return "; its subjectAltName has no host name, and its Common Name does not count";
  return "; its subjectAltName names " + all +
         (more > 0 ? " and " + std::to_string(more) + " more" : "");
}

bool verify(X509_STORE_CTX* chain, TlsPeer& peer) {
  const bool long_chain = sk_X509_num(X509_STORE_CTX_get0_untrusted(chain)) > sent_max;
  if (long_chain) X509_STORE_CTX_set_error(chain, X509_V_ERR_CERT_CHAIN_TOO_LONG);
  if (!long_chain && X509_verify_cert(chain) == 1) {
    const auto* verified = X509_STORE_CTX_get0_chain(chain);
    peer.facts.not_before = latest_begin(verified);
    peer.facts.not_after = earliest_end(verified, std::numeric_limits<std::time_t>::max());
    return true;
  }
  peer.error = X509_STORE_CTX_get_error(chain);
  if (peer.error == X509_V_ERR_HOSTNAME_MISMATCH)
    peer.names = names_of(X509_STORE_CTX_get0_cert(chain));
  return false;
}

bool is_ip_address(const std::string& name) {
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

int verify_server(X509_STORE_CTX* chain, void* known) {
  const auto index = SSL_get_ex_data_X509_STORE_CTX_idx();
  auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(chain, index));
  auto& peer = *static_cast<TlsPeer*>(SSL_get_app_data(ssl));
  auto& good_chains = *static_cast<GoodChains*>(known);
  std::string bytes = bytes_of(chain, peer.name);
  const auto* found = good_chains.find(bytes, std::time(nullptr));
  peer.facts = found ? found->facts : facts_of(chain);
  peer.seen = true;
  note_session(ssl, peer.facts);
  if (!peer.verify) return 1;
  if (found) X509_STORE_CTX_set_error(chain, X509_V_OK);
  const bool good = found || verify(chain, peer);
  if (good && !found)
    good_chains.keep(
        std::move(bytes),
        {.facts = peer.facts, .from = peer.facts.not_before, .until = peer.facts.not_after});
  return good ? 1 : 0;
}

Failure verify_failure(const TlsPeer& peer, const std::string& where) {
  return {reason_of(peer.error),
          where + ": " + X509_verify_cert_error_string(peer.error) + peer.names};
}

void expect_name(SSL* ssl, const std::string& name, TlsPeer& peer) {
  peer.name = name;
  const std::string bare = name.ends_with('.') ? name.substr(0, name.size() - 1) : name;
  auto* param = SSL_get0_param(ssl);
  if (is_ip_address(bare)) {
    X509_VERIFY_PARAM_set1_ip_asc(param, bare.c_str());
    return;
  }
  X509_VERIFY_PARAM_set_hostflags(
      param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  X509_VERIFY_PARAM_set1_host(param, bare.c_str(), bare.size());
  SSL_set_tlsext_host_name(ssl, bare.c_str());
}

namespace {

constexpr std::size_t chains_max = 64;
constexpr std::size_t chain_bytes_max = std::size_t{16} * 1024;

}  // namespace

const GoodChains::Good* GoodChains::find(const std::string& chain, std::time_t now) const {
  const auto found = chains_.find(chain);
  if (found == chains_.end()) return nullptr;
  const Good& good = found->second;
  return now >= good.from && now <= good.until ? &good : nullptr;
}

void GoodChains::keep(std::string chain, Good good) {
  if (chain.size() > chain_bytes_max) return;
  if (chains_.size() >= chains_max) chains_.clear();
  chains_.insert_or_assign(std::move(chain), std::move(good));
}

}  // namespace sonde::net
