#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "probes/net/http/http_exchange.hpp"
#include "probes/net/http/inflate.hpp"

namespace sonde::net {

// Where the bytes of a body go: decoded by Content-Encoding into response.body, never more than
// `body_max` bytes of it.
class BodySink {
 public:
  BodySink(Response& response, std::size_t body_max, bool clip);

  // Before the first byte; `length` is the Content-Length, 0 if there is none. False: it failed.
  bool begin(const Headers& headers, std::uint64_t length);
  // So many bytes are said to follow, in one chunk. False: they can never fit, so none is awaited.
  bool expect(std::uint64_t bytes);
  // False: it failed or, when clipping, is full.
  bool append(std::string_view bytes);
  // After the last byte. False: the coding ended in the middle.
  bool finish();

  bool clipped() const { return clipped_; }
  std::size_t received() const { return received_; }  // before decoding
  const Failure& failure() const { return failure_; }

 private:
  bool full();
  bool fail(Failure failure);

  Response& response_;
  std::size_t body_max_;
  bool clip_;
  bool clipped_ = false;
  std::size_t received_ = 0;
  std::optional<Inflate> inflate_;
  Failure unknown_coding_;  // of a body that is taken as it comes, and fails at its end
  Failure failure_;
};

}  // namespace sonde::net
