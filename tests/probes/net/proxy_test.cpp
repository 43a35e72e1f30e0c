#include "probes/net/proxy.hpp"

#include "probes/net/dial.hpp"
#include "probes/net/http/http_io.hpp"
#include "tests/support/net_loop.hpp"
#include "tests/support/tcp_server.hpp"
#include "tests/support/tls_server.hpp"

namespace sonde::net::proxy_test {
namespace {

using test::TcpServer;

class ProxyTest : public test::NetLoop {
 protected:
  void use(std::uint16_t port) {
    line.proxy.url = Url{.scheme = "http", .host = "127.0.0.1", .port = port};
  }
  // A proxy that answers every request with these bytes.
  TcpServer::Script answering(const std::string& bytes) {
    return [this, bytes](int fd) {
      request = test::read_until(fd, "\r\n\r\n");
      test::write_all(fd, bytes);
      test::swallow(fd);
    };
  }
  auto to(const std::string& scheme) {
    const Url url{.scheme = scheme, .host = "chat.test", .port = 8443};
    return run(dial(network, url, line, trace), limit);
  }
  Reason reason(const std::string& scheme = "ws") {
    auto dialled = to(scheme);
    detail = dialled ? "" : dialled.error().detail;
    return dialled ? Reason::ok : dialled.error().reason;
  }
  Reason reason_of_answer(const std::string& bytes) {
    const TcpServer proxy(answering(bytes));
    use(proxy.port());
    return reason();
  }
  std::string request;  // read by the test after the server has ended
  Span limit = std::chrono::seconds(20);
  Trace trace;
  std::string detail;
};

TEST_F(ProxyTest, WebsocketsAreTunnelled) {
  EXPECT_EQ(reason_of_answer("HTTP/1.1 200 Connection established\r\n\r\n"), Reason::ok) << detail;
  EXPECT_TRUE(request.starts_with("CONNECT chat.test:8443 HTTP/1.1\r\n")) << request;
  EXPECT_TRUE(request.contains("\r\nHost: chat.test:8443\r\n")) << request;
  EXPECT_EQ(trace.phases().back().phase, Phase::proxy);
}

TEST_F(ProxyTest, PlainHttpGoesToTheProxyAlone) {
  const TcpServer proxy(test::echo);
  use(proxy.port());
  EXPECT_EQ(reason("http"), Reason::ok) << detail;
  EXPECT_EQ(trace.phases().back().phase, Phase::connect);
}

TEST_F(ProxyTest, TlsRunsThroughTheTunnel) {
  test::Authority authority;
  const auto identity = authority.issue({.alternatives = {"DNS:chat.test"}});
  const test::TlsServer target({.identity = identity});
  // The tunnel is a relay: bytes go to and fro on a thread for each direction.
  const TcpServer proxy([port = target.port()](int fd) { test::relay(fd, port); });
  use(proxy.port());
  line.tls.ca = authority.file();
  EXPECT_EQ(reason("wss"), Reason::ok) << detail;
  EXPECT_EQ(target.server_name(), "chat.test");
}

TEST_F(ProxyTest, RefusalIsToldWithItsStatus) {
  EXPECT_EQ(reason_of_answer("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"),
            Reason::proxy_failed);
  EXPECT_TRUE(detail.contains("403")) << detail;
}

TEST_F(ProxyTest, ProxyThatWantsALoginIsTold) {
  EXPECT_EQ(reason_of_answer("HTTP/1.1 407 Login\r\n\r\n"), Reason::proxy_failed);
  EXPECT_TRUE(detail.contains("login")) << detail;
}

TEST_F(ProxyTest, NonsenseIsAFailureOfTheProxy) {
  EXPECT_EQ(reason_of_answer("SSH-2.0-OpenSSH\r\n\r\n"), Reason::proxy_failed) << detail;
}

TEST_F(ProxyTest, EndlessHeaderIsAFailureOfTheProxy) {
  line.limits.header = 2048;
  std::string endless = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 500; ++i) endless += "X-Filler: 0123456789\r\n";
  EXPECT_EQ(reason_of_answer(endless), Reason::proxy_failed) << detail;
}

TEST_F(ProxyTest, BytesBehindTheAnswerAreAFailureOfTheProxy) {
  EXPECT_EQ(reason_of_answer("HTTP/1.1 200 OK\r\n\r\nsurprise"), Reason::proxy_failed) << detail;
}

TEST_F(ProxyTest, UnreachableProxyIsNotTheTargetsRefusal) {
  use(test::refused_port());
  EXPECT_EQ(reason("https"), Reason::proxy_failed);
  EXPECT_TRUE(detail.contains("proxy 127.0.0.1")) << detail;
}

TEST_F(ProxyTest, SilenceIsCutAtOnceWhenTheRunIs) {
  const TcpServer proxy(test::swallow);
  use(proxy.port());
  limit = std::chrono::milliseconds(60);
  EXPECT_EQ(reason(), Reason::cut);
  EXPECT_EQ(trace.phase(), Phase::proxy);
}

}  // namespace
}  // namespace sonde::net::proxy_test
