#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "probes/core/probe.hpp"
#include "probes/text/match.hpp"

namespace sonde::dialect {

// A question with a computed answer, which neither an echo nor a canned reply can pass.
enum class ChallengeKind : std::uint8_t { none, product, sum, reverse };
std::span<const config::Named<ChallengeKind>> names_of(const ChallengeKind*);

struct Challenge {
  std::string question;  // "37 * 58": what {{challenge}} says
  std::string answer;    // "2146"
};
// Operands have two digits and are never such that the answer is part of the question. `reverse`
// asks for a nonce of eight letters backwards.
Challenge make_challenge(ChallengeKind kind, text::Names& names);

// `answer:` of a chat probe: another expectation than a challenge.
struct AnswerRules {
  std::optional<text::Template> equals;
  std::vector<text::Pattern> matches, not_matches;
  int min_chars = 1;
  bool may_contain_prompt = false;
};
const config::Section<AnswerRules>& section_of(const AnswerRules*);

// The ladder: there is one (answer_missing) -> not empty -> long enough -> no error, refusal or
// placeholder -> does not contain the prompt (blanks and case apart) -> is the expected one. A
// number is compared as a number: "2,146" and "The answer is 2146." are 2146, "12146" is not. Of
// the numbers that stand alone in the answer, those of the question apart, the expected one must
// be the first or the last: "37 * 58 = 2146" and "1850 + 296 = 2146" are right, a list of guesses
// with 2146 in it is not. A text is found as a whole word, its case apart. `equals` wants the whole
// answer, blanks around it apart, unless it is a number. Empty: it is substantive.
std::optional<Failure> judge_answer(const std::optional<std::string>& text,
                                    const std::string& prompt, const AnswerRules& rules,
                                    const Challenge& challenge, text::Names& names);

}  // namespace sonde::dialect
