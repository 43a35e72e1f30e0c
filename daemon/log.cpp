#include "daemon/log.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <poll.h>
#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/sinks/sink.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>

#include "probes/text/utf8.hpp"

namespace sonde::log {
namespace {

constexpr std::size_t text_max = 8192 - 64;  // leaves room for what closes the line
constexpr std::size_t queue_max = 1024;
constexpr int reader_ms_max = 1000;

enum class Format : std::uint8_t { logfmt, json, journal };

// Writes lines to stderr, from spdlog's thread. A reader that takes nothing for a second loses
// lines; from then on they are lost without waiting, until it reads again.
class Stderr : public spdlog::sinks::sink {
 public:
  explicit Stderr(Format format) : format_(format) {}

  Format format() const { return format_; }
  void count(Level level) { said_[static_cast<std::size_t>(level)]++; }
  std::array<std::uint64_t, 4> said() const {
    return {said_[0].load(), said_[1].load(), said_[2].load(), said_[3].load()};
  }

  void log(const spdlog::details::log_msg& message) override {
    std::string_view text(message.payload.data(), message.payload.size());
    while (!text.empty() && writable()) {
      // A pipe that is writable takes this much without blocking.
      const ssize_t written = ::write(STDERR_FILENO, text.data(), std::min(text.size(), chunk_max));
      if (written < 0) return;
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  void flush() override {}
  void set_pattern(const std::string&) override {}
  void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

 private:
  static constexpr std::size_t chunk_max = 4096;

  bool writable() {
    pollfd reader{STDERR_FILENO, POLLOUT, 0};
    patience_ms_ = ::poll(&reader, 1, patience_ms_) == 1 ? reader_ms_max : 0;
    return patience_ms_ > 0;
  }

  Format format_;
  int patience_ms_ = reader_ms_max;
  std::array<std::atomic<std::uint64_t>, 4> said_{};
};

std::string_view name(Level level) {
  constexpr std::string_view names[] = {"debug", "info", "warning", "error"};
  return names[static_cast<std::size_t>(level)];
}

spdlog::level::level_enum spdlog_level(Level level) {
  constexpr spdlog::level::level_enum levels[] = {spdlog::level::debug, spdlog::level::info,
                                                  spdlog::level::warn, spdlog::level::err};
  return levels[static_cast<std::size_t>(level)];
}

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

// What could end the line, its quotes, or steer a terminal (C1 controls are c2 80 to c2 9f).
bool harmful(std::string_view character) {
  const auto lead = static_cast<unsigned char>(character[0]);
  if (character.size() == 2) return lead == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;
  return lead < 0x20 || lead == 0x7f || lead == '"' || lead == '\\';
}

void escape(std::string& line, char c) {
  if (c == '\n')
    line += "\\n";
  else if (c == '\t')
    line += "\\t";
  else if (c == '"' || c == '\\')
    line += {'\\', c};
  else
    line += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
}

// As JSON wants it.
void quote(std::string& line, std::string_view raw) {
  line += '"';
  while (!raw.empty() && line.size() < text_max) {
    const std::size_t length = text::utf8_length(raw);
    if (length == 0)
      line += "\\ufffd";
    else if (harmful(raw.substr(0, length)))
      escape(line, raw[length - 1]);
    else
      line += raw.substr(0, length);
    raw.remove_prefix(std::max<std::size_t>(length, 1));
  }
  line += raw.empty() ? "\"" : "...\"";
}

bool plain(std::string_view text) {
  auto bare = [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '\\' && c != '='; };
  return !text.empty() && std::ranges::all_of(text, bare);
}

std::string time_now() {
  const auto now = std::chrono::system_clock::now();
  const auto part = now.time_since_epoch() % std::chrono::seconds(1);
  const std::tm utc = fmt::gmtime(std::chrono::system_clock::to_time_t(now));
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", utc, part / std::chrono::milliseconds(1));
}

void add_logfmt(std::string& line, std::string_view key, std::string_view value) {
  if (line.size() >= text_max) return;
  if (!line.empty()) line += ' ';
  line += key;
  line += '=';
  if (plain(value) && value.size() < text_max)
    line += value;
  else
    quote(line, value);
}

void add_json(std::string& line, std::string_view key, std::string_view value) {
  if (line.size() >= text_max) return;
  line += line.empty() ? '{' : ',';
  quote(line, key);
  line += ':';
  quote(line, value);
}

using Fields = std::initializer_list<Field>;

std::string line_of(Format format, Level level, std::string_view text, const Fields& fields) {
  const auto add = format == Format::json ? add_json : add_logfmt;
  std::string line;
  if (format != Format::journal) {
    add(line, "ts", time_now());
    add(line, "level", name(level));
  }
  add(line, "msg", text);
  for (const auto& [key, value] : fields) add(line, key, value);
  if (format == Format::json) line += '}';
  return line;
}

// What journald reads at the start of a line, after sd-daemon(3).
std::string_view priority(Level level) {
  constexpr std::string_view prefixes[] = {"<7>", "<6>", "<4>", "<3>"};
  return prefixes[static_cast<std::size_t>(level)];
}

void install(Level level, Format format) {
  if (!spdlog::thread_pool()) spdlog::init_thread_pool(queue_max, 1);
  auto logger = std::make_shared<spdlog::async_logger>(
      "sonde", std::make_shared<Stderr>(format), spdlog::thread_pool(),
      spdlog::async_overflow_policy::overrun_oldest);
  logger->set_level(spdlog_level(level));
  spdlog::set_default_logger(std::move(logger));
}

// Ours, which spdlog keeps; null after finish().
spdlog::logger* logger() {
  static const bool installed = [] {
    install(Level::info, format_named(""));
    return true;
  }();
  return installed ? spdlog::default_logger_raw() : nullptr;
}

Stderr& sink_of(const spdlog::logger& logger) {
  return static_cast<Stderr&>(*logger.sinks().front());
}

}  // namespace

void set_up(Level level, std::string_view format) {
  if (logger()) install(level, format_named(format));
}

void say(Level level, std::string_view text, std::initializer_list<Field> fields) {
  spdlog::logger* out = logger();
  if (!out || !out->should_log(spdlog_level(level))) return;
  Stderr& sink = sink_of(*out);
  sink.count(level);
  std::string line = line_of(sink.format(), level, text, fields) + '\n';
  if (sink.format() == Format::journal) line.insert(0, priority(level));
  out->log(spdlog_level(level), spdlog::string_view_t(line));
}

void finish() {
  if (logger()) spdlog::shutdown();
}

std::array<std::uint64_t, 4> said() {
  const spdlog::logger* out = logger();
  return out ? sink_of(*out).said() : std::array<std::uint64_t, 4>{};
}

}  // namespace sonde::log
