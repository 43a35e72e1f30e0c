#include <algorithm>

#include "config/codec.hpp"
#include "config/scalars.hpp"

namespace sonde::config {
namespace {

using Entries = std::vector<std::pair<std::string, Value>>;

constexpr std::string_view duration_pattern =
    "^([0-9]+(\\.[0-9]+)?d)?([0-9]+(\\.[0-9]+)?h)?([0-9]+(\\.[0-9]+)?m)?"
    "([0-9]+(\\.[0-9]+)?s)?([0-9]+(\\.[0-9]+)?ms)?([0-9]+(\\.[0-9]+)?us)?$";
constexpr std::string_view size_pattern = "^(0|[1-9][0-9]*)(KB|MB|GB)$";

Value number(double n) { return scalar(show_number(n), false); }

Value types(std::initializer_list<std::string_view> names) {
  std::vector<Value> all;
  all.reserve(names.size());
  for (const auto& name : names) all.push_back(scalar(name));
  return list(std::move(all));
}

Entries bounded(Entries entries, const Rule& rule, std::string_view min, std::string_view max) {
  if (rule.min) entries.emplace_back(min, number(*rule.min));
  if (rule.max) entries.emplace_back(max, number(*rule.max));
  return entries;
}

}  // namespace

Value scalar(std::string_view text, bool quoted) {
  Value value;
  value.kind = Value::Kind::scalar;
  value.text = text;
  value.quoted = quoted;
  return value;
}

Value list(std::vector<Value> items) {
  Value value;
  value.kind = Value::Kind::list;
  value.items = std::move(items);
  return value;
}

Value map(std::vector<std::pair<std::string, Value>> entries) {
  Value value;
  value.kind = Value::Kind::map;
  for (auto& [name, entry] : entries)
    value.entries.push_back({std::move(name), {}, std::move(entry)});
  return value;
}

// A text may be written without quotes, and then a JSON reader may see a number or a boolean.
Value schema_text(const Rule& rule) {
  if (!rule.one_of.empty()) return schema_names(rule.one_of);
  Entries entries{{"type", types({"string", "number", "boolean"})}, {"title", scalar("text")}};
  if (rule.filled) entries.emplace_back("minLength", number(1));
  return map(std::move(entries));
}

Value schema_bool() { return map({{"type", scalar("boolean")}}); }

Value schema_integer(const Rule& rule) {
  return map(bounded({{"type", scalar("integer")}}, rule, "minimum", "maximum"));
}

Value schema_number(const Rule& rule) {
  return map(bounded({{"type", scalar("number")}}, rule, "minimum", "maximum"));
}

Value schema_span(const Rule&) {
  return map({{"type", scalar("string")},
              {"title", scalar("duration")},
              {"minLength", number(2)},
              {"pattern", scalar(duration_pattern)}});
}

Value schema_bytes(const Rule& rule) {
  Entries whole = bounded({{"type", scalar("integer")}}, rule, "minimum", "maximum");
  if (!rule.min) whole.emplace_back("minimum", number(0));
  Value with_unit = map({{"type", scalar("string")}, {"pattern", scalar(size_pattern)}});
  return map(
      {{"title", scalar("size")}, {"anyOf", list({map(std::move(whole)), std::move(with_unit)})}});
}

Value schema_secret() {
  std::vector<Value> ways;
  for (const char* source : {"file", "env", "credential"})
    ways.push_back(schema_object({{source, schema_text({.filled = true})}}, {source}));
  return map({{"title", scalar("secret")}, {"oneOf", list(std::move(ways))}});
}

// A name such as 1.2 or true is no text for a JSON reader if it stands without quotes.
Value schema_names(const std::vector<std::string_view>& names) {
  std::vector<Value> all;
  all.reserve(names.size());
  for (const auto& name : names) all.push_back(scalar(name));
  for (const auto& name : names)
    if (is_number(name) || name == "true" || name == "false") all.push_back(scalar(name, false));
  return map({{"enum", list(std::move(all))}});
}

Value schema_list(Value items, const Rule& rule) {
  Entries entries{{"type", scalar("array")}, {"items", std::move(items)}};
  return map(bounded(std::move(entries), rule, "minItems", "maxItems"));
}

Value schema_named(Value values, const Rule& rule) {
  Entries entries{{"type", scalar("object")}, {"additionalProperties", std::move(values)}};
  if (rule.filled)
    entries.emplace_back("propertyNames", map({{"pattern", scalar("^[A-Za-z0-9_.-]{1,100}$")}}));
  return map(std::move(entries));
}

Value schema_any_of(std::vector<Value> choices) {
  return map({{"anyOf", list(std::move(choices))}});
}

}  // namespace sonde::config
