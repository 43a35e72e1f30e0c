#pragma once
#include <string>

#include "daemon/core/result.hpp"
#include "daemon/report/style.hpp"

namespace sonde::report {

// A Result for a person at a terminal, ending in a line end: a headline with the verdict; of a
// failure its step, reason, detail, the reason's help and the first wrong frame; then the
// waterfall of phases and events, what went over the wire, the answers of a chat, and who ended
// the connection. What a server sent is shown escaped and cut. A passing run shows headers,
// bodies and frames only in the full style; a skipped one has a headline alone.
std::string as_text(const Result& result, const TextStyle& style);

// The headline alone: "FAIL chat staging (chat) in 4.21 s, attempt 2".
std::string headline(const Result& result, const TextStyle& style);

// "events/missing_event: tool_completed never came"; empty for a pass.
std::string cause(const Verdict& verdict, const TextStyle& style);

}  // namespace sonde::report
