#include "daemon/page/facts.hpp"

#include <algorithm>

namespace sonde::page {

std::string_view name(Stage stage) {
  static constexpr std::array<std::string_view, stage_count> names = {"health", "login", "upgrade",
                                                                      "chat", "isolation"};
  return names.at(static_cast<std::size_t>(stage));
}

Stage stage_of(Step step) {
  switch (step) {
    case Step::health:
      return Stage::health;
    case Step::login:
      return Stage::login;
    case Step::upgrade:
    case Step::ready:
    case Step::refuse:
    case Step::hold:
      return Stage::upgrade;
    case Step::events:
    case Step::answer:
      return Stage::chat;
    case Step::isolation:
      break;
  }
  return Stage::isolation;
}

std::string_view word(Mark mark) {
  static constexpr std::array<std::string_view, 6> words = {"fails",   "unknown", "not reached",
                                                            "waiting", "works",   "not watched"};
  return words.at(static_cast<std::size_t>(mark));
}

std::string_view css(Mark mark) {
  static constexpr std::array<std::string_view, 6> names = {"failing", "unclear", "blocked",
                                                            "waiting", "passing", "absent"};
  return names.at(static_cast<std::size_t>(mark));
}

Mark TargetFacts::mark() const {
  Mark worst = Mark::absent;
  for (const CheckFacts& check : checks) worst = std::min(worst, check.mark);
  return worst;
}

}  // namespace sonde::page
