// Whom a certificate names, and when a chain ends.
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>

#include "probes/net/dial.hpp"
#include "tests/support/net_loop.hpp"
#include "tests/support/tls_server.hpp"

namespace sonde::net::tls_chain_test {
namespace {

using test::Authority;
using test::TlsServer;

class TlsChain : public test::NetLoop {
 protected:
  TlsChain() { line.tls.ca = authority.file(); }

  Reason reason(std::uint16_t port, const std::string& host = "127.0.0.1") {
    const Url url{.scheme = "https", .host = host, .port = port};
    auto dialled = run(dial(network, url, line, trace));
    detail = dialled ? "" : dialled.error().detail;
    return dialled ? Reason::ok : dialled.error().reason;
  }
  Reason reason_with(const test::Identity& identity) {
    const TlsServer server({.identity = identity});
    return reason(server.port());
  }
  const TlsFacts& facts() const { return trace.tls_facts().back(); }
  bool ends_in(std::int64_t days) const {
    return std::abs(facts().not_after - (std::time(nullptr) + days * 86400)) < 3600;
  }

  Authority authority;
  Trace trace;
  std::string detail;
};

TEST_F(TlsChain, CommonNameDoesNotCount) {
  for (const auto& [alternatives, said] :
       std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{}, "it has no subjectAltName"},
           {{"IP:127.0.0.1"}, "its subjectAltName has no host name"},
           {{"email:a@localhost"}, "its subjectAltName has no host name"},
           {{"DNS:other.test", "DNS:more.test"}, "names other.test, more.test"}}) {
    const TlsServer server(
        {.identity = authority.issue({.name = "localhost", .alternatives = alternatives})});
    EXPECT_EQ(reason(server.port(), "localhost"), Reason::tls_name_mismatch);
    EXPECT_TRUE(detail.contains(said)) << detail;
  }
}

std::string text_of(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_F(TlsChain, ExpiryIsThatOfTheVerifiedChainWhateverElseIsSent) {
  const auto leaf = authority.issue({.to_days = 80});
  for (const auto& other : {authority.issue({.name = "old", .from_days = -90, .to_days = -40}),
                            authority.self_signed({.name = "old", .from_days = -90, .to_days = -1}),
                            authority.issue({.name = "short", .to_days = 5})}) {
    const auto chain = authority.write("chain.pem", text_of(leaf.cert) + text_of(other.cert));
    EXPECT_EQ(reason_with({.cert = chain, .key = leaf.key}), Reason::ok) << detail;
    EXPECT_TRUE(ends_in(80)) << facts().not_after;
  }
}

TEST_F(TlsChain, AuthorityThatEndsBeforeItsCertificateCounts) {
  EXPECT_EQ(reason_with(authority.issue({.to_days = 1000})), Reason::ok) << detail;
  EXPECT_TRUE(ends_in(365)) << facts().not_after;
}

TEST_F(TlsChain, WhatWasSentIsNotedWhereVerificationFails) {
  const auto leaf = authority.issue({.alternatives = {"DNS:other.test"}, .to_days = 80});
  const auto other = authority.issue({.name = "short", .to_days = 5});
  const auto chain = authority.write("chain.pem", text_of(leaf.cert) + text_of(other.cert));
  EXPECT_EQ(reason_with({.cert = chain, .key = leaf.key}), Reason::tls_name_mismatch);
  EXPECT_TRUE(ends_in(5)) << facts().not_after;
}

TEST_F(TlsChain, ChainOfTooManyCertificatesIsNotVerified) {
  const auto leaf = authority.issue({});
  std::string all = text_of(leaf.cert);
  for (int i = 0; i < 40; ++i) all += text_of(authority.issue({.name = std::to_string(i)}).cert);
  const auto chain = authority.write("chain.pem", all);
  EXPECT_EQ(reason_with({.cert = chain, .key = leaf.key}), Reason::tls_untrusted);
  EXPECT_TRUE(detail.contains("too long")) << detail;
}

}  // namespace
}  // namespace sonde::net::tls_chain_test
