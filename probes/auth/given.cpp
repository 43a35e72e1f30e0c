#include "probes/auth/given.hpp"

#include <algorithm>

#include "probes/auth/answer_tone.hpp"
#include "probes/auth/ask.hpp"
#include "probes/auth/hide.hpp"
#include "probes/auth/token.hpp"
#include "probes/core/assigned.hpp"
#include "probes/text/ascii.hpp"
#include "probes/text/encode.hpp"
#include "probes/text/json.hpp"

namespace sonde::auth {
namespace {

constexpr std::size_t given_max = 64, hidden_bytes_max = 32 * 1024;
constexpr std::string_view json_blanks = " \t\r\n";

// The text or number that begins at `at`.
Given given_from(std::string_view body, std::size_t at) {
  if (body[at] != '"') {
    const std::size_t end = body.find_first_of(" \t\r\n,;&]}\"<", at);
    return {std::string(body.substr(at, end - at)), end != body.npos};
  }
  std::size_t end = at + 1;
  while (end < body.size() && body[end] != '"') end += body[end] == '\\' ? 2 : 1;
  if (end >= body.size()) return {std::string(body.substr(at + 1)), false};
  const auto read = text::Document::parse("[" + std::string(body.substr(at, end + 1 - at)) + "]");
  return {read ? read->root().item(0).string_or_empty()
               : std::string(body.substr(at + 1, end - at - 1)),
          true};
}

std::string last_name(const text::Pointer& place) {
  return place.text().substr(place.text().rfind('/') + 1);
}

std::vector<Given> given_to_member(const std::string& name, std::string_view body) {
  std::vector<Given> found;
  const std::string key = '"' + name + '"';
  for (std::size_t at = body.find(key); at != body.npos && found.size() < given_max;
       at = body.find(key, at + 1)) {
    const std::size_t colon = body.find_first_not_of(json_blanks, at + key.size());
    if (colon == body.npos || body[colon] != ':') continue;
    const std::size_t begin = body.find_first_not_of(" \t\r\n[", colon + 1);
    if (begin != body.npos) found.push_back(given_from(body, begin));
  }
  return found;
}

// Not a plain word, and no words with "_" or "-" between them.
bool is_no_word(std::string_view text) {
  constexpr std::size_t shortest = 8, longest_word = 32;
  if (text.size() < shortest) return false;
  return looks_issued(text) || text.size() > longest_word ||
         std::ranges::all_of(text, text::is_digit) ||
         (std::ranges::any_of(text.substr(1), text::is_upper) &&
          std::ranges::any_of(text, text::is_lower));
}

// A word of one case that says how the login went, such as "invalid_credentials".
bool is_outcome(std::string_view text) {
  const auto joins = [](char c) { return c == '_' || c == '-'; };
  const auto is_small = [&](char c) { return text::is_lower(c) || joins(c); };
  const auto is_capital = [&](char c) { return text::is_upper(c) || joins(c); };
  return (std::ranges::all_of(text, is_small) || std::ranges::all_of(text, is_capital)) &&
         tone_of(text) != Tone::neutral;
}

void hide_one(Context& context, std::string_view text) {
  text = text.substr(0, hidden_bytes_max);  // a trace shows less
  if (is_placeholder(text) || is_outcome(text)) return;
  if (is_no_word(text))
    hide_issued(context, text);
  else
    hide(context.trace, text);
}

void hide_parts(Context& context, std::string_view text) {
  for (std::size_t at = 0; (at = text.find_first_not_of(json_blanks, at)) != text.npos;) {
    const std::size_t end = std::min(text.find_first_of(json_blanks, at), text.size());
    if (is_no_word(text.substr(at, end - at))) hide_one(context, text.substr(at, end - at));
    at = end;
  }
}

void hide_within(Context& context, text::Json value, std::size_t& left, int depth = 0) {
  constexpr int nested_most = 8;
  if (depth > nested_most || left == 0) return;
  for (std::size_t i = 0; value.kind() == text::Json::Kind::array && i < value.size(); ++i)
    hide_within(context, value.item(i), left, depth + 1);
  for (const auto& [name, member] : value.members()) hide_within(context, member, left, depth + 1);
  if (!value.string() && !value.number()) return;
  --left;
  hide_parts(context, value.text());
}

}  // namespace

std::vector<Given> given_in_text(const text::Pointer& place, std::string_view body) {
  const std::string name = last_name(place);
  std::vector<Given> found = given_to_member(name, body);
  const auto fields = text::read_parameters(body);
  if (const auto field = fields.find(name); field != fields.end())
    found.push_back({field->second, true});
  return found;
}

void hide_given(Context& context, std::string_view value) {
  if (value.find_first_of(json_blanks) == value.npos)
    hide_one(context, value);
  else
    hide_parts(context, value);
}

void hide_at(Context& context, const text::Pointer& place, const net::Answer& answer) {
  using enum text::Json::Kind;
  const std::string body = answer.response.body + answer.surplus;
  auto document = text::Document::parse_body(answer.response.body);
  if (!document) document = text::Document::parse_body(body);
  if (!document) {
    for (const Given& given : given_in_text(place, body)) hide_given(context, given.text);
    return;
  }
  const text::Json value = place.at(document->root());
  if (value.kind() == array || value.kind() == object) {
    std::size_t left = given_max;
    hide_within(context, value, left);
  } else if (value.string()) {
    hide_given(context, *value.string());
  } else if (value.number()) {  // as it is written: a long one is rounded when it is read
    hide_given(context, value.text());
    for (const Given& given : given_to_member(last_name(place), body))
      hide_given(context, given.text);
  }
}

}  // namespace sonde::auth
