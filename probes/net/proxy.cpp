#include "probes/net/proxy.hpp"

#include "probes/net/http/http_head.hpp"
#include "probes/net/http/http_io.hpp"
#include "probes/net/tcp/tcp_failure.hpp"

namespace sonde::net {
namespace asio = boost::asio;
namespace {

std::string request_for(const Url& url) {
  const auto where = show(Address{url.host, url.host.contains(':')}, url.port);
  return "CONNECT " + where + " HTTP/1.1\r\nHost: " + where + "\r\n\r\n";
}

std::string refusal(const Response& response, const Url& url) {
  const std::string what =
      response.status == 407 ? " (it wants a login, which is not supported)" : "";
  return "CONNECT to " + url.authority() + " got status " + std::to_string(response.status) + what;
}

}  // namespace

Failure proxy_failure(Failure failure, const ConnectionOptions& line) {
  const bool ours = failure.reason == Reason::cut || row(failure.reason).outcome != Outcome::fail;
  const std::string detail = "proxy " + line.proxy.url.authority() + ": " + failure.detail;
  return {ours ? failure.reason : Reason::proxy_failed, detail};
}

asio::awaitable<std::expected<Socket, Failure>> open_tunnel(Socket socket, const Url& url,
                                                            const ConnectionOptions& line,
                                                            Trace& trace) {
  trace.enter(Phase::proxy);
  TcpTransport transport(std::move(socket));
  const auto request = request_for(url);
  const auto written = co_await write_all(transport, request);
  if (written.error) co_return std::unexpected(proxy_failure(io_failure(written.error), line));
  const auto head = co_await read_head(transport, line.limits.header);
  if (!head) co_return std::unexpected(proxy_failure(head.error(), line));
  Failure failure{.reason = Reason::proxy_failed, .detail = {}};
  if (head->response.status / 100 != 2) failure.detail = refusal(head->response, url);
  // In all protocols that are tunnelled here the client sends first.
  else if (!head->rest.empty())
    failure.detail = "bytes came before anything was sent";
  if (!failure.detail.empty()) co_return std::unexpected(proxy_failure(std::move(failure), line));
  co_return transport.take();
}

}  // namespace sonde::net
