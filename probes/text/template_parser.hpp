#pragma once
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "probes/text/functions.hpp"

namespace sonde::text {

// The content of `{{ }}`: a name or a function with its arguments, then filters.
struct Expression {
  std::string name;  // empty: a function
  const Function* function = nullptr;
  std::vector<std::int64_t> arguments;
  std::vector<const Filter*> filters;
};

// Parses the text between the braces. The error names the mistake and the nearest valid word.
std::expected<Expression, std::string> parse_expression(std::string_view inside);

}  // namespace sonde::text
