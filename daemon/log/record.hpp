#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/log/log.hpp"

namespace sonde::log {

enum class Format : std::uint8_t { logfmt, json, journal };

// "debug", "info", ..., for lines and metrics.
std::string_view name(Level level);

// Packs a message and its fields into one text, because spdlog queues texts. Cut to `record_max`
// bytes, so that the queue is bounded: 1,024 records of 8 KB.
constexpr std::size_t record_max = 8192;
std::string pack(std::string_view message, std::initializer_list<Field> fields);

struct Record {
  std::string_view message;
  std::vector<std::pair<std::string_view, std::string_view>> fields;
};
// Views into the packed text.
Record unpack(std::string_view packed);

// One line without line end, at most 8 KB, quoted so that the text of a field cannot end the line,
// add a field, or control a terminal. `when` is empty for the journal, which adds the time.
std::string line_of(Format format, Level level, const Record& record, std::string_view when);

}  // namespace sonde::log
