#include "probes/net/http/server_date.hpp"

#include "probes/net/date.hpp"
#include "probes/net/http/http_exchange.hpp"

namespace sonde::net {
namespace asio = boost::asio;

asio::awaitable<std::optional<std::chrono::sys_seconds>> server_date(Network& network,
                                                                     const std::string& host_port,
                                                                     Trace& aside) {
  auto url = parse_url("https://" + host_port + "/");
  if (!url) co_return std::nullopt;
  Request request;
  request.method = "HEAD";
  request.url = std::move(*url);
  ConnectionOptions line;
  line.tls.verify = false;
  const Redirects none;
  auto asking = fetch(network, request, line, none, aside);
  const Answer answer = co_await std::move(asking);
  const std::string* date = answer.response.header("date");
  co_return date != nullptr ? parse_date(*date) : std::nullopt;
}

}  // namespace sonde::net
