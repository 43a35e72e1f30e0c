#include "config/section.hpp"

#include <algorithm>

namespace sonde::config {
namespace {

constexpr std::size_t keys_shown_max = 12;

std::string text_of(const Value& schema, std::string_view key) {
  const Value* value = schema.find(key);
  return value ? value->text : "";
}

std::string joined(const std::vector<Value>& values) {
  std::string all;
  for (const Value& value : values)
    if (value.quoted) all += (all.empty() ? "" : " | ") + value.text;
  return all;
}

std::string type_of_choices(const std::vector<Value>& choices) {
  std::string all;
  std::vector<std::string> types;
  for (const Value& choice : choices) {
    std::string type = type_of(choice);
    if (type == "null" || std::ranges::find(types, type) != types.end())
      continue;                                 // null: or_nothing()
    if (type == "list of " + all) return type;  // a single value is read as a list of one
    all += (all.empty() ? "" : " or ") + type;
    types.push_back(std::move(type));
  }
  return all;
}

}  // namespace

void tell_unknown(const Value::Entry& entry, const Reader& reader,
                  const std::vector<std::string_view>& names) {
  std::string text = "unknown key";
  if (const auto near = nearest(entry.name, names); !near.empty()) {
    text += "; did you mean '" + std::string(near) + "'?";
  } else if (names.size() <= keys_shown_max) {
    for (const auto& name : names)
      text += (&name == names.data() ? "; known here: " : ", ") + std::string(name);
  }
  reader.at(entry.name).wrong(entry.place, text);
}

void tell_missing(const Value& map, const Reader& reader, std::string_view name,
                  std::string_view help) {
  reader.at(name).wrong(map.place, "this key is required: " + std::string(help));
}

Value or_nothing(Value schema) {
  return schema_any_of({std::move(schema), map({{"type", scalar("null")}})});
}

bool take_away(const Value::Entry& entry, const Reader& reader, bool was_there) {
  if (!was_there)
    reader.at(entry.name)
        .wrong(entry.place, "~ takes away what is inherited, and nothing of this name is");
  return was_there;
}

Value schema_object(std::vector<std::pair<std::string, Value>> properties,
                    const std::vector<std::string>& required) {
  std::vector<std::pair<std::string, Value>> entries{{"type", scalar("object")}};
  entries.emplace_back("properties", map(std::move(properties)));
  std::vector<Value> names;
  names.reserve(required.size());
  for (const std::string& name : required) names.push_back(scalar(name));
  if (!names.empty()) entries.emplace_back("required", list(std::move(names)));
  entries.emplace_back("additionalProperties", scalar("false", false));
  return map(std::move(entries));
}

Value with_help(Value schema, std::string_view help, std::string_view fallback) {
  schema.entries.push_back({"description", {}, scalar(help)});
  const bool is_list = fallback.starts_with('[');  // shown for people, not as JSON
  if (!fallback.empty() && !is_list)
    schema.entries.push_back({"default", {}, scalar(fallback, type_of(schema) == "text")});
  return schema;
}

std::string type_of(const Value& schema) {
  if (const std::string title = text_of(schema, "title"); !title.empty()) return title;
  if (const Value* names = schema.find("enum")) return joined(names->items);
  if (const Value* choices = schema.find("anyOf")) return type_of_choices(choices->items);
  if (const Value* choices = schema.find("oneOf")) return type_of_choices(choices->items);
  const std::string type = text_of(schema, "type");
  if (const Value* items = schema.find("items"); items && type == "array")
    return "list of " + type_of(*items);
  const Value* values = schema.find("additionalProperties");
  if (values && values->kind == Value::Kind::map) return "names, each with " + type_of(*values);
  if (type.empty()) return "any value";
  return type == "object" ? "mapping" : type;
}

namespace {

void add_rows(const Value& schema, const std::string& path, std::vector<KeyRow>& rows) {
  if (schema.find("title") != nullptr) return;
  for (const char* way : {"anyOf", "oneOf"}) {
    const Value* choices = schema.find(way);
    if (choices == nullptr) continue;
    const auto is_list = [](const Value& choice) { return choice.find("items") != nullptr; };
    const bool list = std::ranges::any_of(choices->items, is_list);  // or a single one
    for (const Value& choice : choices->items)
      if (!list || is_list(choice)) add_rows(choice, path, rows);
  }
  if (const Value* items = schema.find("items")) add_rows(*items, path + "[]", rows);
  if (const Value* values = schema.find("additionalProperties"))
    add_rows(*values, path + ".NAME", rows);
  const Value* keys = schema.find("properties");
  if (keys == nullptr) return;
  for (const auto& [name, place, key] : keys->entries) {
    std::string below = path;
    below.append(1, '.').append(name);
    const bool known = std::ranges::find(rows, below, &KeyRow::path) != rows.end();
    if (!known)
      rows.push_back({below, type_of(key), text_of(key, "default"), text_of(key, "description")});
    add_rows(key, below, rows);
  }
}

}  // namespace

std::vector<KeyRow> rows_below(const Value& schema, const std::string& path) {
  std::vector<KeyRow> rows;
  add_rows(schema, path, rows);
  return rows;
}

}  // namespace sonde::config
