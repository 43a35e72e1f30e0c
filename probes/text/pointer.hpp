#pragma once
#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/section.hpp"
#include "probes/text/json.hpp"

namespace sonde::text {

// A JSON Pointer (RFC 6901): "" is the whole document, "/data/event" a place in it.
class Pointer {
 public:
  Pointer() = default;
  static std::expected<Pointer, std::string> parse(std::string_view text);
  Json at(Json root) const;  // false if the place does not exist
  const std::string& text() const { return text_; }
  bool operator<(const Pointer& other) const { return text_ < other.text_; }

 private:
  std::string text_;
  std::vector<std::string> steps_;
};

}  // namespace sonde::text

namespace sonde::config {
template <>
struct Codec<text::Pointer> {
  static bool read(const Value&, const Reader&, const Rule&, text::Pointer& out);
  static Value schema(const Rule&);
  static std::string show(const text::Pointer& pointer) { return pointer.text(); }
};

// A mapping with pointers as keys.
template <class T>
struct Codec<std::map<text::Pointer, T>> {
  static bool read(const Value& v, const Reader& r, const Rule& rule,
                   std::map<text::Pointer, T>& out) {
    if (!expect(v, r, Value::Kind::map)) return false;
    bool good = true;
    for (const auto& entry : v.entries) {
      const auto place = text::Pointer::parse(entry.name);
      if (!place) r.at(entry.name).wrong(entry.place, place.error());
      if (place && entry.value.takes_away()) {
        good &= take_away(entry, r, out.erase(*place) > 0);
        continue;
      }
      T value{};
      const bool read = Codec<T>::read(entry.value, r.at(entry.name), rule, value);
      if (place) out.insert_or_assign(*place, std::move(value));
      good &= read && place;
    }
    return good;
  }
  static Value schema(const Rule& rule) { return schema_named(or_nothing(Codec<T>::schema(rule))); }
  static std::string show(const std::map<text::Pointer, T>&) { return ""; }
};
}  // namespace sonde::config
