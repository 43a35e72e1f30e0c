#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sonde::isolation {

// The answers to a request for an owner's data. The owner asks first and last, so that a value in
// both of its answers and in no answer to the stranger is not a changing one such as a time.
struct AccessAnswers {
  std::string_view owner, owner_again;
  std::string_view stranger;
  // The stranger's answer to the same request for its own data; empty: that is not granted either.
  std::optional<std::string_view> strangers_own;
  // Values of the owner in the stranger's request, which an answer may repeat.
  std::vector<std::string> sent;
};

// Whether the stranger's answer shows the owner's data: a value at the same place of the JSON as in
// both answers to the owner (a word, for other texts) that the stranger neither sent nor gets for
// its own data. `nothing`: it shows nothing that identifies the owner's answer. `unknown`: nothing
// identifies that answer.
struct Comparison {
  enum class Shows { owners, nothing, unknown };
  Shows shows = Shows::unknown;
  std::string what;  // the value, or why the result is unknown; for people
};

// Pure; linear in the length of the answers; uses the first 20,000 values of each.
Comparison compare(const AccessAnswers& answers);

}  // namespace sonde::isolation
