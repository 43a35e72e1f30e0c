#pragma once
#include <string>
#include <utility>

#include "config/codec.hpp"

namespace sonde::access {

// A secret that stands in the web configuration itself: a private key, a hash, a client's password.
// No function prints it, and it is wiped from memory with its last owner.
class Hidden {
 public:
  Hidden() = default;
  explicit Hidden(std::string text) : text_(std::move(text)) {}
  ~Hidden();
  Hidden(const Hidden&) = default;
  Hidden& operator=(const Hidden&) = default;
  Hidden(Hidden&&) = default;
  Hidden& operator=(Hidden&&) = default;

  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  std::string text_;
};

}  // namespace sonde::access

namespace sonde::config {

template <>
struct Codec<access::Hidden> {
  static bool read(const Value& v, const Reader& r, const Rule& rule, access::Hidden& out) {
    std::string text;
    if (!read_text(v, r, rule, text)) return false;
    out = access::Hidden(std::move(text));
    return true;
  }
  static Value schema(const Rule& rule) { return schema_text(rule); }
  static std::string show(const access::Hidden&) { return ""; }
};

}  // namespace sonde::config
