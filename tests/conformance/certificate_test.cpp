#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>

#include "probes/net/tls/tls_verify.hpp"
#include "tests/conformance/suite.hpp"

namespace sonde::conformance::certificate_test {
namespace {

template <auto Free>
struct Freed {
  void operator()(auto* object) const { Free(object); }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Store = std::unique_ptr<X509_STORE, Freed<X509_STORE_free>>;
using StoreContext = std::unique_ptr<X509_STORE_CTX, Freed<X509_STORE_CTX_free>>;
using SslContext = std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>;
using Ssl = std::unique_ptr<SSL, Freed<SSL_free>>;

Certificate read(const std::string& name) {
  const std::string pem = read_data("/usr/lib/python3.11/test/" + name + ".pem");
  const auto at = pem.find("-----BEGIN CERTIFICATE-----");
  const Bio bio(BIO_new_mem_buf(pem.data() + (at == pem.npos ? 0 : at),
                                static_cast<int>(pem.size() - (at == pem.npos ? 0 : at))));
  return Certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

// Whether Sonde takes the certificate, trusted and at any time, for a server of this name.
std::string judged(const std::string& file, const std::string& name) {
  const Certificate certificate = read(file);
  EXPECT_TRUE(certificate) << file;
  if (!certificate) return "unreadable";
  const SslContext tls(SSL_CTX_new(TLS_client_method()));
  const Ssl ssl(SSL_new(tls.get()));
  net::TlsPeer peer;
  net::expect_name(ssl.get(), name, peer);
  const Store store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), certificate.get());
  const StoreContext context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), certificate.get(), nullptr);
  X509_VERIFY_PARAM* const param = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set1(param, SSL_get0_param(ssl.get()));
  X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME);
  X509_VERIFY_PARAM_set_auth_level(param, 0);  // the test keys are short
  const bool good = X509_verify_cert(context.get()) == 1;
  const int error = X509_STORE_CTX_get_error(context.get());
  const bool other =
      error == X509_V_ERR_HOSTNAME_MISMATCH || error == X509_V_ERR_IP_ADDRESS_MISMATCH;
  return good ? "accept" : other ? "refuse" : X509_verify_cert_error_string(error);
}

struct Case {
  const char* file;
  const char* name;
  bool accepted;  // by browsers
};

// Certificates of CPython's tests, with traps.
constexpr Case cases[] = {
    {"allsans", "allsans", true},
    {"allsans", "www.example.org", true},
    {"allsans", "WWW.Example.ORG", true},
    {"allsans", "example.org", false},
    {"allsans", "www.python.org", false},  // of a URI
    {"allsans", "127.0.0.1", true},
    {"allsans", "::1", true},
    {"allsans", "127.0.0.2", false},
    {"idnsans", "xn--knig-5qa.idn.pythontest.net", true},
    {"idnsans", "xn--nxasmm1c.idna2008.pythontest.net", true},
    {"idnsans", "xn--nxasmq6b.idna2008.pythontest.net", false},
    {"nosan", "nosan", false},                      // its Common Name
    {"nullbytecert", "altnull.python.org", false},  // of altnull.python.org NUL example.com
    {"nullbytecert", "example.com", false},
    {"nullbytecert", "null.python.org", false},  // its Common Name, likewise
    {"nullbytecert", "192.0.2.1", true},
    {"nullbytecert", "192.0.2.2", false},
    {"talos-2019-0758", "codenomicon-vm-2.test.lal.cisco.com", true},
    {"talos-2019-0758", "test.lal.cisco.com", false},
};

TEST(CertificateConformance, NamesAreTakenAndRefusedAsByBrowsers) {
  Suite suite("certificate");
  for (const Case& one : cases)
    suite.compare(std::string(one.file) + " as " + one.name, one.accepted ? "accept" : "refuse",
                  judged(one.file, one.name));
  suite.conclude(std::size(cases));
}

}  // namespace
}  // namespace sonde::conformance::certificate_test
