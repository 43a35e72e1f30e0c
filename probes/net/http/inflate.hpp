#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace sonde::net {

// Undoes a content coding (RFC 9110 8.4.1) as its bytes come. The only code that knows zlib.
// What it writes is bounded, so a bomb costs no more than the bound.
class Inflate {
 public:
  enum class Coding { gzip, deflate };  // deflate: with a zlib header or, as some servers do, raw
  enum class State {
    more,      // in the middle of the stream
    complete,  // the stream's own end was reached and its checksum is right
    too_big,   // `out` would exceed its bound
    broken     // not such a stream
  };

  explicit Inflate(Coding coding);
  ~Inflate();

  // Appends what `bytes` decode to, as far as `out` stays within `out_max`. Concatenated gzip
  // members are one body; what else follows the end is ignored, as browsers do.
  State feed(std::string_view bytes, std::string& out, std::size_t out_max);
  State state() const { return state_; }

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
  Coding coding_;
  State state_ = State::more;
};

}  // namespace sonde::net
