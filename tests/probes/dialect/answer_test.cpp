#include "probes/dialect/answer.hpp"

#include <gtest/gtest.h>

#include <set>

#include "probes/dialect/number.hpp"

namespace sonde::dialect::answer_test {
namespace {

const std::string prompt = "Use the calculator tool: what is 37 * 58?";
const Challenge product{"37 * 58", "2146"};

std::string judged(const std::optional<std::string>& answer, const Challenge& challenge = product,
                   const AnswerRules& rules = {}) {
  text::Names names;
  names.set("identity.username", "alice");
  const auto failed = judge_answer(answer, prompt, rules, challenge, names);
  return std::string(failed ? name(failed->reason) : "ok");
}

TEST(Answer, FailsAtTheFirstRungThatDoesNotHold) {
  const std::pair<std::optional<std::string>, const char*> rungs[] = {
      {std::nullopt, "answer_missing"},
      {"", "answer_empty"},
      {" \n\t ", "answer_empty"},
      {"Legacy processing: user_message", "answer_error"},
      {"Task completed.", "answer_error"},
      {"Agent response for: " + prompt, "answer_error"},
      {"Traceback (most recent call last):\n  File \"x\"", "answer_error"},
      {"<html><body>502</body></html>", "answer_error"},
      {"I'm sorry, I cannot do that.", "answer_error"},
      {"Internal Server Error", "answer_error"},
      {"You said: " + prompt + " 2146", "answer_echo"},
      {"use the CALCULATOR tool:  what\nis 37 * 58? 2146", "answer_echo"},
      {"forty-two", "answer_wrong"},
      {"2146", "ok"}};
  for (const auto& [answer, reason] : rungs)
    EXPECT_EQ(judged(answer), reason) << answer.value_or("none");
}

TEST(Answer, IsShortByCharactersAndNotByBytes) {
  AnswerRules rules;
  rules.min_chars = 4;
  EXPECT_EQ(judged(" gr\xC3\xBC ", {}, rules), "answer_short");
  EXPECT_EQ(judged("gr\xC3\xBC\xC3\x9F", {}, rules), "ok");
}

TEST(Answer, FindsTheNumberWhereItStandsAlone) {
  for (const char* right : {"2146", "2,146", "2146.0", "The answer is 2146.", "37 * 58 = 2146",
                            "**2146**", "=2146", "58 times 37 is 2,146!", "1850 + 296 = 2146",
                            "2146 (that is 1850 + 296)", "\"2146\"", "37*58=2146", "It is 2146\n",
                            "\xE2\x80\x9C"
                            "2146\xE2\x80\x9D"})
    EXPECT_EQ(judged(right), "ok") << right;
}

TEST(Answer, MayGroupItsDigitsAsAnyLanguageDoes) {
  for (const char* right :
       {"2\xC2\xA0"
        "146",
        "2\xE2\x80\xAF"
        "146",
        "2\xE2\x80\x89"
        "146",
        "2'146",
        "2\xE2\x80\x99"
        "146",
        "$2{,}146$", "$2\\,146$", "2.146", "Das Ergebnis ist 2.146.",
        "\xD9\xA2\xD9\xA1\xD9\xA4\xD9\xA6", "\xD9\xA2\xD9\xAC\xD9\xA1\xD9\xA4\xD9\xA6",
        "\xDB\xB2\xDB\xB1\xDB\xB4\xDB\xB6"})
    EXPECT_EQ(judged(right), "ok") << right;
  for (const char* wrong : {"2'146'000", "12'146", "2'1460", "21'46", "2.1460", "0.002146",
                            "-2.146", "2.146,5", "2.145",
                            "2\xC2\xA0"
                            "1460",
                            "2146.000.000"})
    EXPECT_EQ(judged(wrong), "answer_wrong") << wrong;
}

TEST(Numbers, GroupedByDotsAreIntegersOnlyWhereOneOfThatSizeIsExpected) {
  EXPECT_TRUE(has_value("2.394", "2394"));
  EXPECT_TRUE(has_value("2.394", "2.394"));
  EXPECT_FALSE(has_value("2.394", "2"));
  EXPECT_FALSE(has_value("2.394", "394"));
  EXPECT_FALSE(has_value("0.394", "394"));
  EXPECT_FALSE(has_value("2.394", "2394.5"));
  EXPECT_FALSE(has_value("2.39", "239"));
}

TEST(Answer, IsWrongWhereTheNumberIsPartOfAnotherOrOneOfManyGuesses) {
  for (const char* wrong :
       {"12146", "21460", "2146.5", "-2146", "x2146", "2146th", "2146%", "0.2146", ".2146", "21,46",
        "1.2146.3", "2145", "37 * 58", "37", "2145, 2146, 2147", "two thousand"})
    EXPECT_EQ(judged(wrong), "answer_wrong") << wrong;
}

TEST(Answer, FindsTheReversedNonceAsAWholeWord) {
  const Challenge reverse{"abcdefgh", "hgfedcba"};
  for (const char* right : {"hgfedcba", "Backwards: \"Hgfedcba\".", "abcdefgh -> hgfedcba"})
    EXPECT_EQ(judged(right, reverse), "ok") << right;
  for (const char* wrong : {"abcdefgh", "xhgfedcba", "hgfedcbax", "h g f e d c b a"})
    EXPECT_EQ(judged(wrong, reverse), "answer_wrong") << wrong;
}

TEST(Answer, NeedsNoExpectationForTheFirstRungs) {
  EXPECT_EQ(judged("anything", {}), "ok");
  EXPECT_EQ(judged("Legacy processing: x", {}), "answer_error");
}

TEST(Answer, IsWhatTheRulesOfTheProbeSay) {
  AnswerRules rules;
  rules.equals = text::Template("Hello, {{identity.username}}");
  EXPECT_EQ(judged(" Hello, alice\n", {}, rules), "ok");
  EXPECT_EQ(judged("Hello, alice!", {}, rules), "answer_wrong");
  rules.equals = text::Template("42");
  EXPECT_EQ(judged("The answer is 42.", {}, rules), "ok");
  EXPECT_EQ(judged("The answer is 420.", {}, rules), "answer_wrong");
  rules = {};
  rules.matches = {*text::Pattern::parse("(?i)paris"), *text::Pattern::parse("\\.$")};
  EXPECT_EQ(judged("It is Paris.", {}, rules), "ok");
  EXPECT_EQ(judged("It is Paris", {}, rules), "answer_wrong");
  rules.not_matches = {*text::Pattern::parse("maybe")};
  EXPECT_EQ(judged("maybe Paris.", {}, rules), "answer_error");
}

TEST(Answer, MayHoldThePromptWhereTheProbeAllowsIt) {
  AnswerRules rules;
  rules.may_contain_prompt = true;
  EXPECT_EQ(judged(prompt + " 2146", product, rules), "ok");
}

TEST(Answer, SaysWhatWasWantedAndWhatCame) {
  text::Names names;
  const auto failed = judge_answer("It is 2145.", prompt, {}, product, names);
  EXPECT_EQ(failed->detail, "wanted 2146 (asked: 37 * 58), got \"It is 2145.\"");
}

TEST(Challenge, AsksSomethingElseEachTimeAndNeverShowsItsAnswer) {
  for (const auto kind : {ChallengeKind::product, ChallengeKind::sum, ChallengeKind::reverse}) {
    std::set<std::string> questions;
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
      text::Names names(seed);
      const Challenge challenge = make_challenge(kind, names);
      questions.insert(challenge.question);
      EXPECT_EQ(challenge.question.find(challenge.answer), std::string::npos) << challenge.question;
      EXPECT_EQ(judged(challenge.question, challenge), "answer_wrong");
      EXPECT_EQ(judged(challenge.answer, challenge), "ok");
    }
    EXPECT_GT(questions.size(), 400U);
  }
}

TEST(Challenge, ComputesItsAnswer) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    text::Names names(seed);
    for (const auto kind : {ChallengeKind::product, ChallengeKind::sum}) {
      const Challenge challenge = make_challenge(kind, names);
      const int a = std::stoi(challenge.question), b = std::stoi(challenge.question.substr(5));
      EXPECT_EQ(std::stoi(challenge.answer), kind == ChallengeKind::sum ? a + b : a * b);
    }
  }
  text::Names names;
  EXPECT_EQ(make_challenge(ChallengeKind::none, names).answer, "");
}

TEST(Answer, MayBeEmphasisedAsInMarkdown) {
  for (const char* right : {"_2146_", "__2146__", "**2146**", "_The answer is 2146_", "`2146`"})
    EXPECT_EQ(judged(right), "ok") << right;
  for (const char* wrong : {"x_2146", "2146_x", "_2145_", "a__2146__b"})
    EXPECT_EQ(judged(wrong), "answer_wrong") << wrong;
  EXPECT_EQ(judged("_hgfedcba_", {"abcdefgh", "hgfedcba"}), "ok");
}

TEST(Numbers, AreWrittenInTheDigitsOfAnyScript) {
  for (const char* written : {"\xD9\xA2\xD9\xA1\xD9\xA4\xD9\xA6",                  // Arabic-Indic
                              "\xE0\xA5\xA8\xE0\xA5\xA7\xE0\xA5\xAA\xE0\xA5\xAC",  // Devanagari
                              "\xE0\xA7\xA8\xE0\xA7\xA7\xE0\xA7\xAA\xE0\xA7\xAC",  // Bengali
                              "\xEF\xBC\x92\xEF\xBC\x91\xEF\xBC\x94\xEF\xBC\x96",  // full width
                              "\xF0\x9D\x9F\x90\xF0\x9D\x9F\x8F\xF0\x9D\x9F\x92\xF0\x9D\x9F\x94"})
    EXPECT_EQ(with_usual_digits(written), "2146") << written;
  EXPECT_EQ(with_usual_digits("\xE2\x88\x92"
                              "5 and \xEF\xBC\x8D"
                              "6"),
            "-5 and -6");
  EXPECT_EQ(with_usual_digits("\xC2\xB2 \xE2\x85\xA3 \xE5\x9B\x9B \xff"),
            "\xC2\xB2 \xE2\x85\xA3 \xE5\x9B\x9B \xff")
      << "no decimal digits";
}

TEST(Numbers, AreThoseThatStandAlone) {
  using Texts = std::vector<std::string_view>;
  EXPECT_EQ(numbers_in("1,234 and -5 and 3.5 (7)"), (Texts{"1,234", "-5", "3.5", "7"}));
  EXPECT_EQ(numbers_in("v2 3rd 10% 1.2.3 a_4 .5"), Texts{});
  EXPECT_EQ(numbers_in("37-58 end 9."), (Texts{"37", "58", "9"}));
}

}  // namespace
}  // namespace sonde::dialect::answer_test
