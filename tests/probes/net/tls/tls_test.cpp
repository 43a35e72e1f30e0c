#include "probes/net/tls/tls.hpp"

#include <openssl/ssl.h>

#include <ctime>

#include "probes/net/dial.hpp"
#include "probes/net/http/http_io.hpp"
#include "tests/support/dns_server.hpp"
#include "tests/support/net_loop.hpp"
#include "tests/support/tls_server.hpp"

namespace sonde::net::tls_test {
namespace asio = boost::asio;
namespace {

using test::Authority;
using test::TcpServer;
using test::TlsServer;
using test::TlsServing;

class Tls : public test::NetLoop {
 protected:
  Tls() { line.tls.ca = authority.file(); }

  auto to(std::uint16_t port, const std::string& host = "127.0.0.1",
          Span limit = std::chrono::seconds(20)) {
    const Url url{.scheme = "https", .host = host, .port = port};
    return run(dial(network, url, line, trace), limit);
  }
  Reason reason(std::uint16_t port, const std::string& host = "127.0.0.1") {
    auto dialled = to(port, host);
    detail = dialled ? "" : dialled.error().detail;
    return dialled ? Reason::ok : dialled.error().reason;
  }
  Reason reason_with(const test::Identity& identity) {
    const TlsServer server({.identity = identity});
    return reason(server.port());
  }
  const TlsFacts& facts() const { return trace.tls_facts().back(); }

  Authority authority;
  Trace trace;
  std::string detail;
};

std::int64_t days_from_now(std::int64_t days) { return std::time(nullptr) + days * 86400; }

asio::awaitable<std::string> echoed(Transport& line, std::string text) {
  co_await write_all(line, text);
  std::string all;
  char bytes[4096];
  while (all.size() < text.size()) {
    const auto got = co_await read_some(line, bytes);
    if (got.error) break;
    all.append(bytes, got.bytes);
  }
  co_return all;
}

TEST_F(Tls, GoodServerIsSpokenTo) {
  const TlsServer server({.identity = authority.issue({})});
  auto dialled = to(server.port());
  ASSERT_TRUE(dialled) << dialled.error().detail;
  EXPECT_EQ(run(echoed(**dialled, "hello")), "hello");
  EXPECT_EQ(trace.phases().back().phase, Phase::tls);
}

TEST_F(Tls, MuchIsCarried) {
  const TlsServer server({.identity = authority.issue({})});
  auto dialled = to(server.port());
  ASSERT_TRUE(dialled);
  const std::string much(300'000, 'x');
  EXPECT_EQ(run(echoed(**dialled, much)), much);
}

TEST_F(Tls, SeveralBuffersBecomeOneMessage) {
  const TlsServer server({.identity = authority.issue({})});
  auto dialled = to(server.port());
  ASSERT_TRUE(dialled);
  const std::array<asio::const_buffer, 3> parts = {asio::buffer("ab", 2), asio::buffer("", 0),
                                                   asio::buffer("cd", 2)};
  std::size_t written = 0;
  (*dialled)->write_some(parts, [&](auto, std::size_t bytes) { written = bytes; });
  char bytes[16];
  const auto got = run(read_some(**dialled, bytes));
  EXPECT_EQ(written, 4U);
  EXPECT_EQ(std::string(bytes, got.bytes), "abcd");
}

TEST_F(Tls, FactsAreNoted) {
  const TlsServer server({.identity = authority.issue({.to_days = 10}), .alpn = "http/1.1"});
  ASSERT_EQ(reason(server.port()), Reason::ok) << detail;
  ASSERT_EQ(trace.tls_facts().size(), 1U);
  EXPECT_EQ(facts().version, "TLSv1.3");
  EXPECT_FALSE(facts().cipher.empty());
  EXPECT_EQ(facts().alpn, "http/1.1");
  EXPECT_EQ(facts().subject, "CN = good.test");
  EXPECT_EQ(facts().issuer, "CN = Sonde test CA");
  EXPECT_NEAR(static_cast<double>(facts().not_after), static_cast<double>(days_from_now(10)), 60);
  EXPECT_EQ(facts().host_port, "127.0.0.1:" + std::to_string(server.port()));
}

TEST_F(Tls, AChainThatWasGoodBeforeHasTheSameFacts) {
  const TlsServer server({.identity = authority.issue({.to_days = 10})});
  for (int i = 0; i < 2; ++i) ASSERT_EQ(reason(server.port()), Reason::ok) << detail;
  EXPECT_EQ(trace.tls_facts().at(0).not_after, trace.tls_facts().at(1).not_after);
}

TEST_F(Tls, AChainThatWasGoodForOneNameIsJudgedAnewForAnother) {
  const TlsServer server({.identity = authority.issue({})});
  ASSERT_EQ(reason(server.port()), Reason::ok) << detail;
  EXPECT_EQ(reason(server.port(), "localhost"), Reason::tls_name_mismatch) << detail;
}

TEST_F(Tls, ExpiredCertificateIsToldAndItsExpiryNoted) {
  EXPECT_EQ(reason_with(authority.issue({.from_days = -9, .to_days = -2})), Reason::tls_expired);
  EXPECT_TRUE(detail.contains("expired")) << detail;
  ASSERT_EQ(trace.tls_facts().size(), 1U);
  EXPECT_NEAR(static_cast<double>(facts().not_after), static_cast<double>(days_from_now(-2)), 60);
}

TEST_F(Tls, CertificateOfTheFutureIsExpiredToo) {
  EXPECT_EQ(reason_with(authority.issue({.from_days = 2})), Reason::tls_expired);
  EXPECT_TRUE(detail.contains("not yet valid")) << detail;
}

TEST_F(Tls, CertificateOfAnotherNameIsTold) {
  EXPECT_EQ(reason_with(authority.issue({.alternatives = {"DNS:other.test"}})),
            Reason::tls_name_mismatch);
  EXPECT_EQ(trace.tls_facts().size(), 1U);
}

TEST_F(Tls, SelfSignedCertificateIsUntrusted) {
  EXPECT_EQ(reason_with(authority.self_signed({})), Reason::tls_untrusted);
  EXPECT_EQ(trace.tls_facts().size(), 1U);
}

TEST_F(Tls, CertificateOfAnotherAuthorityIsUntrusted) {
  Authority stranger;
  EXPECT_EQ(reason_with(stranger.issue({})), Reason::tls_untrusted);
}

TEST_F(Tls, SystemDoesNotTrustTheTestsAuthority) {
  line.tls.ca.clear();
  EXPECT_EQ(reason_with(authority.issue({})), Reason::tls_untrusted);
}

TEST_F(Tls, NothingIsVerifiedIfNotWanted) {
  line.tls.verify = false;
  EXPECT_EQ(reason_with(authority.self_signed({.to_days = 3})), Reason::ok) << detail;
  EXPECT_NEAR(static_cast<double>(facts().not_after), static_cast<double>(days_from_now(3)), 60);
}

TEST_F(Tls, NameIsSentAndVerified) {
  const test::DnsServer dns([](const std::string&, const std::string& type) -> test::DnsReply {
    return {.addresses =
                type == "A" ? std::vector<std::string>{"127.0.0.1"} : std::vector<std::string>{}};
  });
  line.dns.servers = {dns.address()};
  const TlsServer server({.identity = authority.issue({})});
  EXPECT_EQ(reason(server.port(), "good.test"), Reason::ok) << detail;
  EXPECT_EQ(server.server_name(), "good.test");
  EXPECT_EQ(reason(server.port(), "wrong.test"), Reason::tls_name_mismatch);
}

TEST_F(Tls, AddressIsNotSentAsAName) {
  const TlsServer server({.identity = authority.issue({})});
  EXPECT_EQ(reason(server.port()), Reason::ok) << detail;
  EXPECT_EQ(server.server_name(), "");
}

TEST_F(Tls, ServerNameOfTheSettingsComesBeforeTheHost) {
  line.tls.server_name = "good.test";
  const TlsServer server({.identity = authority.issue({.alternatives = {"DNS:good.test"}})});
  EXPECT_EQ(reason(server.port()), Reason::ok) << detail;
  EXPECT_EQ(server.server_name(), "good.test");
}

TEST_F(Tls, Ipv6AddressIsVerified) {
  const TlsServer server({.identity = authority.issue({})}, "::1");
  EXPECT_EQ(reason(server.port(), "::1"), Reason::ok) << detail;
}

TEST_F(Tls, ServerOfHttp2AloneIsTold) {
  const TlsServer server({.identity = authority.issue({}), .alpn = "h2"});
  EXPECT_EQ(reason(server.port()), Reason::alpn_h2) << detail;
}

// Newer releases of OpenSSL notice it themselves.
TEST_F(Tls, ServerThatForcesHttp2IsRefused) {
  const TlsServer server({.identity = authority.issue({}), .alpn = "h2", .forces_alpn = true});
  const auto found = reason(server.port());
  EXPECT_TRUE(found == Reason::alpn_h2 || found == Reason::tls_handshake) << name(found) << detail;
}

TEST_F(Tls, OldVersionIsRefused) {
  line.tls.min_version = "1.3";
  const TlsServer server({.identity = authority.issue({}), .max_version = TLS1_2_VERSION});
  EXPECT_EQ(reason(server.port()), Reason::tls_handshake);
  EXPECT_TRUE(detail.contains("min_version")) << detail;
}

TEST_F(Tls, Version12IsSpoken) {
  const TlsServer server({.identity = authority.issue({}), .max_version = TLS1_2_VERSION});
  EXPECT_EQ(reason(server.port()), Reason::ok) << detail;
  EXPECT_EQ(facts().version, "TLSv1.2");
}

TEST_F(Tls, PlainServerIsRecognised) {
  const TcpServer server(test::say("HTTP/1.1 400 Bad Request\r\n\r\n"));
  EXPECT_EQ(reason(server.port()), Reason::tls_handshake);
  EXPECT_TRUE(detail.contains("plain HTTP")) << detail;
}

TEST_F(Tls, EndInTheHandshakeIsTold) {
  const TcpServer server(test::say(""));
  EXPECT_EQ(reason(server.port()), Reason::tls_handshake);
  EXPECT_TRUE(detail.contains("ended")) << detail;
}

TEST_F(Tls, ResetInTheHandshakeIsTold) {
  const TcpServer server([](int fd) {
    test::read_until(fd, "\x16\x03\x01");
    test::reset(fd);
  });
  EXPECT_EQ(reason(server.port()), Reason::tcp_reset) << detail;
}

TEST_F(Tls, SilenceIsCutAtOnceWhenTheRunIs) {
  const TcpServer server(test::swallow);
  const auto dialled = to(server.port(), "127.0.0.1", std::chrono::milliseconds(100));
  ASSERT_FALSE(dialled);
  EXPECT_EQ(dialled.error().reason, Reason::cut);
  EXPECT_EQ(trace.phase(), Phase::tls);
}

TEST_F(Tls, ReadIsCutAtOnceWhenTheRunIs) {
  const TlsServer server({.identity = authority.issue({})});
  auto dialled = to(server.port());
  ASSERT_TRUE(dialled);
  char bytes[8];
  const auto got = run(read_some(**dialled, bytes), std::chrono::milliseconds(50));
  EXPECT_EQ(got.error, asio::error::operation_aborted);
}

TEST_F(Tls, ClientCertificateIsShown) {
  const auto client = authority.issue({.name = "client"});
  const TlsServing how{.identity = authority.issue({}), .client_ca = authority.file()};
  const TlsServer server(how);
  line.tls.cert = client.cert;
  line.tls.key = client.key;
  auto dialled = to(server.port());
  ASSERT_TRUE(dialled) << dialled.error().detail;
  EXPECT_EQ(run(echoed(**dialled, "me")), "me");
}

TEST_F(Tls, MissingClientCertificateIsTold) {
  const TlsServing how{.identity = authority.issue({}),
                       .client_ca = authority.file(),
                       .max_version = TLS1_2_VERSION};
  const TlsServer server(how);
  EXPECT_EQ(reason(server.port()), Reason::tls_handshake) << detail;
}

TEST_F(Tls, MissingClientCertificateFailsTheFirstReadInTls13) {
  const TlsServing how{.identity = authority.issue({}), .client_ca = authority.file()};
  const TlsServer server(how);
  auto dialled = to(server.port());
  ASSERT_TRUE(dialled);
  char bytes[8];
  const auto got = run(read_some(**dialled, bytes));
  EXPECT_EQ(io_failure(got.error).reason, Reason::tls_handshake) << got.error.message();
}

TEST_F(Tls, UnreadableFilesAreOurFault) {
  const auto good = authority.issue({});
  line.tls.ca = "/nonexistent/ca.pem";
  EXPECT_EQ(reason_with(good), Reason::own_secret);
  EXPECT_TRUE(detail.contains("/nonexistent/ca.pem")) << detail;
}

TEST(TlsCheck, TellsWhatIsWrongWithTheFiles) {
  Authority authority;
  const auto one = authority.issue({}), other = authority.issue({});
  const auto junk = authority.write("junk", "not a certificate\n");
  EXPECT_TRUE(check({.ca = authority.file(), .cert = one.cert, .key = one.key}));
  EXPECT_TRUE(check({}));
  EXPECT_FALSE(check({.ca = "/nonexistent"}));
  EXPECT_FALSE(check({.ca = junk}));
  EXPECT_FALSE(check({.cert = one.cert}));
  EXPECT_FALSE(check({.cert = one.cert, .key = other.key}));
  EXPECT_FALSE(check({.cert = junk, .key = one.key}));
  EXPECT_TRUE(check({.ca = "/nonexistent"}).error().contains("No such file"))
      << check({.ca = "/nonexistent"}).error();
}

}  // namespace
}  // namespace sonde::net::tls_test
