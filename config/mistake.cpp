#include "config/mistake.hpp"

#include <algorithm>
#include <tuple>

namespace sonde::config {
namespace {

constexpr std::size_t quote_max = 60;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80; }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

auto order(const Mistake& mistake) {
  const Place& place = mistake.place;
  const std::string_view file = place.file ? std::string_view(*place.file) : std::string_view();
  return std::tuple(!place.file, file, place.line, place.column, std::string_view(mistake.path),
                    std::string_view(mistake.text));
}

// "a, b and c", at most `paths_max` of them.
std::string list(const std::vector<std::string>& paths) {
  constexpr std::size_t paths_max = 6;
  const std::size_t shown = paths.size() > paths_max ? paths_max - 1 : paths.size();
  std::string all;
  for (std::size_t i = 0; i < shown; ++i) {
    const bool last = i + 1 == paths.size();
    all += (i == 0 ? "" : last ? " and " : ", ") + paths[i];
  }
  if (shown < paths.size()) all += " and " + std::to_string(paths.size() - shown) + " more";
  return all;
}

bool at_one_place(const Mistake& a, const Mistake& b) { return show(a.place) == show(b.place); }

// Joins those that say the same; `all` is sorted.
std::vector<Mistake> joined(const std::vector<Mistake>& all) {
  std::vector<Mistake> once;
  std::vector<std::vector<std::string>> paths;
  for (const Mistake& mistake : all) {
    const auto twin = std::ranges::find_if(once, [&](const Mistake& other) {
      return other.text == mistake.text && other.warning == mistake.warning &&
             !mistake.path.empty() && (mistake.warning || at_one_place(other, mistake));
    });
    const auto index = static_cast<std::size_t>(twin - once.begin());
    if (twin == once.end()) {
      once.push_back(mistake);
      paths.emplace_back();
    }
    if (std::ranges::find(paths[index], mistake.path) == paths[index].end())
      paths[index].push_back(mistake.path);
  }
  for (std::size_t i = 0; i < once.size(); ++i) once[i].path = list(paths[i]);
  return once;
}

bool same(const Mistake& a, const Mistake& b) {
  return order(a) == order(b) && a.warning == b.warning;
}

}  // namespace

std::string quote(std::string_view text) {
  const bool cut = text.size() > quote_max;
  std::size_t size = std::min(text.size(), quote_max);
  while (cut && size > 0 && is_continuation(text[size])) --size;
  return "'" + std::string(text.substr(0, size)) + (cut ? "...'" : "'");
}

std::string show(const Place& place) {
  if (!place.file) return "";
  if (place.line == 0) return *place.file;
  return *place.file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

std::string show(const Mistake& mistake) {
  std::string line = show(mistake.place);
  if (!line.empty()) line += ": ";
  if (mistake.warning) line += "warning: ";
  if (!mistake.path.empty()) line += mistake.path + ": ";
  line += mistake.text;
  std::ranges::replace_if(line, is_control, '?');  // one line, without terminal control characters
  return line;
}

void Mistakes::add(const Place& place, std::string path, std::string text) {
  keep({place, std::move(path), std::move(text), false});
}

void Mistakes::warn(const Place& place, std::string path, std::string text) {
  keep({place, std::move(path), std::move(text), true});
}

// A mapping that is read once for each target reports its mistakes once.
void Mistakes::keep(Mistake mistake) {
  const auto alike = [&](const Mistake& other) { return other.warning == mistake.warning; };
  const auto count = static_cast<std::size_t>(std::ranges::count_if(all_, alike));
  const auto twin = [&](const Mistake& other) { return same(other, mistake); };
  if (count > count_max || std::ranges::any_of(all_, twin)) return;
  if (count == count_max) mistake = {{}, "", "there are more, not shown here", mistake.warning};
  all_.push_back(std::move(mistake));
}

bool Mistakes::any() const {
  return std::ranges::any_of(all_, [](const Mistake& mistake) { return !mistake.warning; });
}

std::vector<Mistake> Mistakes::sorted() const {
  std::vector<Mistake> all = all_;
  std::ranges::sort(all, {}, order);
  return joined(all);
}

void Mistakes::skipped(const std::string& what) {
  if (std::ranges::find(skipped_, what) == skipped_.end()) skipped_.push_back(what);
}

namespace {

constexpr std::size_t word_max = 64;  // misspelled words are shorter, and the work is quadratic

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Edit distance from a to b: insertions, deletions, changes, and swaps of neighbours; ignores case.
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
