#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/duration.hpp"
#include "config/reader.hpp"
#include "config/secret.hpp"
#include "config/value.hpp"

namespace sonde::config {

// What a key's value has to satisfy besides its type.
struct Rule {
  bool required = false;
  std::optional<double> min, max;  // numbers; seconds of durations; bytes of sizes; items of lists
  std::vector<std::string_view> one_of;  // texts
  bool filled = false;                   // texts: not empty
  bool repeats = false;  // lists: a text may be in it twice, which otherwise is a mistake
};

// How a type is written in YAML. Each specialization has
//   static bool read(const Value&, const Reader&, const Rule&, T& out);  false: mistakes reported
//   static Value schema(const Rule&);      its JSON Schema
//   static std::string show(const T&);     as it would be written; empty for "none"
// Components specialize it for their own types (templates, pointers, patterns).
template <class T>
struct Codec;

// An enum whose names are declared with it: `std::span<const Named<E>> names_of(const E*)`, by ADL.
template <class E>
using Named = std::pair<std::string_view, E>;

// Read scalars; each reports its mistake and returns false.
bool read_text(const Value&, const Reader&, const Rule&, std::string& out);
bool read_bool(const Value&, const Reader&, bool& out);
bool read_integer(const Value&, const Reader&, const Rule&, std::int64_t& out);
bool read_number(const Value&, const Reader&, const Rule&, double& out);
bool read_span(const Value&, const Reader&, const Rule&, Span& out);
bool read_bytes(const Value&, const Reader&, const Rule&, std::size_t& out);  // 512, 64KB, 1MB
bool read_secret(const Value&, const Reader&, Secret& out);
// A path that the configuration names: a relative one starts at the folder of the file that has it,
// not at the working directory.
std::string beside(const Place& place, const std::string& path);
// The index of the value's text in `names`; otherwise reports a mistake with the nearest name.
std::optional<std::size_t> read_name(const Value&, const Reader&,
                                     const std::vector<std::string_view>& names);
// Checks the rule's bounds on the number of a list's items; a single value counts as one.
bool read_count(const Value&, const Reader&, const Rule&);
// Whether no text is in the list twice.
bool read_distinct(const Value& list, const Reader& reader);
// If `rule.filled`, checks that the entry's name is 1 to 100 characters of [A-Za-z0-9_.-].
bool read_free_name(const Value::Entry&, const Reader&, const Rule&);
// Whether `value` is of `kind`; if not, reports "a list is expected here, not a text".
bool expect(const Value&, const Reader&, Value::Kind kind);

// JSON Schemas of the scalars, as Values, and helpers to build further ones.
Value schema_text(const Rule&);
Value schema_bool();
Value schema_integer(const Rule&);
Value schema_number(const Rule&);
Value schema_span(const Rule&);
Value schema_bytes(const Rule&);
Value schema_secret();
Value schema_names(const std::vector<std::string_view>& names);
Value schema_list(Value items, const Rule&);
Value schema_named(Value values, const Rule& rule = {});  // a mapping of free names
Value schema_object(std::vector<std::pair<std::string, Value>> properties,
                    const std::vector<std::string>& required);
Value schema_any_of(std::vector<Value> choices);
Value or_nothing(Value schema);  // or `~`; it is no type of its own in the table of keys
// Takes the entry that `~` names away; reports a mistake and returns false if it is not there.
bool take_away(const Value::Entry& entry, const Reader& reader, bool was_there);
Value scalar(std::string_view text, bool quoted = true);
Value list(std::vector<Value> items);
Value map(std::vector<std::pair<std::string, Value>> entries);
std::string show_bytes(std::size_t bytes);
std::string show_number(double number);

template <>
struct Codec<std::string> {
  static bool read(const Value& v, const Reader& r, const Rule& rule, std::string& out) {
    return read_text(v, r, rule, out);
  }
  static Value schema(const Rule& rule) { return schema_text(rule); }
  static std::string show(const std::string& text) { return text; }
};

template <>
struct Codec<bool> {
  static bool read(const Value& v, const Reader& r, const Rule&, bool& out) {
    return read_bool(v, r, out);
  }
  static Value schema(const Rule&) { return schema_bool(); }
  static std::string show(bool on) { return on ? "true" : "false"; }
};

template <>
struct Codec<int> {
  static bool read(const Value& v, const Reader& r, const Rule& rule, int& out);
  static Value schema(const Rule& rule) { return schema_integer(rule); }
  static std::string show(int number) { return std::to_string(number); }
};

template <>
struct Codec<double> {
  static bool read(const Value& v, const Reader& r, const Rule& rule, double& out) {
    return read_number(v, r, rule, out);
  }
  static Value schema(const Rule& rule) { return schema_number(rule); }
  static std::string show(double number) { return show_number(number); }
};

// A size in bytes.
template <>
struct Codec<std::size_t> {
  static bool read(const Value& v, const Reader& r, const Rule& rule, std::size_t& out) {
    return read_bytes(v, r, rule, out);
  }
  static Value schema(const Rule& rule) { return schema_bytes(rule); }
  static std::string show(std::size_t bytes) { return show_bytes(bytes); }
};

template <>
struct Codec<Span> {
  static bool read(const Value& v, const Reader& r, const Rule& rule, Span& out) {
    return read_span(v, r, rule, out);
  }
  static Value schema(const Rule& rule) { return schema_span(rule); }
  static std::string show(Span span) { return config::show(span); }
};

template <>
struct Codec<Secret> {
  static bool read(const Value& v, const Reader& r, const Rule&, Secret& out) {
    return read_secret(v, r, out);
  }
  static Value schema(const Rule&) { return schema_secret(); }
  static std::string show(const Secret&) { return ""; }
};

template <class E>
concept NamedEnum = std::is_enum_v<E> && requires(const E* e) {
  { names_of(e) } -> std::convertible_to<std::span<const Named<E>>>;
};

// The names of an enumeration and their values.
template <NamedEnum E>
std::span<const Named<E>> names() {
  return names_of(static_cast<const E*>(nullptr));
}

template <NamedEnum E>
struct Codec<E> {
  static std::vector<std::string_view> names() {
    std::vector<std::string_view> all;
    for (const auto& [name, value] : config::names<E>()) all.push_back(name);
    return all;
  }
  static bool read(const Value& v, const Reader& r, const Rule&, E& out) {
    auto index = read_name(v, r, names());
    if (index) out = config::names<E>()[*index].second;
    return index.has_value();
  }
  static Value schema(const Rule&) { return schema_names(names()); }
  static std::string show(E value) {
    for (const auto& [name, candidate] : config::names<E>())
      if (candidate == value) return std::string(name);
    return "";
  }
};

template <class T>
struct Codec<std::optional<T>> {
  static bool read(const Value& v, const Reader& r, const Rule& rule, std::optional<T>& out) {
    if (!out) out.emplace();  // keeps the value of a layer below
    return Codec<T>::read(v, r, rule, *out);
  }
  static Value schema(const Rule& rule) { return Codec<T>::schema(rule); }
  static std::string show(const std::optional<T>& value) {
    return value ? Codec<T>::show(*value) : "";
  }
};

// A list; a single value is read as a list of one.
template <class T>
struct Codec<std::vector<T>> {
  static bool read(const Value& v, const Reader& r, const Rule& rule, std::vector<T>& out);
  static Value schema(const Rule& rule) {
    Value items = Codec<T>::schema({.one_of = rule.one_of, .filled = rule.filled});
    if (rule.min && *rule.min > 1) return schema_list(items, rule);
    return schema_any_of({items, schema_list(items, rule)});
  }
  static std::string show(const std::vector<T>& items);
};

// A mapping of free names; names are 1 to 100 characters of [A-Za-z0-9_.-] where `rule.filled`.
template <class T>
struct Codec<std::map<std::string, T>> {
  static bool read(const Value& v, const Reader& r, const Rule& rule,
                   std::map<std::string, T>& out);
  static Value schema(const Rule& rule) {
    return schema_named(or_nothing(Codec<T>::schema(rule)), rule);
  }
  static std::string show(const std::map<std::string, T>&) { return ""; }
};

template <class T>
bool Codec<std::vector<T>>::read(const Value& v, const Reader& r, const Rule& rule,
                                 std::vector<T>& out) {
  out.clear();
  const Rule each{.one_of = rule.one_of, .filled = rule.filled};
  if (v.kind != Value::Kind::list)
    return read_count(v, r, rule) && Codec<T>::read(v, r, each, out.emplace_back());
  bool good = read_count(v, r, rule) && (rule.repeats || read_distinct(v, r));
  for (std::size_t i = 0; i < v.items.size(); ++i)
    good &= Codec<T>::read(v.items[i], r.at(i), each, out.emplace_back());
  return good;
}

template <class T>
std::string Codec<std::vector<T>>::show(const std::vector<T>& items) {
  std::string all = "[";
  for (const auto& item : items) all += (all.size() > 1 ? ", " : "") + Codec<T>::show(item);
  return all + "]";
}

template <class T>
bool Codec<std::map<std::string, T>>::read(const Value& v, const Reader& r, const Rule& rule,
                                           std::map<std::string, T>& out) {
  if (!expect(v, r, Value::Kind::map)) return false;
  bool good = true;
  for (const auto& entry : v.entries) {
    good &= read_free_name(entry, r.at(entry.name), rule);
    if (entry.value.takes_away()) {
      good &= take_away(entry, r, out.erase(entry.name) > 0);
      continue;
    }
    good &= Codec<T>::read(entry.value, r.at(entry.name), rule, out[entry.name]);
  }
  return good;
}

}  // namespace sonde::config
