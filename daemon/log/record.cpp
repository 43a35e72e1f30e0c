#include "daemon/log/record.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "probes/text/json.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::log {
namespace {

constexpr std::size_t line_max = 8192 - 64;  // leaves room for the end of the line

// "5:hello": a text may contain any byte.
void append(std::string& packed, std::string_view text) {
  if (packed.size() >= record_max) return;
  text = text.substr(0, record_max - packed.size());
  packed += std::to_string(text.size());
  packed += ':';
  packed += text;
}

std::string_view take(std::string_view& packed) {
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(packed.data(), packed.data() + packed.size(), size);
  if (error != std::errc() || end == packed.data() + packed.size()) return packed = {};
  packed.remove_prefix(static_cast<std::size_t>(end - packed.data()) + 1);
  const std::string_view text = packed.substr(0, size);
  packed.remove_prefix(text.size());
  return text;
}

// Quotes as in JSON: nothing can end the line or its quotes, or control a terminal.
void quote(std::string& line, std::string_view raw) {
  line += '"';
  while (!raw.empty() && line.size() < line_max) {
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

bool is_plain(std::string_view text) {
  auto bare = [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '\\' && c != '='; };
  return !text.empty() && std::ranges::all_of(text, bare);
}

void add_logfmt(std::string& line, std::string_view key, std::string_view value) {
  if (line.size() >= line_max) return;
  if (!line.empty()) line += ' ';
  line += key;
  line += '=';
  if (is_plain(value) && value.size() < line_max)
    line += value;
  else
    quote(line, value);
}

void add_json(std::string& line, std::string_view key, std::string_view value) {
  if (line.size() >= line_max) return;
  line += line.empty() ? '{' : ',';
  quote(line, key);
  line += ':';
  quote(line, value);
}

}  // namespace

std::string_view name(Level level) {
  constexpr std::string_view names[] = {"debug", "info", "warning", "error"};
  return names[static_cast<std::size_t>(level)];
}

std::string pack(std::string_view message, std::initializer_list<Field> fields) {
  std::string packed;
  append(packed, message);
  for (const auto& [key, value] : fields) {
    append(packed, key);
    append(packed, value);
  }
  return packed;
}

Record unpack(std::string_view packed) {
  Record record{.message = take(packed), .fields = {}};
  while (!packed.empty()) {
    const std::string_view key = take(packed);
    record.fields.emplace_back(key, take(packed));
  }
  return record;
}

std::string line_of(Format format, Level level, const Record& record, std::string_view when) {
  const auto add = format == Format::json ? add_json : add_logfmt;
  std::string line;
  if (!when.empty()) add(line, "ts", when);
  if (format != Format::journal) add(line, "level", name(level));
  add(line, "msg", record.message);
  for (const auto& [key, value] : record.fields) add(line, key, value);
  if (format == Format::json) line += '}';
  return line;
}

}  // namespace sonde::log
