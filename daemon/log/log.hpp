#pragma once
#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace sonde::log {

// error: someone has to act; warning: something is lost or wrong, but the daemon goes on; info:
// what an operator expects to see once; debug: every run.
enum class Level : std::uint8_t { debug, info, warning, error };

using Field = std::pair<std::string_view, std::string>;

// Sets the level and format of the log: logfmt, json or journal; empty: journal if stderr is
// connected to the journal, otherwise logfmt. With `journal`, journald gets each record with its
// fields (PROBE=, TARGET=, ...); if it does not listen, lines with a priority go to stderr. Call it
// once, at start; before that: level info, format empty.
void set_up(Level level, std::string_view format);

// Logs one line of at most 8 KB. Thread-safe; never blocks on a slow reader. A thread of spdlog
// writes; if 1,024 lines are waiting, a new line replaces the oldest, and the log reports how many
// were lost.
void say(Level level, std::string_view text, std::initializer_list<Field> fields = {});

// Writes the waiting lines, for at most a second (3 s for journald). Call it before the process
// ends; lines logged afterwards are lost.
void finish();

// Number of lines logged so far, by Level.
std::array<std::uint64_t, 4> written();
// Number of lines that were lost because they were not read in time.
std::uint64_t lost();

}  // namespace sonde::log
