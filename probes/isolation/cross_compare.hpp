#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sonde::isolation {

// What came of one request for what is its owner's. The owner asks first and last, so that what
// stands in both of his answers and in neither of the stranger's is no clock.
struct AccessAnswers {
  std::string_view owner, owner_again;
  std::string_view stranger;
  // The stranger's answer to the same request for his own; empty: he is not served that either.
  std::optional<std::string_view> strangers_own;
  // The owner's values that the stranger's request says, which an answer may echo.
  std::vector<std::string> sent;
};

// Whether the stranger's answer shows the owner's data: a value at the same place of the JSON as in
// both answers of the owner (of any other text: a word) that the stranger neither sent nor gets
// when he asks for his own. `nothing`: it shows none of what tells the owner's answer apart.
// `unknown`: nothing tells it apart.
struct Comparison {
  enum class Shows { owners, nothing, unknown };
  Shows shows = Shows::unknown;
  std::string what;  // the value, or why nothing is known; for people
};

// Pure; takes time linear in the answers, and looks at the first 20,000 values of each.
Comparison compare(const AccessAnswers& answers);

}  // namespace sonde::isolation
