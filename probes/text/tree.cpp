#include "probes/text/tree.hpp"

#include <optional>

#include "probes/text/json.hpp"

namespace sonde::text {

using config::Value;

struct Tree::Texts {
  std::vector<Template> all;
};

namespace {

bool is_null(const Value& v) {
  if (v.kind == Value::Kind::none) return true;
  const bool word = v.text.empty() || v.text == "~" || v.text == "null";
  return v.kind == Value::Kind::scalar && !v.quoted && word;
}

// The grammar of RFC 8259 section 6; what is a number only in YAML (0x10, 007) stays a text.
bool is_json_number(std::string_view text) {
  const auto digits = [&text] {
    const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(end);
    return end > 0;
  };
  const auto skip = [&text](std::string_view any) {
    const bool there = !text.empty() && any.find(text[0]) != std::string_view::npos;
    if (there) text.remove_prefix(1);
    return there;
  };
  skip("-");
  if (!skip("0") && !digits()) return false;
  if (skip(".") && !digits()) return false;
  if (skip("eE")) {
    skip("+-");
    if (!digits()) return false;
  }
  return text.empty();
}

// Values that are copied to JSON as written in YAML.
bool is_bare(const Value& v) {
  return !v.quoted && (v.text == "true" || v.text == "false" || is_json_number(v.text));
}

bool is_text(const Value& v) { return v.kind == Value::Kind::scalar && !is_null(v) && !is_bare(v); }

// Walks over the tree once, and uses the templates in order.
class Rendering {
 public:
  Rendering(const std::vector<Template>& texts, Names& names) : texts_(texts), names_(names) {}

  bool json(const Value& v, std::string& out) {
    if (is_null(v)) return append(out, "null");
    if (v.kind == Value::Kind::list) return items(v, out);
    if (v.kind == Value::Kind::map) return members(v, out);
    if (is_bare(v)) return append(out, v.text);
    const Template& written = texts_[used_];
    const auto text = next();
    if (!text) return false;
    if (!written.is_number()) return append(out, json_quote(*text));
    if (is_json_number(*text)) return append(out, *text);
    unknown_ = "a number: " + written.text();
    return false;
  }

  std::optional<std::string> next() {
    auto text = texts_[used_++].render(names_);
    if (text) return *std::move(text);
    unknown_ = text.error();
    return std::nullopt;
  }

  const std::string& unknown() const { return unknown_; }

 private:
  static bool append(std::string& out, std::string_view text) {
    out += text;
    return true;
  }

  bool items(const Value& v, std::string& out) {
    out += '[';
    for (std::size_t i = 0; i < v.items.size(); ++i) {
      if (i > 0) out += ',';
      if (!json(v.items[i], out)) return false;
    }
    return append(out, "]");
  }

  bool members(const Value& v, std::string& out) {
    out += '{';
    for (std::size_t i = 0; i < v.entries.size(); ++i) {
      if (i > 0) out += ',';
      out += json_quote(v.entries[i].name) + ':';
      if (!json(v.entries[i].value, out)) return false;
    }
    return append(out, "}");
  }

  const std::vector<Template>& texts_;
  Names& names_;
  std::size_t used_ = 0;
  std::string unknown_;
};

bool collect(const Value& v, const config::Reader& r, std::vector<Template>& out) {
  bool good = true;
  for (std::size_t i = 0; i < v.items.size(); ++i) good &= collect(v.items[i], r.at(i), out);
  for (const auto& entry : v.entries) {
    if (entry.name.find("{{") != std::string::npos) {
      r.at(entry.name).wrong(entry.place, "a key cannot hold {{ }}");
      good = false;
    }
    good &= collect(entry.value, r.at(entry.name), out);
  }
  if (is_text(v)) good &= config::Codec<Template>::read(v, r, {}, out.emplace_back());
  return good;
}

}  // namespace

std::expected<std::string, std::string> Tree::render_json(Names& names) const {
  static const Texts none;
  Rendering rendering(texts_ ? texts_->all : none.all, names);
  std::string out;
  if (!rendering.json(root_, out)) return std::unexpected(rendering.unknown());
  return out;
}

std::expected<std::string, std::string> Tree::render_plain(Names& names) const {
  return is_text(root_) && texts_ ? texts_->all.front().render(names) : render_json(names);
}

std::expected<std::string, std::string> Tree::render_form(Names& names) const {
  static const Texts none;
  Rendering rendering(texts_ ? texts_->all : none.all, names);
  if (!empty() && root_.kind != Value::Kind::map)
    return std::unexpected("a form is a mapping of names to values");
  std::string out;
  for (const auto& [name, place, v] : root_.entries) {
    if (!v.items.empty() || !v.entries.empty())
      return std::unexpected("'" + name + "' is nested, which a form cannot hold");
    std::optional<std::string> text = is_null(v) ? "" : v.text;
    if (is_text(v)) text = rendering.next();
    if (!text) return std::unexpected(rendering.unknown());
    out += (out.empty() ? "" : "&") + percent_encode(name) + '=' + percent_encode(*text);
  }
  return out;
}

std::vector<std::string> Tree::names() const {
  std::vector<std::string> all;
  if (!texts_) return all;
  for (const auto& text : texts_->all)
    for (auto& name : text.names()) all.push_back(std::move(name));
  return all;
}

}  // namespace sonde::text

namespace sonde::config {

bool Codec<text::Tree>::read(const Value& v, const Reader& r, const Rule&, text::Tree& out) {
  auto texts = std::make_shared<text::Tree::Texts>();
  const bool good = text::collect(v, r, texts->all);
  out.root_ = v;
  out.texts_ = std::move(texts);
  return good;
}

Value Codec<text::Tree>::schema(const Rule&) { return map({}); }

}  // namespace sonde::config
