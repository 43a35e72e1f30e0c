#pragma once
#include <span>
#include <string>
#include <string_view>

#include "daemon/core/result.hpp"

namespace sonde::report {

// Results as one JUnit document for GitLab and Jenkins: a testsuite for each target, in the order
// of their first Results; a testcase for each Result, named after its probe, with class
// "sonde.<kind>". A failure has type "step/reason"; an inconclusive run is an error, a skipped one
// is skipped. Further runs of a probe are named "chat (2)", so that they are not mistaken for one.
std::string as_junit(std::span<const ResultPtr> results);

// Escapes `text` for an XML 1.0 attribute in double quotes, or for character data: valid UTF-8, `&`
// references, and visible escapes (\x1b) for characters that XML does not allow. Keeps line ends,
// in an attribute as references.
std::string xml_attribute(std::string_view text);
std::string xml_text(std::string_view text);

}  // namespace sonde::report
