#pragma once
#include <string>

#include "daemon/core/result.hpp"
#include "daemon/report/style.hpp"

namespace sonde::report {

// A Result as text for a terminal, with a final line end: a headline with the verdict; for a
// failure its step, reason, detail, the reason's help and the first wrong frame; then the waterfall
// of phases and events, exchanges and frames, the results of a chat, and how the connection ended.
// Text of a server is escaped and cut. A passed run has headers, bodies and frames only in the full
// style; a skipped one only the headline.
std::string as_text(const Result& result, const TextStyle& style);

// One line for a passed or skipped run; for any other the text above, less full, and an empty line.
std::string as_short_text(const Result& result, TextStyle style);

// One line for any run: the headline and, unless it passed, the cause.
std::string as_line(const Result& result, const TextStyle& style);

// Only the headline: "FAIL chat staging (chat) in 4.21 s, attempt 2".
std::string headline(const Result& result, const TextStyle& style);

// "events/missing_event: tool_completed never came"; empty for a pass.
std::string cause(const Verdict& verdict, const TextStyle& style);

}  // namespace sonde::report
