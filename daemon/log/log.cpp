#include "daemon/log/log.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/async.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <utility>

#include "daemon/log/journal.hpp"
#include "daemon/log/record.hpp"
#include "daemon/log/stderr_sink.hpp"
#include "daemon/system/thread.hpp"

namespace sonde::log {
namespace {

constexpr std::size_t waiting_max = 1024;  // records
constexpr std::chrono::seconds finish_max{3};

// $JOURNAL_STREAM is "device:inode" of the socket to the journal.
bool stderr_is_the_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat facts{};
  if (!stream || ::fstat(STDERR_FILENO, &facts) != 0) return false;
  return stream == std::to_string(facts.st_dev) + ":" + std::to_string(facts.st_ino);
}

Format format_named(std::string_view name) {
  if (name == "json") return Format::json;
  if (name == "journal") return Format::journal;
  if (name.empty() && stderr_is_the_journal()) return Format::journal;
  return Format::logfmt;
}

// The current settings; read by spdlog's thread.
struct Setting {
  std::atomic<Level> level = Level::info;
  std::atomic<Format> format = format_named("");
};

constexpr spdlog::level::level_enum levels[] = {spdlog::level::debug, spdlog::level::info,
                                                spdlog::level::warn, spdlog::level::err};

Level level_of(spdlog::level::level_enum level) {
  for (std::size_t i = 0; i < std::size(levels); ++i)
    if (levels[i] == level) return static_cast<Level>(i);
  return Level::error;
}

std::string show_time(std::chrono::system_clock::time_point at) {
  const auto part = at.time_since_epoch() % std::chrono::seconds(1);
  const std::tm utc = fmt::gmtime(std::chrono::system_clock::to_time_t(at));
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", utc, part / std::chrono::milliseconds(1));
}

// A line for stderr; journald reads the priority at its start, see sd-daemon(3).
std::string whole_line(Format format, Level level, const Record& record,
                       std::chrono::system_clock::time_point at) {
  constexpr std::string_view prefixes[] = {"<7>", "<6>", "<4>", "<3>"};
  const bool journal = format == Format::journal;
  std::string line = journal ? std::string(prefixes[static_cast<std::size_t>(level)]) : "";
  return line + line_of(format, level, record, journal ? "" : show_time(at)) + '\n';
}

class LineFormatter : public spdlog::formatter {
 public:
  explicit LineFormatter(const Setting& setting) : setting_(setting) {}
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& line) override {
    const Record record = unpack({message.payload.data(), message.payload.size()});
    const std::string text =
        whole_line(setting_.format, level_of(message.level), record, message.time);
    line.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<LineFormatter>(setting_);
  }

 private:
  const Setting& setting_;
};

// Writes to journald while it accepts records, otherwise to stderr. Reports when everything before
// a flush was written.
class LogSink : public StderrSink {
 public:
  LogSink(const Setting& setting, Lost lost)
      : StderrSink(std::make_unique<LineFormatter>(setting), std::move(lost)), setting_(setting) {}

  // False: `limit` passed before.
  bool await_flush(std::chrono::seconds limit) {
    std::unique_lock lock(mutex_);
    return is_flushed_.wait_for(lock, limit, [this] { return flushed_; });
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const std::string_view packed(message.payload.data(), message.payload.size());
    const bool native = setting_.format == Format::journal;
    if (native && write_journal(level_of(message.level), unpack(packed))) return;
    StderrSink::sink_it_(message);
  }
  void flush_() override {
    StderrSink::flush_();
    const std::lock_guard lock(mutex_);
    flushed_ = true;
    is_flushed_.notify_all();
  }

 private:
  const Setting& setting_;
  std::mutex mutex_;  // the end of the process waits for spdlog's thread, for a limited time
  std::condition_variable is_flushed_;
  bool flushed_ = false;
};

class Log {
 public:
  Log() { logger_->set_level(spdlog::level::trace); }  // our own level is checked before
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  // Call it at the end of the process. If journald hangs, so does spdlog's thread; it is then
  // abandoned, with all that it uses.
  void close() {
    finish();
    if (written_) threads_.reset();
  }

  void set_up(Level level, std::string_view format) {
    setting_.level = level;
    setting_.format = format_named(format);
  }

  void say(Level level, std::string_view text, std::initializer_list<Field> fields) {
    if (level < setting_.level) return;
    ++written[static_cast<std::size_t>(level)];
    if (!finished_) logger_->log(levels[static_cast<std::size_t>(level)], pack(text, fields));
  }

  void finish() {
    if (finished_.exchange(true)) return;
    logger_->flush();
    written_ = sink_->await_flush(finish_max);
  }

  std::uint64_t lost() const { return sink_->lost() + threads_->overrun_counter(); }

  std::array<std::atomic<std::uint64_t>, 4> written{};

 private:
  std::string line_of_lost(std::uint64_t lines) const {
    const std::string packed = pack("lines of this log were lost: its reader stood still",
                                    {{"lines", std::to_string(lines)}});
    return whole_line(setting_.format, Level::warning, unpack(packed),
                      std::chrono::system_clock::now());
  }

  Setting setting_;
  std::atomic<bool> finished_ = false;
  bool written_ = false;  // everything logged before the end was written
  std::shared_ptr<spdlog::details::thread_pool> threads_ =
      std::make_shared<spdlog::details::thread_pool>(waiting_max, 1,
                                                     [] { system::name_thread("log"); });
  std::shared_ptr<LogSink> sink_ = std::make_shared<LogSink>(
      setting_,
      StderrSink::Lost{.count = [this] { return lost(); },
                       .line = [this](std::uint64_t lines) { return line_of_lost(lines); }});
  // If the queue is full, a new record replaces the oldest.
  std::shared_ptr<spdlog::async_logger> logger_ = std::make_shared<spdlog::async_logger>(
      "sonde", sink_, threads_, spdlog::async_overflow_policy::overrun_oldest);
};

// Never destroyed, because its thread may outlive main(). No line is lost when a command returns.
Log& the_log() {
  static Log* const log = [] {
    std::atexit([] { the_log().close(); });
    return new Log;
  }();
  return *log;
}

}  // namespace

void set_up(Level level, std::string_view format) { the_log().set_up(level, format); }

void say(Level level, std::string_view text, std::initializer_list<Field> fields) {
  the_log().say(level, text, fields);
}

void finish() { the_log().finish(); }

std::array<std::uint64_t, 4> written() {
  const auto& written = the_log().written;
  return {written[0].load(), written[1].load(), written[2].load(), written[3].load()};
}

std::uint64_t lost() { return the_log().lost(); }

}  // namespace sonde::log
