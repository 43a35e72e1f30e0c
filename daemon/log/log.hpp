#pragma once
#include <array>
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

// Level and format of everything said from now on: logfmt, json or journal; empty: journal where
// stderr is the journal's, else logfmt. In the format `journal`, journald is handed each record
// with its fields (PROBE=, TARGET=, ...); where it does not listen, lines go to stderr with their
// priority. Once, at start; before it: info, as if empty.
void set_up(Level level, std::string_view format);

// One line, never longer than 8 KB; thread-safe, never blocks on a slow reader. spdlog's thread
// writes; while 1,024 lines wait, a new one takes the place of the oldest, and the log says how
// many were lost.
void say(Level level, std::string_view text, std::initializer_list<Field> fields = {});

// Writes what waits, as far as it is taken within a second (3 s by journald). Before the process
// ends; what is said afterwards is lost.
void finish();

// Lines said so far by level, in the order of Level.
std::array<std::uint64_t, 4> said();
// How many of them were lost, for nobody read them in time.
std::uint64_t lost();

}  // namespace sonde::log
