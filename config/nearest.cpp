#include <algorithm>

#include "config/mistake.hpp"

namespace sonde::config {
namespace {

constexpr std::size_t word_max = 64;  // nobody misspells more, and the work is quadratic

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Edits from a to b: insertions, deletions, changes, and swaps of neighbours; case is free.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before, above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                           lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = above;
    above = row;
  }
  return above.back();
}

}  // namespace

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& names) {
  if (word.size() > word_max) return {};
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string_view name : names) {
    if (name.size() > word_max) continue;
    const std::size_t edits = distance(word, name);
    if (edits >= best_distance || edits >= name.size()) continue;
    best = name;
    best_distance = edits;
  }
  return best;
}

std::string no_such(std::string_view thing, std::string_view name,
                    const std::vector<std::string_view>& known) {
  std::string text = "there is no " + std::string(thing) + (thing.empty() ? "" : " ") + quote(name);
  if (const auto near = nearest(name, known); !near.empty())
    text += "; did you mean '" + std::string(near) + "'?";
  return text;
}

}  // namespace sonde::config
