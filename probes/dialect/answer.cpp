#include "probes/dialect/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "probes/dialect/number.hpp"
#include "probes/text/ascii.hpp"
#include "probes/text/decimal.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::dialect {

const config::Section<AnswerRules>& section_of(const AnswerRules*) {
  static const auto keys =
      config::Section<AnswerRules>()
          .key("equals", &AnswerRules::equals,
               "The answer is this; a number may stand in a sentence.")
          .key("matches", &AnswerRules::matches, "Each of these patterns is found in it.")
          .key("not_matches", &AnswerRules::not_matches,
               "Patterns of which none is found in it; known error texts and placeholders are "
               "refused anyway.")
          .key("min_chars", &AnswerRules::min_chars, "Its least length, blanks around it apart.",
               {.min = 1, .max = 100'000})
          .key("may_contain_prompt", &AnswerRules::may_contain_prompt,
               "Whether it may hold the whole prompt, as an echo does.");
  return keys;
}

namespace {

constexpr std::size_t shown_max = 120;
constexpr std::string_view blanks = " \t\r\n\v\f";

// Texts that are not real answers: errors, refusals, placeholders, stack traces, HTML.
const std::vector<text::Pattern>& errors() {
  static const auto all = [] {
    std::vector<text::Pattern> patterns;
    for (const char* pattern :
         {"(?i)legacy processing", "(?i)^\\s*task completed\\W*$", "(?i)agent response for:",
          "(?i)internal server error", "Traceback \\(most recent call last\\)",
          "(?m)^\\s+at \\S+ ?\\(.*:\\d+:\\d+\\)", "(?i)^\\s*(<!doctype|<html)", "(?i)<html[ >]",
          "(?i)^\\s*(i'm|i\xE2\x80\x99m|i am) sorry", "(?i)^\\s*(error|exception):"}) {
      auto made = text::Pattern::parse(pattern);
      if (!made) std::abort();
      patterns.push_back(*std::move(made));
    }
    return patterns;
  }();
  return all;
}

// All of them as one pattern, because an answer rarely matches any.
text::Pattern any_of(const std::vector<text::Pattern>& patterns) {
  std::string all;
  for (const auto& pattern : patterns) all += (all.empty() ? "(?:" : "|(?:") + pattern.text() + ")";
  auto made = text::Pattern::parse(all);
  if (!made) std::abort();
  return *std::move(made);
}

// Null: none matches.
const text::Pattern* first_in(std::string_view answer, const std::vector<text::Pattern>& patterns) {
  for (const auto& pattern : patterns)
    if (pattern.found_in(answer)) return &pattern;
  return nullptr;
}

const text::Pattern* forbidden_in(std::string_view answer, const AnswerRules& rules) {
  static const text::Pattern any_error = any_of(errors());
  const bool error = any_error.found_in(answer);
  return first_in(answer, error ? errors() : rules.not_matches);
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// In lower case, with each run of spaces replaced by one space.
std::string normal(std::string_view text) {
  std::string out;
  for (const char c : trimmed(text)) {
    const bool blank = blanks.find(c) != std::string_view::npos;
    if (blank && out.ends_with(' ')) continue;
    out += blank ? ' ' : text::lower(c);
  }
  return out;
}

std::string quoted(std::string_view text) {
  return text::json_quote(text::shorten(text, shown_max));
}

bool has_word(const std::string& text, const std::string& word) {
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    if (!goes_on_before(text, at) && !goes_on_behind(text, at + word.size())) return true;
  }
  return false;
}

bool has_number(std::string_view answer, const std::string& expected, const std::string& question) {
  const std::string usual = with_usual_digits(answer);
  const auto asked = numbers_in(question);
  std::vector<std::string_view> numbers;
  for (const auto number : numbers_in(usual)) {
    const auto same = [number](std::string_view other) { return text::same_value(number, other); };
    if (std::ranges::none_of(asked, same)) numbers.push_back(number);
  }
  if (numbers.empty()) return false;
  return has_value(numbers.front(), expected) || has_value(numbers.back(), expected);
}

std::optional<Failure> wrong(std::string_view wanted, std::string_view answer) {
  return Failure{Reason::answer_wrong, fmt::format("wanted {}, got {}", wanted, quoted(answer))};
}

std::optional<Failure> wrong_challenge(std::string_view answer, const Challenge& challenge) {
  if (challenge.answer.empty()) return std::nullopt;
  const bool number = text::parse_decimal(challenge.answer).has_value();
  const bool right = number ? has_number(answer, challenge.answer, challenge.question)
                            : has_word(normal(answer), normal(challenge.answer));
  if (right) return std::nullopt;
  return wrong(fmt::format("{} (asked: {})", challenge.answer, challenge.question), answer);
}

std::optional<Failure> wrong_equals(std::string_view answer, const text::Template& equals,
                                    text::Names& names) {
  const auto wanted = equals.render(names);
  if (!wanted)
    return Failure{Reason::own_request, fmt::format("nothing is known of '{}'", wanted.error())};
  const bool right =
      text::parse_decimal(*wanted) ? has_number(answer, *wanted, "") : answer == trimmed(*wanted);
  return right ? std::nullopt : wrong(quoted(*wanted), answer);
}

std::optional<Failure> wrong_pattern(std::string_view answer, const AnswerRules& rules) {
  for (const auto& pattern : rules.matches)
    if (!pattern.found_in(answer)) return wrong("a match of " + pattern.text(), answer);
  return std::nullopt;
}

// The checks that apply to every prompt.
std::optional<Failure> not_an_answer(std::string_view answer, const std::string& prompt,
                                     const AnswerRules& rules) {
  if (answer.empty()) return Failure{Reason::answer_empty, "the answer is empty"};
  const auto length = text::utf8_count(answer);
  if (length < static_cast<std::size_t>(rules.min_chars))
    return Failure{Reason::answer_short, fmt::format("{} characters, at least {} are wanted: {}",
                                                     length, rules.min_chars, quoted(answer))};
  if (const text::Pattern* pattern = forbidden_in(answer, rules))
    return Failure{Reason::answer_error,
                   fmt::format("it matches {}: {}", pattern->text(), quoted(answer))};
  const std::string asked = normal(prompt);
  if (!rules.may_contain_prompt && !asked.empty() &&
      normal(answer).find(asked) != std::string::npos)
    return Failure{Reason::answer_echo, "the answer holds the prompt: " + quoted(answer)};
  return std::nullopt;
}

}  // namespace

std::optional<Failure> judge_answer(const std::optional<std::string>& text,
                                    const std::string& prompt, const AnswerRules& rules,
                                    const Challenge& challenge, text::Names& names) {
  if (!text) return Failure{Reason::answer_missing, "the terminal event holds no answer"};
  const std::string_view answer = trimmed(*text);
  if (auto failed = not_an_answer(answer, prompt, rules)) return failed;
  if (auto failed = wrong_challenge(answer, challenge)) return failed;
  if (rules.equals)
    if (auto failed = wrong_equals(answer, *rules.equals, names)) return failed;
  return wrong_pattern(answer, rules);
}

namespace {

int operand(text::Names& names) {
  std::uniform_int_distribution<int> two_digits(11, 99);
  return two_digits(names.random());
}

// All letters differ, so the reversed text differs too, and is not answered by chance.
Challenge reverse(text::Names& names) {
  std::string letters = "abcdefghijklmnopqrstuvwxyz";
  std::ranges::shuffle(letters, names.random());
  const std::string nonce = letters.substr(0, 8);
  return {nonce, std::string(nonce.rbegin(), nonce.rend())};
}

}  // namespace

std::span<const config::Named<ChallengeKind>> names_of(const ChallengeKind*) {
  static constexpr config::Named<ChallengeKind> all[] = {{"none", ChallengeKind::none},
                                                         {"product", ChallengeKind::product},
                                                         {"sum", ChallengeKind::sum},
                                                         {"reverse", ChallengeKind::reverse}};
  return all;
}

// Two operands of two digits: their sum and product are larger than either.
Challenge make_challenge(ChallengeKind kind, text::Names& names) {
  if (kind == ChallengeKind::none) return {};
  if (kind == ChallengeKind::reverse) return reverse(names);
  const int a = operand(names);
  const int b = operand(names);
  if (kind == ChallengeKind::sum) return {fmt::format("{} + {}", a, b), fmt::to_string(a + b)};
  return {fmt::format("{} * {}", a, b), fmt::to_string(a * b)};
}

}  // namespace sonde::dialect
