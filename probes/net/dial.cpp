#include "probes/net/dial.hpp"

#include <algorithm>

#include "probes/net/dns/lookup.hpp"
#include "probes/net/proxy.hpp"
#include "probes/net/tcp/tcp_connect.hpp"
#include "probes/net/tcp/tcp_failure.hpp"
#include "probes/net/tls/tls_client.hpp"

namespace sonde::net {
namespace asio = boost::asio;
namespace {

using Dialled = std::expected<std::unique_ptr<Transport>, Failure>;
using Reached = std::expected<Socket, Failure>;
using TlsContext = std::expected<ssl_ctx_st*, Failure>;

// Every family that the name has has to connect; the run continues on the first.
asio::awaitable<Reached> connect_each(const asio::any_io_executor& executor,
                                      std::span<const Address> all, std::uint16_t port) {
  const auto other = std::ranges::find_if(
      all, [&](const Address& address) { return address.v6 != all.front().v6; });
  const auto count = static_cast<std::size_t>(other - all.begin());
  auto first = co_await connect(executor, all.first(count), port);
  if (!first || count == all.size()) co_return first;
  auto second = co_await connect(executor, all.subspan(count), port);
  if (!second) co_return second;
  co_return first;
}

// With several addresses, the socket knows which one answered.
void note_peer(const Socket& socket, std::span<const Address> dialled, std::uint16_t port,
               Trace& trace) {
  if (dialled.size() == 1) return trace.peer(show(dialled.front(), port));
  boost::system::error_code gone;  // reset meanwhile: then the peer is unknown
  const auto peer = socket.remote_endpoint(gone);
  if (gone) return;
  const Address address{.text = peer.address().to_string(), .v6 = peer.address().is_v6()};
  trace.peer(show(address, peer.port()));
}

asio::awaitable<Reached> reach(Network& network, const Url& url, const ConnectionOptions& line,
                               Trace& trace) {
  trace.enter(Phase::resolve);
  const std::string& host = line.pinned.empty() ? url.host : line.pinned;
  const auto addresses = co_await network.lookup().resolve(host, line);
  if (!addresses) co_return std::unexpected(addresses.error());
  trace.enter(Phase::connect);
  auto connecting = line.family == Family::each
                        ? connect_each(network.executor(), *addresses, url.port)
                        : connect(network.executor(), *addresses, url.port);
  auto socket = co_await std::move(connecting);
  if (socket) note_peer(*socket, *addresses, url.port, trace);
  co_return socket;
}

asio::awaitable<Dialled> secure(const TlsContext& context, Socket socket, const Url& url,
                                const ConnectionOptions& line, Trace& trace) {
  trace.enter(Phase::tls);
  if (!context) co_return std::unexpected(context.error());
  auto session = co_await start_tls(*context, std::move(socket), url, line.tls, trace);
  co_return session;
}

// Connects so that the next byte goes to the host of `url`, or to the proxy for plain HTTP.
asio::awaitable<Reached> reach_by_proxy(Network& network, const Url& url,
                                        const ConnectionOptions& line, Trace& trace) {
  auto socket = co_await reach(network, line.proxy.url, line, trace);
  if (!socket) co_return std::unexpected(proxy_failure(std::move(socket.error()), line));
  if (url.scheme == "http") co_return socket;
  auto tunnel = co_await open_tunnel(std::move(*socket), url, line, trace);
  co_return tunnel;
}

}  // namespace

asio::awaitable<Dialled> dial(Network& network, const Url& url, const ConnectionOptions& line,
                              Trace& trace) {
  // Reading the system's authorities takes longer than a handshake; no phase may include that.
  const TlsContext context = url.tls() ? network.tls().context(line.tls) : nullptr;
  auto reaching = line.proxy.empty() ? reach(network, url, line, trace)
                                     : reach_by_proxy(network, url, line, trace);
  auto socket = co_await std::move(reaching);
  if (!socket) co_return std::unexpected(std::move(socket.error()));
  if (!url.tls()) co_return std::make_unique<TcpTransport>(std::move(*socket));
  auto secured = co_await secure(context, std::move(*socket), url, line, trace);
  co_return secured;
}

}  // namespace sonde::net
