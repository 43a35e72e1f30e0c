#include "daemon/expose/gzip.hpp"

#include <zlib.h>

#include <cstdlib>

namespace sonde {
namespace {
constexpr int gzip_window = 15 + 16;
constexpr int memory_level = 8;
}  // namespace

std::string gzipped(std::string_view text) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, gzip_window, memory_level,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    std::abort();  // out of memory
  std::string packed(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) std::abort();  // deflateBound promises room
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

}  // namespace sonde
