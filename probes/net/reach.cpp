#include "probes/net/reach.hpp"

#include <utility>

#include "probes/net/dns/lookup.hpp"
#include "probes/net/tcp/tcp_connect.hpp"

namespace sonde::net {
namespace asio = boost::asio;

asio::awaitable<std::expected<void, Failure>> reach_dns(Network& network, const std::string& label,
                                                        const std::string& name, const Dns& dns) {
  const std::string fresh = label + "." + name;
  auto heard = co_await network.lookup().hear(fresh, dns);
  if (heard || heard.error().reason != Reason::dns_nxdomain) co_return heard;
  ConnectionOptions line;
  line.dns = dns;
  auto found = co_await network.lookup().resolve(name, line);
  if (found) co_return std::expected<void, Failure>();
  co_return heard;
}

asio::awaitable<std::expected<void, Failure>> reach_tcp(Network& network, const std::string& host,
                                                        std::uint16_t port) {
  const ConnectionOptions line;
  auto reached = co_await reach_tcp(network, host, port, line);
  co_return reached;
}

asio::awaitable<std::expected<void, Failure>> reach_tcp(Network& network, const std::string& host,
                                                        std::uint16_t port,
                                                        const ConnectionOptions& line) {
  auto found = co_await network.lookup().resolve(host, line);
  if (!found) co_return std::unexpected(std::move(found.error()));
  auto connected = co_await connect(network.executor(), *found, port);
  if (!connected) co_return std::unexpected(std::move(connected.error()));
  co_return std::expected<void, Failure>();
}

}  // namespace sonde::net
