#include "daemon/system/output.hpp"

#include <csignal>

namespace sonde::system {

void print(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);  // an error stays with the stream
}

bool is_written(std::FILE* stream) { return std::fflush(stream) == 0 && std::ferror(stream) == 0; }

void ignore_broken_pipes() { std::signal(SIGPIPE, SIG_IGN); }

}  // namespace sonde::system
