#include "deploy/demo/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <optional>

namespace sonde::demo {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool blank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
bool word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  if (text.empty() || text.size() > 9) return std::nullopt;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string_view before(std::string_view text) {
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  auto begin = text.size();
  while (begin > 0 && digit(text[begin - 1])) --begin;
  return text.substr(begin);
}

std::string_view after(std::string_view text) {
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  std::size_t end = 0;
  while (end < text.size() && digit(text[end])) ++end;
  return text.substr(0, end);
}

std::optional<Work> calculate(std::string_view prompt) {
  for (auto at = prompt.find_first_of("*+"); at != std::string_view::npos;
       at = prompt.find_first_of("*+", at + 1)) {
    const auto left = number(before(prompt.substr(0, at)));
    const auto right = number(after(prompt.substr(at + 1)));
    if (!left || !right) continue;
    const auto result = fmt::to_string(prompt[at] == '*' ? *left * *right : *left + *right);
    return Work{.tool = "calculator",
                .arguments = fmt::format("{} {} {}", *left, prompt[at], *right),
                .result = result,
                .answer = result};
  }
  return std::nullopt;
}

// The word after `reverse`, with or without quotes.
std::string_view reversible(std::string_view prompt) {
  const auto at = prompt.find("reverse ");
  if (at == std::string_view::npos) return {};
  auto text = prompt.substr(at + 8);
  while (text.starts_with("of ") || text.starts_with("the "))
    text.remove_prefix(text.find(' ') + 1);
  if (text.starts_with('"') || text.starts_with('\'')) {
    return text.substr(1, text.find(text[0], 1) - 1);
  }
  const auto end = std::ranges::find_if_not(text, word);
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

std::optional<Work> turn_around(std::string_view prompt) {
  const auto text = reversible(prompt);
  if (text.empty() || text.size() > 1000) return std::nullopt;
  const std::string result(text.rbegin(), text.rend());
  return Work{.tool = "text", .arguments = std::string(text), .result = result, .answer = result};
}

Work count(std::string_view prompt) {
  std::size_t words = 0;
  for (std::size_t i = 0; i < prompt.size(); ++i) {
    if (!blank(prompt[i]) && (i == 0 || blank(prompt[i - 1]))) ++words;
  }
  return {.tool = "counter",
          .arguments = "words",
          .result = fmt::to_string(words),
          .answer = fmt::format("That was a message of {} words; I can also multiply, add and "
                                "reverse.",
                                words)};
}

}  // namespace

Work work_out(const std::string& prompt) {
  if (auto work = calculate(prompt)) return *work;
  if (auto work = turn_around(prompt)) return *work;
  return count(prompt);
}

}  // namespace sonde::demo
