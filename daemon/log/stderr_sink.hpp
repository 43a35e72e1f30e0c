#pragma once
#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string_view>

namespace sonde::log {

// Writes lines to stderr without waiting long for its reader. If the reader takes nothing for a
// second, lines are dropped; from then on they are dropped without waiting, until it reads again
// and gets the number of dropped lines. Used only on spdlog's thread.
class StderrSink : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  // Number of all lines lost so far, also before they reached this sink; and the line that reports
  // it.
  struct Lost {
    std::function<std::uint64_t()> count;
    std::function<std::string(std::uint64_t)> line;
  };
  StderrSink(std::unique_ptr<spdlog::formatter> formatter, Lost lost)
      : base_sink(std::move(formatter)), lost_(std::move(lost)) {}

  // Number of lines that this sink dropped. Thread-safe.
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
  std::uint64_t told_ = 0;  // number of lost lines that were reported
  bool torn_ = false;       // the reader has got an incomplete line
  static constexpr int reader_ms_max = 1000;
  int patience_ms_ = reader_ms_max;
};

}  // namespace sonde::log
