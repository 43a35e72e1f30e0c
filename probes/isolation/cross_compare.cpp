#include "probes/isolation/cross_compare.hpp"

#include <algorithm>
#include <compare>
#include <set>
#include <utility>

#include "probes/text/ascii.hpp"
#include "probes/text/json.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::isolation {
namespace {

constexpr std::size_t values_max = 20000, shown_max = 60;
constexpr std::size_t telling_min = 3, telling_alone_min = 8, echo_min = 3;

// A value of an answer and its place; for an answer that is not JSON, a word without a place.
struct Disclosed {
  std::string place, value;
  auto operator<=>(const Disclosed&) const = default;
};
using Values = std::set<Disclosed>;

void add_json(const std::string& place, text::Json value, Values& values) {
  using Kind = text::Json::Kind;
  if (values.size() >= values_max) return;
  switch (value.kind()) {
    case Kind::array:
      for (std::size_t i = 0; i < value.size(); ++i) add_json(place + "/*", value.item(i), values);
      return;
    case Kind::object:
      for (const auto& [name, member] : value.members())
        add_json(place + "/" + std::string(name.substr(0, 64)), member, values);
      return;
    case Kind::string:
    case Kind::number:
    case Kind::boolean:
      values.insert({place, value.text()});
      return;
    case Kind::null:
    case Kind::nothing:
      return;
  }
}

void add_words(std::string_view text, Values& values) {
  constexpr std::string_view between = " \t\r\n<>\"'=&;,()[]{}";
  while (!text.empty() && values.size() < values_max) {
    const auto end = std::min(text.find_first_of(between), text.size());
    if (end > 0) values.insert({"", std::string(text.substr(0, end))});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

Values values_in(std::string_view body) {
  Values values;
  const auto document = text::Document::parse_body(body);
  const bool holds = document && (document->root().kind() == text::Json::Kind::array ||
                                  document->root().kind() == text::Json::Kind::object);
  if (holds)
    add_json("", document->root(), values);
  else
    add_words(body, values);
  return values;
}

bool names_id(std::string_view place) {
  const std::string name = text::lowered(place.substr(place.rfind('/') + 1));
  return name.ends_with("id");
}

// A long value with a digit or an @ rarely occurs in two answers by chance.
bool tells_alone(std::string_view value) {
  return value.size() >= telling_alone_min &&
         std::ranges::any_of(value, [](char c) { return text::is_digit(c) || c == '@'; });
}

// Whether the value is more than yes, no or a small number.
bool tells(const Disclosed& disclosed, bool controlled) {
  if (disclosed.place.empty() || !controlled) return tells_alone(disclosed.value);
  if (disclosed.value == "true" || disclosed.value == "false") return false;
  return disclosed.value.size() >= telling_min ||
         (names_id(disclosed.place) && disclosed.value != "0");
}

bool is_echo(const std::string& value, const std::vector<std::string>& sent) {
  return std::ranges::any_of(sent, [&](const std::string& one) {
    return value == one || (one.size() >= echo_min && value.contains(one));
  });
}

bool shows_any(const Values& values, const Values& of, Disclosed& found) {
  for (const auto& one : of)
    if (values.contains(one)) {
      found = one;
      return true;
    }
  return false;
}

std::string shown(const Disclosed& disclosed) {
  const std::string value = text::json_quote(text::shorten(disclosed.value, shown_max));
  return disclosed.place.empty() ? value : disclosed.place + " " + value;
}

}  // namespace

Comparison compare(const AccessAnswers& answers) {
  using Shows = Comparison::Shows;
  const Values first = values_in(answers.owner), again = values_in(answers.owner_again);
  const Values stranger = values_in(answers.stranger);
  const Values own = answers.strangers_own ? values_in(*answers.strangers_own) : Values();
  // values in both answers of the owner; and those that only the owner gets
  Values lasting, telling;
  for (const auto& one : first) {
    if (!again.contains(one) || is_echo(one.value, answers.sent)) continue;
    lasting.insert(one);
    const bool common = own.contains(one) || !tells(one, answers.strangers_own.has_value());
    if (!common) telling.insert(one);
  }
  Disclosed found;
  if (shows_any(stranger, telling, found)) return {Shows::owners, shown(found)};
  if (!telling.empty()) return {Shows::nothing, ""};
  if (!lasting.empty() && !shows_any(stranger, lasting, found)) return {Shows::nothing, ""};
  return {Shows::unknown, lasting.empty() ? "the owner's answer holds nothing that stays the same"
                                          : "the owner's answer holds nothing of its own"};
}

}  // namespace sonde::isolation
