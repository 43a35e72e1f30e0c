#include "daemon/log/log.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <utility>

#include "daemon/log/log_writer.hpp"
#include "probes/text/json.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::log {
namespace {

constexpr std::size_t text_max = 8192 - 64;  // leaves room for what closes the line

enum class Format : std::uint8_t { logfmt, json, journal };

std::string_view name(Level level) {
  constexpr std::string_view names[] = {"debug", "info", "warning", "error"};
  return names[static_cast<std::size_t>(level)];
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

// As JSON wants it: nothing can end the line or its quotes, or steer a terminal.
void quote(std::string& line, std::string_view raw) {
  line += '"';
  while (!raw.empty() && line.size() < text_max) {
    const std::size_t length = text::utf8_length(raw);
    if (length == 0)
      line += "\\ufffd";
    else if (raw[0] == '\t')
      line += "\\t";
    else
      line += text::json_escape(raw.substr(0, length));
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

std::string line_of_lost(std::uint64_t lost);

// Ends with the process, if nobody finished it before: no line is lost where a command returns.
struct Log {
  std::atomic<Level> level = Level::info;
  std::atomic<Format> format = format_named("");
  std::array<std::atomic<std::uint64_t>, 4> said{};
  Writer writer{line_of_lost};
};

Log& the_log() {
  static Log log;
  return log;
}

std::string whole_line(Format format, Level level, std::string_view text, const Fields& fields) {
  std::string line = line_of(format, level, text, fields) + '\n';
  if (format == Format::journal) line.insert(0, priority(level));
  return line;
}

std::string line_of_lost(std::uint64_t lost) {
  return whole_line(the_log().format, Level::warning,
                    "lines of this log were lost: its reader stood still",
                    {{"lines", std::to_string(lost)}});
}

}  // namespace

void set_up(Level level, std::string_view format) {
  the_log().level = level;
  the_log().format = format_named(format);
}

void say(Level level, std::string_view text, std::initializer_list<Field> fields) {
  Log& log = the_log();
  if (level < log.level) return;
  ++log.said[static_cast<std::size_t>(level)];
  log.writer.write(whole_line(log.format, level, text, fields));
}

void finish() { the_log().writer.finish(); }

std::array<std::uint64_t, 4> said() {
  const auto& said = the_log().said;
  return {said[0].load(), said[1].load(), said[2].load(), said[3].load()};
}

std::uint64_t lost() { return the_log().writer.lost(); }

}  // namespace sonde::log
