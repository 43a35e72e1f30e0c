#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sonde::config {

// A mistake in a text; line and column (in bytes) count from 1.
struct Flaw {
  int line = 0;
  int column = 0;
  std::string text;
};

// The first problem of a file that a YAML parser should not get: too many bytes, NUL and other
// control characters, bytes that are not UTF-8, a tab in an indentation.
std::optional<Flaw> find_flaw(std::string_view yaml);

// What is wrong with the indentation of a line of invalid YAML, or of the line before it, by its
// neighbours: "is indented by 3 spaces, and no line above it is; ...". nullopt: nothing stands out.
std::optional<Flaw> find_bad_indentation(std::string_view yaml, int line);

// The places where a value starts with {{ without quotes. Looks only at lines, so it may also find
// text inside a block scalar; call it only if a file is known to be invalid.
std::vector<Flaw> find_unquoted_templates(std::string_view yaml);

}  // namespace sonde::config
