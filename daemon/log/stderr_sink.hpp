#pragma once
#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string_view>

namespace sonde::log {

// Writes lines to stderr and never waits long for its reader. A reader that takes nothing for a
// second loses lines; from then on they are lost without waiting, until it reads again and is told
// how many. Used on spdlog's thread alone.
class StderrSink : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  // Of all lines that were lost so far, also those that never came here; and the line that says so.
  struct Lost {
    std::function<std::uint64_t()> count;
    std::function<std::string(std::uint64_t)> line;
  };
  StderrSink(std::unique_ptr<spdlog::formatter> formatter, Lost lost)
      : base_sink(std::move(formatter)), lost_(std::move(lost)) {}

  // Lines that this sink lost. Thread-safe.
  std::uint64_t lost() const { return lost_here_; }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override { tell_of_lost(); }

 private:
  void tell_of_lost();
  bool reaches_reader(std::string_view line);
  bool is_writable();

  const Lost lost_;
  std::atomic<std::uint64_t> lost_here_ = 0;
  std::uint64_t told_ = 0;  // how many lost lines the reader knows of
  bool torn_ = false;       // the reader has a part of a line
  static constexpr int reader_ms_max = 1000;
  int patience_ms_ = reader_ms_max;
};

}  // namespace sonde::log
