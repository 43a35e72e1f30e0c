#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sonde::config {

// A spot in a text; line and column (in bytes) count from 1.
struct Flaw {
  int line = 0;
  int column = 0;
  std::string text;
};

// The first thing in a file that no YAML parser should see: too many bytes, NUL and other control
// characters, what is not UTF-8, a tab in an indentation.
std::optional<Flaw> find_flaw(std::string_view yaml);

// Where a value starts with {{ and has no quotes. It looks at lines alone, so a block of text can
// hold one, too: ask only when a file is known to be wrong.
std::vector<Flaw> find_unquoted_templates(std::string_view yaml);

}  // namespace sonde::config
