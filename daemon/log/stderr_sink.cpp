#include "daemon/log/stderr_sink.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>

namespace sonde::log {
namespace {

constexpr std::size_t chunk_max = 4096;  // a pipe that is writable takes this much at once

}  // namespace

void StderrSink::sink_it_(const spdlog::details::log_msg& message) {
  spdlog::memory_buf_t line;
  formatter_->format(message, line);
  tell_of_lost();
  if (!reaches_reader({line.data(), line.size()})) ++lost_here_;
}

void StderrSink::tell_of_lost() {
  const std::uint64_t lost = lost_.count();
  if (lost == told_) return;
  if (torn_) torn_ = !reaches_reader("\n");
  if (reaches_reader(lost_.line(lost - told_))) told_ = lost;
}

bool StderrSink::reaches_reader(std::string_view line) {
  const std::size_t length = line.size();
  while (!line.empty() && is_writable()) {
    const ssize_t written = ::write(STDERR_FILENO, line.data(), std::min(line.size(), chunk_max));
    if (written < 0) break;
    line.remove_prefix(static_cast<std::size_t>(written));
  }
  if (!line.empty() && line.size() < length) torn_ = true;
  return line.empty();
}

bool StderrSink::is_writable() {
  pollfd reader{STDERR_FILENO, POLLOUT, 0};
  patience_ms_ = ::poll(&reader, 1, patience_ms_) == 1 ? reader_ms_max : 0;
  return patience_ms_ > 0;
}

}  // namespace sonde::log
