#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "probes/core/probe.hpp"
#include "probes/text/match.hpp"

namespace sonde::dialect {

// A question with a computed answer, so that neither an echo nor a canned reply can pass.
enum class ChallengeKind : std::uint8_t { none, product, sum, reverse };
std::span<const config::Named<ChallengeKind>> names_of(const ChallengeKind*);

struct Challenge {
  std::string question;  // "37 * 58": the text of {{challenge}}
  std::string answer;    // "2146"
};
// Operands have two digits and are chosen so that the answer is not part of the question. `reverse`
// asks to reverse a nonce of eight letters.
Challenge make_challenge(ChallengeKind kind, text::Names& names);

// `answer:` of a chat probe: requirements in addition to, or instead of, a challenge.
struct AnswerRules {
  std::optional<text::Template> equals;
  std::vector<text::Pattern> matches, not_matches;
  int min_chars = 1;
  bool may_contain_prompt = false;
};
const config::Section<AnswerRules>& section_of(const AnswerRules*);

// Checks the answer in this order: it exists (answer_missing), is not empty, is long enough, is not
// an error, refusal or placeholder, does not contain the prompt (ignoring spaces and case), and is
// the expected one. A number is compared by value: "2,146" and "The answer is 2146." are 2146,
// "12146" is not. Of the separate numbers in the answer, not counting those of the question, the
// expected one has to be the first or the last: "37 * 58 = 2146" and "1850 + 296 = 2146" are right,
// a list of guesses that contains 2146 is not. A text has to occur as a whole word, in any case.
// `equals` requires the whole answer, without surrounding spaces, unless it is a number. Empty: the
// answer is substantive.
std::optional<Failure> judge_answer(const std::optional<std::string>& text,
                                    const std::string& prompt, const AnswerRules& rules,
                                    const Challenge& challenge, text::Names& names);

}  // namespace sonde::dialect
