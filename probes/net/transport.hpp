#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>

namespace sonde::net {

// A connected byte stream, plain or TLS; the only virtual I/O interface. At most one read and one
// write at a time. Its destruction closes the descriptor. The end of the stream is asio::error::eof
// for a FIN (or a TLS close_notify), connection_reset for an RST.
class Transport {
 public:
  using Handler = boost::asio::any_completion_handler<void(boost::system::error_code, std::size_t)>;

  virtual ~Transport() = default;
  // Reads at least one byte. Supports the cancellation slot of the handler.
  virtual void read_some(boost::asio::mutable_buffer into, Handler done) = 0;
  // Writes one or more bytes of the buffers, gathered into one segment if possible. The list is
  // copied; the memory it refers to has to stay valid until `done`.
  virtual void write_some(std::span<const boost::asio::const_buffer> from, Handler done) = 0;
  // Call just before close(): signals that nothing more will be sent (TLS close_notify), without
  // waiting.
  virtual void finish_sending() noexcept = 0;
  // Fails pending operations with operation_aborted and closes the descriptor.
  virtual void close() noexcept = 0;
  virtual const boost::asio::any_io_executor& executor() const = 0;
};

}  // namespace sonde::net
