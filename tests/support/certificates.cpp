#include "tests/support/certificates.hpp"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace sonde::test {
namespace {

EVP_PKEY* make_key() { return EVP_EC_gen("P-256"); }

void extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  if (!extension) std::abort();
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

void set_time(ASN1_TIME* time, int days) { X509_gmtime_adj(time, days * 86400L); }

// Unsigned, without issuer and extensions.
X509* draft(const Certified& what, EVP_PKEY* key, long serial) {
  X509* certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
  set_time(X509_getm_notBefore(certificate), what.from_days);
  set_time(X509_getm_notAfter(certificate), what.to_days);
  const auto* name = reinterpret_cast<const unsigned char*>(what.name.c_str());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8, name, -1, -1,
                             0);
  X509_set_pubkey(certificate, key);
  return certificate;
}

std::string joined(const std::vector<std::string>& all) {
  std::string text;
  for (const auto& one : all) text += (text.empty() ? "" : ",") + one;
  return text;
}

}  // namespace

Authority::Authority() : key_(make_key()) {
  std::string pattern = (std::filesystem::temp_directory_path() / "sonde-ca-XXXXXX").string();
  folder_ = ::mkdtemp(pattern.data());
  const Certified self{.name = "Sonde test CA", .alternatives = {}, .to_days = 365};
  certificate_ = draft(self, key_, 1);
  X509_set_issuer_name(certificate_, X509_get_subject_name(certificate_));
  extend(certificate_, certificate_, NID_basic_constraints, "critical,CA:TRUE");
  extend(certificate_, certificate_, NID_key_usage, "critical,keyCertSign,cRLSign");
  extend(certificate_, certificate_, NID_subject_key_identifier, "hash");
  X509_sign(certificate_, key_, EVP_sha256());
  X509_up_ref(certificate_);
  EVP_PKEY_up_ref(key_);
  file_ = save(certificate_, key_).cert;
}

Authority::~Authority() {
  X509_free(certificate_);
  EVP_PKEY_free(key_);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

Identity Authority::issue(const Certified& what) {
  EVP_PKEY* key = make_key();
  X509* certificate = draft(what, key, 2 + count_);
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate_));
  if (!what.alternatives.empty())
    extend(certificate, certificate_, NID_subject_alt_name, joined(what.alternatives));
  X509_sign(certificate, key_, EVP_sha256());
  return save(certificate, key);
}

Identity Authority::self_signed(const Certified& what) {
  EVP_PKEY* key = make_key();
  X509* certificate = draft(what, key, 2 + count_);
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  extend(certificate, certificate, NID_subject_alt_name, joined(what.alternatives));
  X509_sign(certificate, key, EVP_sha256());
  return save(certificate, key);
}

std::string Authority::write(const std::string& name, const std::string& text) const {
  const auto path = folder_ / name;
  std::ofstream(path) << text;
  return path.string();
}

Identity Authority::save(X509* certificate, EVP_PKEY* key) {
  const std::string stem = (folder_ / std::to_string(count_++)).string();
  Identity identity{.cert = stem + ".crt", .key = stem + ".key"};
  std::FILE* file = std::fopen(identity.cert.c_str(), "w");
  PEM_write_X509(file, certificate);
  std::fclose(file);
  file = std::fopen(identity.key.c_str(), "w");
  PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return identity;
}

}  // namespace sonde::test
