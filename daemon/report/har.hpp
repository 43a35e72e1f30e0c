#pragma once
#include <string>
#include <string_view>

#include "daemon/core/result.hpp"

namespace sonde::report {

// A run as an HTTP Archive (HAR 1.2), which browsers' developer tools and many viewers open: one
// page for the run, one entry for each exchange, with the times of its phases. Frames are
// `_webSocketMessages` of the entry that opened their connection, as Chrome writes them. Values
// that were redacted or cut in the trace are so here. `version`: of Sonde. Pure.
std::string as_har(const Result& result, std::string_view version);

}  // namespace sonde::report
