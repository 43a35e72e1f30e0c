#pragma once
#include <expected>
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
  Json at(Json root) const;  // nothing if the place is not there
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
}  // namespace sonde::config
