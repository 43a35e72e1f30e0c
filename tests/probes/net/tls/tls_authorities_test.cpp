#include "probes/net/tls/tls_authorities.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "probes/net/dial.hpp"
#include "tests/support/net_loop.hpp"
#include "tests/support/tls_server.hpp"

namespace sonde::net::tls_authorities_test {
namespace {

// What OpenSSL finds in place of the authorities of the system, for the time of a test.
class SystemTrusts {
 public:
  explicit SystemTrusts(const std::string& file) {
    ::setenv("SSL_CERT_FILE", file.c_str(), 1);
    ::setenv("SSL_CERT_DIR", "/nowhere:/nowhere/else", 1);
  }
  ~SystemTrusts() {
    ::unsetenv("SSL_CERT_FILE");
    ::unsetenv("SSL_CERT_DIR");
  }
  SystemTrusts(const SystemTrusts&) = delete;
  SystemTrusts& operator=(const SystemTrusts&) = delete;
};

// Dials a server whose authority the settings do not name.
class TlsAuthorities : public test::NetLoop {
 protected:
  Reason reason() {
    const Url url{.scheme = "https", .host = "127.0.0.1", .port = server.port()};
    Trace trace;
    auto dialled = run(dial(network, url, line, trace));
    detail = dialled ? "" : dialled.error().detail;
    return dialled ? Reason::ok : dialled.error().reason;
  }

  test::Authority authority;
  test::TlsServer server{{.identity = authority.issue({})}};
  std::string detail;
};

TEST_F(TlsAuthorities, ASystemThatKnowsNoAuthorityIsOurFault) {
  const SystemTrusts nobody("/nowhere/cert.pem");
  EXPECT_EQ(reason(), Reason::own_secret);
  EXPECT_TRUE(detail.contains("install ca-certificates")) << detail;
  line.tls.verify = false;
  EXPECT_EQ(reason(), Reason::ok);
}

TEST_F(TlsAuthorities, ASystemsFileOfAuthoritiesIsTrusted) {
  const SystemTrusts own(authority.file());
  EXPECT_EQ(reason(), Reason::ok);
}

}  // namespace
}  // namespace sonde::net::tls_authorities_test
