#include "daemon/schedule/standing_refusals.hpp"

#include <fmt/format.h>

#include <sstream>

#include "probes/text/printable.hpp"

namespace sonde::schedule {
namespace {

constexpr std::string_view mark = "standing", tried_mark = "tried";  // no digests
constexpr std::size_t standing_max = 16, standing_detail_max = 512;

}  // namespace

std::string text_of(const StandingRefusals& standing, std::string_view tried) {
  std::string all;
  if (!standing.empty() && !tried.empty()) all = fmt::format("{} {}\n", tried_mark, tried);
  for (const auto& [check, failure] : standing)
    all += fmt::format("{} {} {} {}\n", mark, check, name(failure.reason),
                       text::printable(failure.detail, true, standing_detail_max));
  return all;
}

bool tries_same(std::string_view text, std::string_view tried) {
  return !tried.empty() && text.find(fmt::format("{} {}\n", tried_mark, tried)) != text.npos;
}

StandingRefusals standing_refusals_in(std::string_view text) {
  StandingRefusals standing;
  std::istringstream lines{std::string(text)};
  for (std::string line; standing.size() < standing_max && std::getline(lines, line);) {
    std::istringstream words(line);
    std::string first, check, reason, detail;
    words >> first >> check >> reason >> std::ws;
    std::getline(words, detail);
    const auto known = reason_named(reason);
    if (first == mark && known) standing[check] = {*known, detail};
  }
  return standing;
}

}  // namespace sonde::schedule
