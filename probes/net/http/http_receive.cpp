#include "probes/net/http/http_receive.hpp"

#include <boost/asio/error.hpp>

#include "probes/net/http/http_io.hpp"

namespace sonde::net {

namespace asio = boost::asio;

asio::awaitable<void> receive_some(Transport& transport, ResponseReader& reader) {
  const Io io = co_await read_some(transport, reader.space());
  if (!io.error) {
    reader.received(io.bytes);
  } else if (io.error == asio::error::eof) {
    reader.ended();
  } else {
    reader.broke(io_failure(io.error));
  }
}

asio::awaitable<void> receive(Transport& transport, ResponseReader& reader) {
  while (!reader.over()) co_await receive_some(transport, reader);
}

}  // namespace sonde::net
