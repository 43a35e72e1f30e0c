#include "tests/probes/scenarios/scenario.hpp"

namespace sonde::test::answer_scenarios_test {
namespace {

using enum Reason;

ProbeRun converse(const Chat& chat) { return chat.walk(); }

Scenario answer_of(std::string name, Reason reason, std::string detail, Script turn,
                   DefaultConfig::Keys probe = {}) {
  return {std::move(name), Step::answer, reason, std::move(detail),
          std::bind_front(converse, Chat{std::move(turn), std::move(probe)})};
}

Script turn_without_answer() {
  Script turn = good_turn("");
  turn.back() = tell("agent_completed");
  return turn;
}

}  // namespace

Scenarios answer_scenarios() {
  return {
      answer_of("NoAnswerAtAll", answer_missing, "holds no answer", turn_without_answer()),
      answer_of("AnEmptyAnswer", answer_empty, "empty", good_turn("  ")),
      answer_of("AnAnswerThatIsTooShort", answer_short, "at least 20", good_turn("42 it is"),
                {{"answer", "{ min_chars: 20 }"}}),
      answer_of("APlaceholder", answer_error, "Legacy processing",
                good_turn("Legacy processing: user_message")),
      answer_of("AnApology", answer_error, "sorry", good_turn("I'm sorry, I cannot do that.")),
      answer_of("AnEchoOfThePrompt", answer_echo, "holds the prompt",
                good_turn("You said: What is the answer to all of it?")),
      answer_of("AWrongProduct", answer_wrong, "wanted", good_turn("It is 7."),
                {{"challenge", "product"}, {"prompt", R"("What is {{challenge}}?")"}}),
      answer_of("AnotherAnswerThanWanted", answer_wrong, "wanted", good_turn("43"),
                {{"answer", R"({ equals: "42" })"}}),
  };
}

}  // namespace sonde::test::answer_scenarios_test
