#pragma once
#include <span>
#include <string>
#include <string_view>

#include "daemon/core/result.hpp"

namespace sonde::report {

// Results as one JUnit document, as GitLab and Jenkins read it: a testsuite a target, in the
// order of their first Results; a testcase a Result, named for its probe, of class "sonde.<kind>".
// A failure has type "step/reason"; an inconclusive run is an error, a skipped one skipped. Further
// runs of a probe are named "chat (2)", so that no reader takes two for one.
std::string as_junit(std::span<const ResultPtr> results);

// `text` for an XML 1.0 attribute in double quotes, or for character data: valid UTF-8,
// `&`-escapes, and visible escapes (\x1b) for characters that XML cannot carry. Keeps line ends, as
// references in an attribute.
std::string xml_attribute(std::string_view text);
std::string xml_text(std::string_view text);

}  // namespace sonde::report
