#pragma once
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "probes/text/template.hpp"

namespace sonde::text {

// A function for templates: `nonce(12)`.
struct Function {
  std::string_view name;
  std::size_t arguments;
  std::string (*call)(Names& names, std::span<const std::int64_t> arguments);
  // Returns what is wrong with the arguments, or an empty text.
  std::string_view (*refuse)(std::span<const std::int64_t> arguments);
};
std::span<const Function> functions();

// The filter after which a text that is one `{{ }}` is a number in JSON: see Tree.
inline constexpr std::string_view number_filter = "number";

// A filter for templates: `| b64url`.
struct Filter {
  std::string_view name;
  std::string (*apply)(std::string_view text);
};
std::span<const Filter> filters();

}  // namespace sonde::text
