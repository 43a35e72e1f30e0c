#pragma once
#include <expected>
#include <string>

#include "probes/text/template.hpp"

namespace sonde::text {

// A YAML tree whose texts are templates: the body of a request, or a frame to send. Rendered as
// JSON: a text that is only one `{{ }}` stays a string, unless it ends in `| number`, when it has
// to be a number; unquoted YAML numbers, booleans and null keep their type. `{{ }}` in keys is an
// error.
class Tree {
 public:
  Tree() = default;
  bool empty() const { return root_.kind == config::Value::Kind::none; }
  std::expected<std::string, std::string> render_json(Names& names) const;
  // A tree that is a single text as that text, any other as JSON.
  std::expected<std::string, std::string> render_plain(Names& names) const;
  // A flat mapping as application/x-www-form-urlencoded; fails for a nested value, which `read`
  // does not reject.
  std::expected<std::string, std::string> render_form(Names& names) const;
  std::vector<std::string> names() const;
  const config::Place& place() const { return root_.place; }

 private:
  friend struct config::Codec<Tree>;
  struct Texts;  // the parsed templates, in order
  config::Value root_;
  std::shared_ptr<const Texts> texts_;
};

}  // namespace sonde::text

namespace sonde::config {
template <>
struct Codec<text::Tree> {
  static bool read(const Value&, const Reader&, const Rule&, text::Tree& out);
  static Value schema(const Rule&);
  static std::string show(const text::Tree&) { return ""; }
};
}  // namespace sonde::config
