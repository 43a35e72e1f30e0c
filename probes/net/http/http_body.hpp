#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>

#include "probes/net/http/http_exchange.hpp"
#include "probes/net/http/inflate.hpp"

namespace sonde::net {

// Receives the bytes of a body: decodes them by Content-Encoding into response.body, at most
// `body_max` bytes.
class BodySink {
 public:
  BodySink(Response& response, std::size_t body_max, bool clip);

  // Call before the first byte; `length` is the Content-Length, or 0 if there is none. False: it
  // failed.
  bool begin(const Headers& headers, std::uint64_t length);
  // A chunk of `bytes` bytes is announced. False: it can never fit, so it need not be read.
  bool expect(std::uint64_t bytes);
  // False: it failed or, when clipping, it is full.
  bool append(std::string_view bytes);
  // Call after the last byte. False: the encoded data is incomplete.
  bool finish();

  bool clipped() const { return clipped_; }
  std::size_t received() const { return received_; }  // in bytes, before decoding
  const Failure& failure() const { return failure_; }

 private:
  bool decode(std::string_view raw);
  bool full();
  bool fail(Failure failure);

  Response& response_;
  std::size_t body_max_;
  bool clip_;
  bool clipped_ = false;
  std::size_t received_ = 0;
  // One for each coding, in the order of decoding; a deque, because they are not movable.
  std::deque<Inflate> inflate_;
  Failure unknown_coding_;  // of a body that is stored undecoded, and fails at its end
  Failure failure_;
};

}  // namespace sonde::net
