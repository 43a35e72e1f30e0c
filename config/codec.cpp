#include "config/codec.hpp"

#include <algorithm>
#include <limits>

#include "config/scalars.hpp"

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

bool refuse(const Value& v, const Reader& r, const std::string& wanted) {
  const bool scalar = v.kind == Value::Kind::scalar;
  r.wrong(v.place, wanted + " is expected here, not " +
                       (scalar ? quote(v.text) : std::string(word(v.kind))));
  return false;
}

bool is_plain(const Value& v) { return v.kind == Value::Kind::scalar && !v.quoted; }

// True if `number` keeps the rule's bounds; else tells which it breaks, in the words of `show`.
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
  if (!is_plain(v) || (v.text != "true" && v.text != "false")) return refuse(v, r, "true or false");
  out = v.text == "true";
  return true;
}

bool read_integer(const Value& v, const Reader& r, const Rule& rule, std::int64_t& out) {
  const auto number = is_plain(v) ? parse_integer(v.text) : std::nullopt;
  if (!number) return refuse(v, r, "a whole number");
  if (!within(v, r, rule, static_cast<double>(*number), show_number)) return false;
  out = *number;
  return true;
}

bool read_number(const Value& v, const Reader& r, const Rule& rule, double& out) {
  const auto number = is_plain(v) ? parse_number(v.text) : std::nullopt;
  if (!number) return refuse(v, r, "a number");
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
  if (!size || (v.quoted && is_number(v.text)))
    return refuse(v, r, "a size such as 512, 64KB or 1MB");
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

}  // namespace sonde::config
