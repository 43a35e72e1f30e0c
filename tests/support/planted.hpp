#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/probe_run.hpp"

// Looks for secrets in what is shown of a run, with encoders of its own and none of the code that
// hides them.
namespace sonde::test {

// Every text of a run, a line each.
std::string dump(const ProbeRun& walked);

// How a writer of JSON, JavaScript, HTML, URLs, forms, hex or base64 may write `text`; of base64
// what does not depend on the bytes around it, wherever it begins.
std::vector<std::string> encodings(std::string_view text);

// The first piece of 8 bytes of `secret`, or all of a shorter one, that stands in `shown` in some
// encoding, and how it is written there; empty: none does.
std::string leaked(std::string_view shown, std::string_view secret);

// A failure of the test for each that is shown of the run.
void expect_hidden(const ProbeRun& walked, const std::vector<std::string>& secrets);

}  // namespace sonde::test
