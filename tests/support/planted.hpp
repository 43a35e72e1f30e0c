#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/probe_run.hpp"

// Searches the output of a run for secrets, with its own encoders and none of the code that hides
// secrets.
namespace sonde::test {

// Every text of a run, one line each.
std::string dump(const ProbeRun& walked);

// The forms of `text` in JSON, JavaScript, HTML, URLs, forms, hex and base64; for base64 the part
// that does not depend on the surrounding bytes, for each alignment.
std::vector<std::string> encodings(std::string_view text);

// The first piece of 8 bytes of `secret` (or all of a shorter one) found in `shown` in some
// encoding, in that encoding; empty: none.
std::string leaked(std::string_view shown, std::string_view secret);

// Fails the test for each secret in the output of the run.
void expect_hidden(const ProbeRun& walked, const std::vector<std::string>& secrets);

}  // namespace sonde::test
