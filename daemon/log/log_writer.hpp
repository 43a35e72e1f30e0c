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
// reads again, and is told how many.
class Writer {
 public:
  static constexpr int lines_max = 1024;
  // The line that tells of so many lost ones.
  using Telling = std::string (*)(std::uint64_t lost);

  explicit Writer(Telling telling) : telling_(telling) {}
  ~Writer() { finish(); }
  // Thread-safe. A line that finds `lines_max` waiting is lost.
  void write(std::string line);
  // Writes what waits, as far as the reader takes it; what comes afterwards is lost. Twice does
  // nothing.
  void finish();
  // Lines that were lost so far. Thread-safe.
  std::uint64_t lost() const { return lost_; }

 private:
  void run();
  void put(std::string_view line);
  void tell_of_lost();
  bool reaches_reader(std::string_view line);
  bool writable();

  const Telling telling_;
  std::atomic<int> waiting_ = 0;
  std::atomic<std::uint64_t> lost_ = 0;
  std::uint64_t told_ = 0;  // how many of those the reader knows of
  bool torn_ = false;       // the reader has a part of a line
  std::atomic<bool> finished_ = false;
  static constexpr int reader_ms_max = 1000;
  int patience_ms_ = reader_ms_max;
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> busy_ =
      boost::asio::make_work_guard(io_);
  std::thread thread_{[this] { run(); }};
};

}  // namespace sonde::log
