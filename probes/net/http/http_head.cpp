#include "probes/net/http/http_head.hpp"

#include "probes/net/http/http_receive.hpp"

namespace sonde::net {

namespace asio = boost::asio;

asio::awaitable<std::expected<Head, Failure>> read_head(Transport& transport, std::size_t limit) {
  Reading reading{.header_max = limit, .body_max = 0, .no_body = true};
  ResponseReader reader(reading);
  co_await receive(transport, reader);
  if (!reader.done()) {
    std::unexpected<Failure> failure(reader.failure());
    co_return failure;
  }
  Head head;
  head.response = std::move(reader.response());
  head.rest = std::string(reader.rest());
  co_return head;
}

}  // namespace sonde::net
