#pragma once
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

namespace sonde::log {

// Writes lines to stderr on a thread of its own, so that a slow reader blocks nobody. A reader that
// takes nothing for a second loses lines; from then on they are lost without waiting, until it
// reads again.
class Writer {
 public:
  static constexpr int lines_max = 1024;

  ~Writer() { finish(); }
  // Thread-safe. A line that finds `lines_max` waiting is lost.
  void write(std::string line);
  // Writes what waits, as far as the reader takes it; what comes afterwards is lost. Twice does
  // nothing.
  void finish();

 private:
  void run();
  void put(std::string_view text);
  bool writable();

  std::atomic<int> waiting_ = 0;
  std::atomic<bool> finished_ = false;
  static constexpr int reader_ms_max = 1000;
  int patience_ms_ = reader_ms_max;
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> busy_ =
      boost::asio::make_work_guard(io_);
  std::thread thread_{[this] { run(); }};
};

}  // namespace sonde::log
