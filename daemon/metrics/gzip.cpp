#include "daemon/metrics/gzip.hpp"

#include <zlib.h>

#include <array>
#include <cstdlib>

namespace sonde::metrics {
namespace {
constexpr int gzip_window = 15 + 16;
constexpr int memory_level = 8;
}  // namespace

std::string gzipped(std::string_view text) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, gzip_window, memory_level,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    std::abort();  // out of memory
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  std::string packed;
  std::array<char, 16 * 1024> piece;
  // In pieces: a page is compressed to a tenth, and a buffer for the worst case would double its
  // memory.
  for (int state = Z_OK; state != Z_STREAM_END;) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    state = deflate(&stream, Z_FINISH);
    packed.append(piece.data(), piece.size() - stream.avail_out);
  }
  deflateEnd(&stream);
  return packed;
}

}  // namespace sonde::metrics
