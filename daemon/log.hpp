#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace sonde::log {

// error: somebody has to act; warning: something is lost or wrong, and the daemon goes on;
// info: what an operator expects to see once; debug: every run.
enum class Level : std::uint8_t { debug, info, warning, error };

using Field = std::pair<std::string_view, std::string>;

// Level and format (logfmt, json or journal) of everything said from now on. Once, at start.
void set_up(Level level, std::string_view format);

// One line, never longer than 8 KB; thread-safe, never blocks on a slow reader.
void say(Level level, std::string_view text, std::initializer_list<Field> fields = {});

}  // namespace sonde::log
