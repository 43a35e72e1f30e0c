#include "config/codec.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <set>

#include "config/scalars.hpp"
#include "config/section.hpp"

namespace sonde::config {
namespace {

constexpr std::size_t name_max = 100;
constexpr std::size_t names_shown_max = 12;

std::string_view word(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::none:
      return "nothing";
    case Value::Kind::scalar:
      return "a text";
    case Value::Kind::list:
      return "a list";
    case Value::Kind::map:
      return "a mapping";
  }
  return "";
}

bool is_plain(const Value& v) { return v.kind == Value::Kind::scalar && !v.quoted; }

// For a text that would be right without its quotes.
bool tell_quoted(const Value& v, const Reader& r, const std::string& wanted) {
  r.wrong(v.place, wanted + " is expected here, and " + quote(v.text) +
                       " is a text because of its quotes; remove them");
  return false;
}

bool refuse(const Value& v, const Reader& r, const std::string& wanted) {
  const bool scalar = v.kind == Value::Kind::scalar;
  r.wrong(v.place, wanted + " is expected here, not " +
                       (scalar ? quote(v.text) : std::string(word(v.kind))));
  return false;
}

// Whether `number` is within the rule's bounds; otherwise reports which is exceeded, using `show`.
template <class Show>
bool within(const Value& v, const Reader& r, const Rule& rule, double number, Show show) {
  const bool low = rule.min && number < *rule.min;
  const bool high = rule.max && number > *rule.max;
  if (low) r.wrong(v.place, "must be at least " + show(*rule.min) + ", is " + show(number));
  if (high) r.wrong(v.place, "must be at most " + show(*rule.max) + ", is " + show(number));
  return !low && !high;
}

std::string show_seconds(double seconds) {
  return show(std::chrono::round<Span>(std::chrono::duration<double>(seconds)));
}

std::string show_size(double bytes) { return show_bytes(static_cast<std::size_t>(bytes)); }

std::string joined(const std::vector<std::string_view>& names) {
  std::string all;
  for (const auto& name : names) all += (all.empty() ? "" : ", ") + std::string(name);
  return all;
}

}  // namespace

bool expect(const Value& v, const Reader& r, Value::Kind kind) {
  if (v.kind == kind) return true;
  r.wrong(v.place, std::string(word(kind)) + " is expected here, not " + std::string(word(v.kind)));
  return false;
}

bool read_text(const Value& v, const Reader& r, const Rule& rule, std::string& out) {
  if (!rule.one_of.empty()) {
    const auto index = read_name(v, r, rule.one_of);
    if (index) out = rule.one_of[*index];
    return index.has_value();
  }
  if (!expect(v, r, Value::Kind::scalar)) return false;
  const bool empty = rule.filled && v.text.empty();
  if (empty) r.wrong(v.place, "must not be empty");
  if (!empty) out = v.text;
  return !empty;
}

bool read_bool(const Value& v, const Reader& r, bool& out) {
  const std::string wanted = "true or false";
  if (v.text != "true" && v.text != "false") return refuse(v, r, wanted);
  if (!is_plain(v)) return tell_quoted(v, r, wanted);
  out = v.text == "true";
  return true;
}

bool read_integer(const Value& v, const Reader& r, const Rule& rule, std::int64_t& out) {
  const auto number = parse_integer(v.text);
  if (!number) return refuse(v, r, "a whole number");
  if (!is_plain(v)) return tell_quoted(v, r, "a whole number");
  if (!within(v, r, rule, static_cast<double>(*number), show_number)) return false;
  out = *number;
  return true;
}

bool read_number(const Value& v, const Reader& r, const Rule& rule, double& out) {
  const auto number = parse_number(v.text);
  if (!number) return refuse(v, r, "a number");
  if (!is_plain(v)) return tell_quoted(v, r, "a number");
  if (!within(v, r, rule, *number, show_number)) return false;
  out = *number;
  return true;
}

bool read_span(const Value& v, const Reader& r, const Rule& rule, Span& out) {
  const std::string wanted = "a duration such as 15s";
  if (v.kind != Value::Kind::scalar) return refuse(v, r, wanted);
  const auto span = parse_duration(v.text);
  if (!span) {
    r.wrong(v.place, wanted + " is expected here, not " + quote(v.text) + ": " + span.error());
    return false;
  }
  if (!within(v, r, rule, std::chrono::duration<double>(*span).count(), show_seconds)) return false;
  out = *span;
  return true;
}

bool read_bytes(const Value& v, const Reader& r, const Rule& rule, std::size_t& out) {
  const auto size = v.kind == Value::Kind::scalar ? parse_bytes(v.text) : std::nullopt;
  const std::string wanted = "a size such as 512, 64KB or 1MB";
  if (!size) return refuse(v, r, wanted);
  if (v.quoted && is_number(v.text)) return tell_quoted(v, r, wanted);
  if (!within(v, r, rule, static_cast<double>(*size), show_size)) return false;
  out = *size;
  return true;
}

std::optional<std::size_t> read_name(const Value& v, const Reader& r,
                                     const std::vector<std::string_view>& names) {
  if (!expect(v, r, Value::Kind::scalar)) return std::nullopt;
  const auto found = std::ranges::find(names, v.text);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  const std::string_view near = nearest(v.text, names);
  std::string text = quote(v.text) + " is not known here";
  if (!near.empty()) text += "; did you mean '" + std::string(near) + "'?";
  if (near.empty() && names.size() <= names_shown_max) text += "; one of: " + joined(names);
  r.wrong(v.place, text);
  return std::nullopt;
}

bool read_distinct(const Value& list, const Reader& reader) {
  bool good = true;
  std::set<std::string_view> known;
  for (const Value& item : list.items) {
    if (item.kind != Value::Kind::scalar || known.insert(item.text).second) continue;
    reader.wrong(item.place, quote(item.text) + " is listed twice; remove one");
    good = false;
  }
  return good;
}

bool read_count(const Value& v, const Reader& r, const Rule& rule) {
  const std::size_t count = v.kind == Value::Kind::list ? v.items.size() : 1;
  return within(v, r, rule, static_cast<double>(count), [](double items) {
    return show_number(items) + (items == 1 ? " item" : " items");
  });
}

bool read_free_name(const Value::Entry& entry, const Reader& r, const Rule& rule) {
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
  };
  const std::string& name = entry.name;
  if (!rule.filled || (!name.empty() && name.size() <= name_max && std::ranges::all_of(name, good)))
    return true;
  r.wrong(entry.place,
          "a name is 1 to 100 of the characters A-Z a-z 0-9 _ . -, and this is " + quote(name));
  return false;
}

bool Codec<int>::read(const Value& v, const Reader& r, const Rule& rule, int& out) {
  constexpr Rule fits{.min = std::numeric_limits<int>::min(),
                      .max = std::numeric_limits<int>::max()};
  std::int64_t number = 0;
  if (!read_integer(v, r, rule, number)) return false;
  if (!within(v, r, fits, static_cast<double>(number), show_number)) return false;
  out = static_cast<int>(number);
  return true;
}

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

// A text may be written without quotes; a JSON reader may then see a number or a boolean.
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

// Without quotes, a name such as 1.2 or true is not a text for a JSON reader.
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

std::string beside(const Place& place, const std::string& path) {
  if (!place.file || path.empty()) return path;
  return (std::filesystem::path(*place.file).parent_path() / path).string();
}

namespace {

const std::vector<std::string_view> sources{"file", "env", "credential"};

Secret secret_from(const std::string& source, const std::string& name, const Place& place) {
  if (source == "file") return {Secret::Source::file, beside(place, name)};
  if (source == "env") return {Secret::Source::env, name};
  return {Secret::Source::credential, name};
}

// Warns of what is legal in a secret, and surely not meant.
void warn_of_oddities(const Secret& secret, const std::string& revealed, const Place& place,
                      const Reader& r) {
  for (const std::string& odd : secret.oddities(revealed))
    r.warn(place, secret.describe() + " " + odd);
}

bool refuse_literal(const Value& v, const Reader& r) {
  r.wrong(v.place,
          "a secret cannot stand here; use { file: PATH }, { env: NAME } or { credential: NAME }");
  return false;
}

}  // namespace

bool read_secret(const Value& v, const Reader& r, Secret& out) {
  if (v.kind != Value::Kind::map || v.entries.size() != 1) return refuse_literal(v, r);
  const Value::Entry& entry = v.entries.front();
  if (std::ranges::find(sources, entry.name) == sources.end()) {
    tell_unknown(entry, r, sources);
    return false;
  }
  std::string name;
  if (!read_text(entry.value, r.at(entry.name), {.filled = true}, name)) return false;
  if (entry.name == "credential" && name.contains('/')) {
    r.wrong(entry.value.place,
            "a credential of systemd is a file name, without '/'; for a path write file");
    return false;
  }
  Secret secret = secret_from(entry.name, name, entry.value.place);
  if (!r.mistakes().reads_secrets()) {
    r.mistakes().skipped(secret.describe());
    out = std::move(secret);
    return true;
  }
  const auto revealed = secret.reveal();
  if (!revealed) {
    r.wrong(entry.value.place, "the secret cannot be read: " + revealed.error());
    return false;
  }
  warn_of_oddities(secret, *revealed, entry.value.place, r);
  out = std::move(secret);
  return true;
}

}  // namespace sonde::config
