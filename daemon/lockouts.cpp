#include "daemon/lockouts.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

namespace sonde {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view room = "lockout";

// Neither names of targets nor digests hold a slash.
std::string key_of(const auth::Owner& account) { return account.target + "/" + account.user; }

// "3 1764090000000": refusals, and when the last login was made.
std::string text_of(const auth::RefusalCount& count) {
  const auto last = std::chrono::floor<milliseconds>(count.last.time_since_epoch());
  return std::to_string(count.refused) + " " + std::to_string(last.count());
}

std::optional<auth::Owner> owner_of(std::string_view key) {
  const std::size_t slash = key.find('/');
  if (slash == std::string_view::npos || key.find('/', slash + 1) != std::string_view::npos)
    return std::nullopt;
  return auth::Owner{std::string(key.substr(0, slash)), std::string(key.substr(slash + 1))};
}

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  return read.ec == std::errc() && read.ptr == end ? std::optional(value) : std::nullopt;
}

std::optional<auth::RefusalCount> count_of(const Note& note) {
  const std::string_view text = note.text;
  const std::size_t gap = text.find(' ');
  auto account = owner_of(note.key);
  if (!account || gap == std::string_view::npos) return std::nullopt;
  const auto refused = number<int>(text.substr(0, gap));
  const auto last = number<std::int64_t>(text.substr(gap + 1));
  if (!refused || *refused <= 0 || !last) return std::nullopt;
  return auth::RefusalCount{std::move(*account), *refused, WallTime(milliseconds(*last))};
}

}  // namespace

void Lockouts::put(std::size_t worker, std::vector<auth::RefusalCount> counts) {
  std::map<std::string, std::string> now;
  for (const auto& count : counts) now.emplace(key_of(count.account), text_of(count));
  auto& before = kept_[worker];
  for (const auto& [key, text] : now)
    if (auto known = before.find(key); known == before.end() || known->second != text)
      notes_.push_back({std::string(room), key, text});
  for (const auto& [key, text] : before)
    if (!now.contains(key)) notes_.push_back({std::string(room), key, ""});
  before = std::move(now);
}

std::vector<Note> Lockouts::take_notes() { return std::exchange(notes_, {}); }

std::vector<auth::RefusalCount> Lockouts::restore(std::span<const Note> notes) {
  std::vector<auth::RefusalCount> counts;
  for (const Note& note : notes)
    if (note.room == room)
      if (auto count = count_of(note)) counts.push_back(std::move(*count));
  return counts;
}

}  // namespace sonde
