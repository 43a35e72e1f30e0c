#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace sonde::net {

// Decodes a content coding (RFC 9110 section 8.4.1) incrementally. The only code that uses zlib.
// The output is bounded, so a decompression bomb costs no more than the bound.
class Inflate {
 public:
  // deflate: with a zlib header or, as some servers send it, raw
  enum class Coding { gzip, deflate };
  enum class State {
    more,      // in the middle of the stream
    complete,  // the end of the stream was reached, and its checksum is right
    too_big,   // `out` would exceed its bound
    broken     // not a valid stream
  };

  explicit Inflate(Coding coding);
  ~Inflate();

  // Appends the decoded `bytes` to `out`, while `out` stays within `out_max`. Concatenated gzip
  // members are one body; other data after the end is ignored, as in browsers.
  State feed(std::string_view bytes, std::string& out, std::size_t out_max);
  State state() const { return state_; }
  // Call after the last byte. Whether the data is whole, be it without the checksum at the end of a
  // gzip stream, which browsers do not read.
  bool finish();

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
  Coding coding_;
  State state_ = State::more;
};

}  // namespace sonde::net
