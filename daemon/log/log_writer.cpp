#include "daemon/log/log_writer.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>

#include "daemon/system/thread.hpp"

namespace sonde::log {
namespace {

constexpr std::size_t chunk_max = 4096;  // a pipe that is writable takes this much at once

}  // namespace

void Writer::write(std::string line) {
  if (finished_) return;
  if (waiting_.fetch_add(1) >= lines_max) {
    --waiting_;
    ++lost_;
    return;
  }
  boost::asio::post(io_, [this, line = std::move(line)] {
    put(line);
    --waiting_;
  });
}

void Writer::finish() {
  if (finished_.exchange(true)) return;
  busy_.reset();
  thread_.join();
}

void Writer::run() {
  system::name_thread("log");
  io_.run();
  tell_of_lost();
}

void Writer::put(std::string_view line) {
  tell_of_lost();
  if (!reaches_reader(line)) ++lost_;
}

void Writer::tell_of_lost() {
  const std::uint64_t lost = lost_;
  if (lost == told_) return;
  if (torn_) torn_ = !reaches_reader("\n");
  if (reaches_reader(telling_(lost - told_))) told_ = lost;
}

bool Writer::reaches_reader(std::string_view line) {
  const std::size_t length = line.size();
  while (!line.empty() && writable()) {
    const ssize_t written = ::write(STDERR_FILENO, line.data(), std::min(line.size(), chunk_max));
    if (written < 0) break;
    line.remove_prefix(static_cast<std::size_t>(written));
  }
  if (!line.empty() && line.size() < length) torn_ = true;
  return line.empty();
}

bool Writer::writable() {
  pollfd reader{STDERR_FILENO, POLLOUT, 0};
  patience_ms_ = ::poll(&reader, 1, patience_ms_) == 1 ? reader_ms_max : 0;
  return patience_ms_ > 0;
}

}  // namespace sonde::log
