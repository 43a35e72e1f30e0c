#include "probes/core/scrub.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "probes/core/assigned.hpp"
#include "probes/core/secrets.hpp"
#include "probes/text/ascii.hpp"

namespace sonde {
namespace {

constexpr auto npos = std::string_view::npos;

bool is_token_char(char c) { return text::is_word(c) || c == '-' || c == '.'; }

constexpr std::size_t jwt_start_min = 12;  // of one that is cut before its second dot

// Removes ranges from a text, from its start to its end.
class Shortened {
 public:
  explicit Shortened(std::string_view text) : text_(text) {}
  void take_out(std::size_t begin, std::size_t end) {
    out_.append(text_, at_, begin - at_).append(redacted);
    at_ = end;
  }
  // Replaces the text by what is left.
  void end(std::string& text) {
    if (at_ == 0) return;
    out_.append(text_, at_);
    text = std::move(out_);
  }

 private:
  std::string_view text_;
  std::string out_;
  std::size_t at_ = 0;  // processed up to here
};

// A JWT: "eyJ" (a JSON object in base64url), then parts separated by dots (RFC 7515 section 3.1).
bool is_jwt(std::string_view run, bool cut) {
  return std::ranges::count(run, '.') >= 2 || (cut && run.size() >= jwt_start_min);
}

void replace_jwts(std::string& text, bool cut) {
  Shortened shortened(text);
  for (auto at = text.find("eyJ"); at != npos; at = text.find("eyJ", at)) {
    auto end = at;
    while (end < text.size() && is_token_char(text[end])) ++end;
    // A candidate that starts later in the same run has fewer dots.
    if (is_jwt(std::string_view(text).substr(at, end - at), cut && end == text.size()))
      shortened.take_out(at, end);
    at = end;
  }
  shortened.end(text);
}

// The number of backslashes before `at`, at most `backslashes_max`.
constexpr std::size_t backslashes_max = 64;
std::size_t backslashes_before(std::string_view text, std::size_t at) {
  std::size_t count = 0;
  while (count < backslashes_max && count < at && text[at - count - 1] == '\\') ++count;
  return count;
}

// The nesting level of a string's quote by its backslashes: 0 in plain JSON, 1 in JSON inside a
// JSON string, 3 one level deeper, and so on. An even number belongs to other characters.
std::size_t level_of(std::size_t backslashes) { return backslashes % 2 == 0 ? 0 : backslashes; }

// A JSON string value: its first byte, and the level of its quotes.
struct Value {
  std::size_t begin = npos;
  std::size_t level = 0;
};

// The string after the colon at `colon`.
Value value_after(std::string_view text, std::size_t colon) {
  auto at = colon + 1;
  while (at < text.size() && text::is_blank(text[at])) ++at;
  const auto quote = at;
  while (at < text.size() && text[at] == '\\' && at - quote < backslashes_max) ++at;
  if (at == text.size() || text[at] != '"') return {};
  return {at + 1, at - quote};
}

// One past its last byte, also if the text is cut before the closing quote.
std::size_t end_of(std::string_view text, Value value) {
  std::size_t backslashes = 0;
  for (auto at = value.begin; at < text.size(); ++at) {
    const bool ends = value.level == 0 ? backslashes % 2 == 0 : backslashes <= value.level;
    if (text[at] == '"' && ends) return at - (value.level == 0 ? 0 : backslashes);
    backslashes = text[at] == '\\' ? backslashes + 1 : 0;
  }
  return text.size();
}

// The name before the colon at `colon`, with quotes of that level; empty if there is none. Only the
// end of a long name, to bound the search.
std::string_view name_before(std::string_view text, std::size_t colon, std::size_t level) {
  constexpr std::size_t name_max = 128;
  auto end = colon;
  const auto first = colon - std::min(colon, name_max);
  while (end > first && text::is_blank(text[end - 1])) --end;
  if (end == first || text[end - 1] != '"') return {};
  --end;
  if (level_of(backslashes_before(text, end)) != level) return {};
  end -= level;
  for (auto at = end; at > first; --at)
    if (text[at - 1] == '"' && level_of(backslashes_before(text, at - 1)) == level)
      return text.substr(at, end - at);
  return text.substr(first, end - first);
}

// The array or object after the colon at `colon`, and the level of its quotes.
Value list_after(std::string_view text, std::size_t colon) {
  auto at = colon + 1;
  while (at < text.size() && text::is_blank(text[at])) ++at;
  if (at == text.size() || (text[at] != '[' && text[at] != '{')) return {};
  auto name = colon;
  while (name > 0 && text::is_blank(text[name - 1])) --name;
  if (name == 0 || text[name - 1] != '"') return {};
  return {at, level_of(backslashes_before(text, name - 1))};
}

// For a list of tokens, or an object that contains one.
bool names_a_token(std::string_view name) {
  constexpr std::array names = {"value", "access", "refresh", "id", "raw", "key"};
  return name.empty() || std::ranges::find(names, name) != names.end();
}

// Removes what looks issued from an array or object; returns where that ends.
template <class Remove>
std::size_t take_out_of_list(std::string_view text, Value list, const Remove& remove) {
  std::string_view name;
  std::size_t depth = 0;
  for (auto at = list.begin; at < text.size(); ++at) {
    if (text[at] == '[' || text[at] == '{') ++depth;
    if ((text[at] == ']' || text[at] == '}') && --depth == 0) return at;
    if (text[at] != '"') continue;
    const auto end = end_of(text, {at + 1, list.level});
    const std::string_view string = text.substr(at + 1, end - at - 1);
    auto after = std::min(text.find('"', end), text.size() - 1) + 1;
    const auto next = after;
    while (after < text.size() && text::is_blank(text[after])) ++after;
    if (after < text.size() && text[after] == ':')
      name = string;
    else if (names_a_secret(name) || (names_a_token(name) && looks_issued(string)))
      remove(at + 1, end);
    at = next - 1;
  }
  return text.size();
}

void replace_members(std::string& text, std::vector<std::string>* removed) {
  Shortened shortened(text);
  const auto remove = [&](std::size_t begin, std::size_t end) {
    if (removed != nullptr) removed->push_back(text.substr(begin, end - begin));
    shortened.take_out(begin, end);
  };
  for (auto colon = text.find(':', 1); colon != npos; colon = text.find(':', colon + 1)) {
    if (const Value list = list_after(text, colon); list.begin != npos) {
      const auto name = name_before(text, colon, list.level);
      if (names_a_secret(name) || name == "tokens")
        colon = take_out_of_list(text, list, remove) - 1;
      continue;
    }
    const Value value = value_after(text, colon);
    if (value.begin == npos || !names_a_secret(name_before(text, colon, value.level))) continue;
    const auto end = end_of(text, value);
    remove(value.begin, end);
    colon = end - 1;
  }
  shortened.end(text);
}

void replace_assigned(std::string& text, std::vector<std::string>* removed) {
  Shortened shortened(text);
  for (const Assigned& value : find_assigned(text)) {
    if (removed != nullptr) removed->push_back(text.substr(value.begin, value.end - value.begin));
    shortened.take_out(value.begin, value.end);
  }
  shortened.end(text);
}

bool is_named(std::string_view header, std::string_view name) {
  return std::ranges::equal(header, name, [](char a, char b) { return text::lower(a) == b; });
}

// For example the message of a flash cookie; a leading space belongs to the list.
bool is_sentence(std::string_view value) {
  return value.substr(0, 1) != " " && value.contains(' ');
}

// "X-Auth-Token"; not "X-RateLimit-Remaining-Tokens".
bool may_hold_a_token(std::string_view header) {
  return names_a_secret(header) && text::lower(header.back()) != 's';
}

}  // namespace

void scrub(std::string& text, bool cut, std::vector<std::string>* removed) {
  replace_members(text, removed);
  replace_assigned(text, removed);
  replace_jwts(text, cut);
}

bool is_sensitive_header(std::string_view name) {
  constexpr std::array names = {"authorization", "proxy-authorization", "cookie", "set-cookie",
                                "x-api-key"};
  const auto is_it = [&](std::string_view one) { return is_named(name, one); };
  return std::ranges::any_of(names, is_it) || may_hold_a_token(name);
}

std::vector<std::string_view> credentials_in(std::string_view name, std::string_view value) {
  const bool sets = is_named(name, "set-cookie");
  if (may_hold_a_token(name) && !is_named(name, "x-api-key"))
    return looks_issued(value) ? std::vector{value} : std::vector<std::string_view>();
  if (!sets && !is_named(name, "cookie")) return {value.substr(value.find(' ') + 1)};
  std::vector<std::string_view> values;
  while (!value.empty()) {
    const std::size_t end = std::min(value.find(';'), value.size());
    const std::string_view pair = value.substr(0, end);
    const std::string_view one = pair.substr(pair.find('=') + 1);  // all of it if there is no name
    if (!one.empty() && !is_sentence(one)) values.push_back(one);
    value.remove_prefix(sets ? value.size() : std::min(end + 1, value.size()));
  }
  return values;
}

std::string scrub_header(std::string_view value) {
  const std::size_t space = value.find(' ');
  const bool scheme = space != std::string_view::npos && space <= 10 &&
                      std::ranges::all_of(value.substr(0, space), is_token_char);
  return (scheme ? std::string(value.substr(0, space + 1)) : "") + std::string(redacted);
}

}  // namespace sonde
