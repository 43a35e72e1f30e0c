#include "probes/text/match.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "probes/text/decimal.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::text {
namespace {

constexpr std::size_t shown_max = 120;

std::string shown(const Json& value) {
  if (!value) return "nothing";
  const std::string text = value.text();
  return value.string() ? json_quote(shorten(text, shown_max)) : shorten(text, shown_max);
}

// A number as written, a text in quotes.
std::string shown(std::string_view wanted) {
  return parse_decimal(wanted) ? std::string(wanted) : json_quote(shorten(wanted, shown_max));
}

std::string but(std::string_view wanted, const Json& got) {
  return fmt::format("wanted {}, got {}", wanted, shown(got));
}

std::optional<std::string> wrong_equal(const Template& equals, const Json& value,
                                       const std::string& text, Names& names) {
  const auto wanted = equals.render(names);
  if (!wanted) return fmt::format("nothing is known of '{}'", wanted.error());
  if (value && same_value(*wanted, text)) return std::nullopt;
  return but(shown(*wanted), value);
}

std::optional<std::string> wrong_choice(const std::vector<std::string>& choices, const Json& value,
                                        const std::string& text) {
  std::vector<std::string> all;
  for (const auto& choice : choices) {
    if (value && same_value(choice, text)) return std::nullopt;
    all.push_back(shown(choice));
  }
  return but(fmt::format("one of {}", fmt::join(all, ", ")), value);
}

std::optional<std::string> wrong_pattern(const Comparison& wanted, const Json& value,
                                         const std::string& text) {
  if (wanted.matches && !wanted.matches->found_in(text))
    return but(fmt::format("a match of {}", wanted.matches->text()), value);
  if (wanted.not_matches && wanted.not_matches->found_in(text))
    return but(fmt::format("no match of {}", wanted.not_matches->text()), value);
  return std::nullopt;
}

std::optional<std::string> wrong_bound(const Comparison& wanted, const Json& value) {
  const auto number = value.number();
  if ((wanted.min || wanted.max) && !number) return but("a number", value);
  if (wanted.min && *number < *wanted.min)
    return but(fmt::format("at least {}", *wanted.min), value);
  if (wanted.max && *number > *wanted.max)
    return but(fmt::format("at most {}", *wanted.max), value);
  return std::nullopt;
}

bool wants_absence(const Comparison& wanted) {
  return wanted.absent.value_or(false) || !wanted.present.value_or(true);
}

// Which condition excludes a configured value; empty: none.
std::string ruled_out(const Comparison& wanted, const std::string& value) {
  const auto same = [&](const std::string& choice) { return same_value(choice, value); };
  if (!wanted.one_of.empty() && std::ranges::none_of(wanted.one_of, same)) return "one_of";
  if (wanted.matches && !wanted.matches->found_in(value)) return "matches";
  if (wanted.not_matches && wanted.not_matches->found_in(value)) return "not_matches";
  if (!wanted.min && !wanted.max) return "";
  const double number = std::strtod(value.c_str(), nullptr);
  if (!parse_decimal(value)) return wanted.min ? "min" : "max";
  if (wanted.min && number < *wanted.min) return "min";
  return wanted.max && number > *wanted.max ? "max" : "";
}

std::string contradiction_of_absence(const Comparison& wanted) {
  const bool more = wanted.equals || !wanted.one_of.empty() || wanted.matches ||
                    wanted.not_matches || wanted.min || wanted.max;
  const bool both = (wanted.absent == true && wanted.present == true) ||
                    (wanted.absent == false && wanted.present == false);
  if (both) return "'absent' and 'present' contradict each other";
  return more ? "the place must be absent, so no other condition on it can hold" : "";
}

}  // namespace

std::string contradiction(const Comparison& wanted) {
  if (wants_absence(wanted)) return contradiction_of_absence(wanted);
  if (wanted.min && wanted.max && *wanted.min > *wanted.max)
    return fmt::format("no number is at least {} and at most {}", *wanted.min, *wanted.max);
  if (wanted.matches && wanted.not_matches && wanted.matches->text() == wanted.not_matches->text())
    return "'matches' and 'not_matches' are the same pattern";
  if (wanted.equals && wanted.equals->names().empty()) {
    const std::string key = ruled_out(wanted, wanted.equals->text());
    return key.empty() ? "" : fmt::format("'{}' rules out what it has to equal", key);
  }
  if (wanted.equals) return "";
  std::string key;
  for (const auto& choice : wanted.one_of)
    if (key = ruled_out(wanted, choice); key.empty()) return "";
  return key.empty() ? "" : fmt::format("'{}' rules out every value of 'one_of'", key);
}

std::optional<std::string> mismatch(const Comparison& wanted, Json value, Names& names) {
  if (wants_absence(wanted)) return value ? std::optional(but("nothing", value)) : std::nullopt;
  const std::string text = value.text();
  if (wanted.equals)
    if (auto wrong = wrong_equal(*wanted.equals, value, text, names)) return wrong;
  if (!wanted.one_of.empty())
    if (auto wrong = wrong_choice(wanted.one_of, value, text)) return wrong;
  if (!value) return but("it to be there", value);
  if (auto wrong = wrong_pattern(wanted, value, text)) return wrong;
  return wrong_bound(wanted, value);
}

std::optional<std::string> mismatch(const Comparisons& wanted, Json root, Names& names) {
  for (const auto& [place, comparison] : wanted) {
    auto wrong = mismatch(comparison, place.at(root), names);
    if (!wrong) continue;
    return (place.text().empty() ? "" : place.text() + ": ") + *wrong;
  }
  return std::nullopt;
}

bool same_value(std::string_view a, std::string_view b) {
  if (a == b) return true;
  const auto number = parse_decimal(a);
  return number && number == parse_decimal(b);
}

}  // namespace sonde::text

namespace sonde::config {
namespace {

const Section<text::Comparison>& keys() {
  using text::Comparison;
  static const auto all =
      Section<Comparison>()
          .key("equals", &Comparison::equals, "It is this, numbers compared as numbers.")
          .key("one_of", &Comparison::one_of, "It is one of these.")
          .key("matches", &Comparison::matches, "This pattern is found in it.")
          .key("not_matches", &Comparison::not_matches, "This pattern is not found in it.")
          .key("min", &Comparison::min, "It is a number, and at least this.")
          .key("max", &Comparison::max, "It is a number, and at most this.")
          .key("absent", &Comparison::absent, "The place is not there.")
          .key("present", &Comparison::present, "The place is there.");
  return all;
}

}  // namespace

bool Codec<text::Comparison>::read(const Value& v, const Reader& r, const Rule& rule,
                                   text::Comparison& out) {
  if (v.kind == Value::Kind::map) {
    if (!keys().read(v, r, out)) return false;
    const Value* choices = v.find("one_of");
    const bool none = choices != nullptr && choices->items.empty() && out.one_of.empty();
    const std::string wrong = none ? "'one_of' is empty" : text::contradiction(out);
    if (!wrong.empty()) r.wrong(v.place, wrong);
    return wrong.empty();
  }
  return Codec<text::Template>::read(v, r, rule, out.equals.emplace());
}

Value Codec<text::Comparison>::schema(const Rule&) {
  Value any = map(
      {{"type", list({scalar("string"), scalar("number"), scalar("boolean"), scalar("null")})}});
  Value schema = schema_any_of({std::move(any), keys().schema()});
  schema.entries.insert(schema.entries.begin(), {"title", {}, scalar("value or comparison")});
  return schema;
}

std::vector<KeyRow> comparison_rows(const std::string& prefix) { return keys().table(prefix); }

}  // namespace sonde::config
