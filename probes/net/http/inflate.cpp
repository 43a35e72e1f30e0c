#include "probes/net/http/inflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace sonde::net {
namespace {

constexpr int gzip_window = 16 + MAX_WBITS;
constexpr unsigned char gzip_magic = 0x1f;

// RFC 1950 section 2.2: method 8, and the first two bytes are a multiple of 31. One byte is
// sufficient: no raw deflate stream of a server begins with 0x?8 and a window of at most 32 KB.
int window_of(Inflate::Coding coding, std::string_view bytes) {
  if (coding == Inflate::Coding::gzip) return gzip_window;
  const auto first = static_cast<unsigned char>(bytes.front());
  const bool zlib_header = (first & 0x0f) == Z_DEFLATED && (first >> 4) <= 7;
  return zlib_header ? MAX_WBITS : -MAX_WBITS;
}

}  // namespace

struct Inflate::Stream {
  explicit Stream(int window) {
    if (inflateInit2(&z, window) != Z_OK) std::abort();
  }
  ~Stream() { inflateEnd(&z); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  z_stream z{};
};

Inflate::Inflate(Coding coding) : coding_(coding) {}
Inflate::~Inflate() = default;

Inflate::State Inflate::feed(std::string_view bytes, std::string& out, std::size_t out_max) {
  if (bytes.empty() || state_ == State::too_big || state_ == State::broken) return state_;
  if (!stream_) stream_ = std::make_unique<Stream>(window_of(coding_, bytes));
  z_stream& z = stream_->z;
  // zlib does not write through next_in; its type only lacks const.
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  z.avail_in = static_cast<uInt>(bytes.size());
  while (true) {
    if (state_ == State::complete) {
      const bool member = coding_ == Coding::gzip && z.avail_in > 0 && *z.next_in == gzip_magic;
      if (!member) return state_;
      inflateReset(&z);
      state_ = State::more;
    }
    Bytef chunk[16 * 1024];
    z.next_out = chunk;
    z.avail_out = sizeof chunk;
    const int result = inflate(&z, Z_NO_FLUSH);
    const std::size_t made = sizeof chunk - z.avail_out;
    const std::size_t room = out_max - std::min(out_max, out.size());
    out.append(reinterpret_cast<const char*>(chunk), std::min(made, room));
    if (made > room) return state_ = State::too_big;
    if (result == Z_STREAM_END) {
      state_ = State::complete;
    } else if (result == Z_BUF_ERROR || (result == Z_OK && z.avail_in == 0 && z.avail_out > 0)) {
      return state_;
    } else if (result != Z_OK) {
      return state_ = State::broken;
    }
  }
}

// zlib checks the end only when it has come, so a copy is given a wrong one. Data that is cut may
// end with zeros or with ones, but not with both.
bool Inflate::finish() {
  if (state_ == State::complete) return true;
  if (state_ != State::more || !stream_ || coding_ != Coding::gzip) return false;
  const auto ends_with = [this](Bytef fill) {
    Bytef bytes[8], none[1];
    std::ranges::fill(bytes, fill);
    z_stream z{};
    if (inflateCopy(&z, &stream_->z) != Z_OK) return false;
    z.next_in = bytes;
    z.avail_in = sizeof bytes;
    z.next_out = none;
    z.avail_out = sizeof none;
    z.msg = nullptr;
    const int result = inflate(&z, Z_NO_FLUSH);
    const std::string_view why = z.msg != nullptr ? z.msg : "";
    const bool checked =
        result == Z_STREAM_END || why == "incorrect data check" || why == "incorrect length check";
    const bool made = z.avail_out == 0;
    inflateEnd(&z);
    return checked && !made;
  };
  constexpr Bytef ones = 0xff;
  state_ = ends_with(0) && ends_with(ones) ? State::complete : State::broken;
  return state_ == State::complete;
}

}  // namespace sonde::net
