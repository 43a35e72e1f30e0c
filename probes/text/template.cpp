#include "probes/text/template.hpp"

#include <cstdio>
#include <cstdlib>

#include "probes/text/template_parser.hpp"

namespace sonde::text {

void Names::set(std::string name, std::string text) {
  for (auto& [known, value] : texts_)
    if (known == name) return void(value = std::move(text));
  texts_.emplace_back(std::move(name), std::move(text));
}

const std::string* Names::find(std::string_view name) const {
  for (const auto& [known, value] : texts_)
    if (known == name) return &value;
  if (!shared_) return nullptr;
  for (const auto& [known, value] : *shared_)
    if (known == name) return &value;
  return nullptr;
}

std::vector<std::string> Names::names_like(std::string_view prefix) const {
  std::vector<std::string> all;
  for (const auto& [name, value] : texts_)
    if (name.starts_with(prefix)) all.push_back(name);
  return all;
}

// A piece of plain text, and the expression that follows it.
struct Template::Piece {
  std::string plain;
  std::optional<Expression> expression;
};

namespace {

// Appends the value of the expression; false: its name is unknown.
bool append(std::string& out, const Expression& expression, Names& names) {
  std::string made;
  std::string_view text;
  if (expression.function) {
    made = expression.function->call(names, expression.arguments);
    text = made;
  } else if (const std::string* known = names.find(expression.name)) {
    text = *known;
  } else {
    return false;
  }
  for (const Filter* filter : expression.filters) {
    std::string filtered = filter->apply(text);
    made = std::move(filtered);
    text = made;
  }
  if (!expression.function && !expression.filters.empty())
    names.tell_made(*names.find(expression.name), text);
  out += text;
  return true;
}

}  // namespace

Template::Template(const char* text) {
  auto made = parse(text);
  if (!made) {
    std::fprintf(stderr, "wrong template in code: %s: %s\n", text, made.error().c_str());
    std::abort();
  }
  *this = *std::move(made);
}

std::expected<Template, std::string> Template::parse(std::string_view text) {
  Template made;
  made.text_ = text;
  std::vector<Piece> pieces;
  while (!text.empty()) {
    const auto open = text.find("{{");
    Piece& piece = pieces.emplace_back(std::string(text.substr(0, open)), std::nullopt);
    if (open == std::string_view::npos) break;
    const auto close = text.find("}}", open);
    if (close == std::string_view::npos) return std::unexpected("a {{ is not closed by }}");
    auto expression = parse_expression(text.substr(open + 2, close - open - 2));
    if (!expression) return std::unexpected(expression.error());
    piece.expression = *std::move(expression);
    text.remove_prefix(close + 2);
  }
  made.pieces_ = std::make_shared<const std::vector<Piece>>(std::move(pieces));
  return made;
}

std::expected<std::string, std::string> Template::render(Names& names) const {
  std::string out;
  if (!pieces_) return out;
  for (const Piece& piece : *pieces_) {
    out += piece.plain;
    if (piece.expression && !append(out, *piece.expression, names))
      return std::unexpected(piece.expression->name);
  }
  return out;
}

bool Template::is_number() const {
  if (!pieces_ || pieces_->size() != 1) return false;
  const Piece& piece = pieces_->front();
  return piece.plain.empty() && piece.expression && !piece.expression->filters.empty() &&
         piece.expression->filters.back()->name == number_filter;
}

std::vector<std::string> Template::names() const {
  std::vector<std::string> all;
  if (!pieces_) return all;
  for (const Piece& piece : *pieces_)
    if (piece.expression && !piece.expression->function) all.push_back(piece.expression->name);
  return all;
}

}  // namespace sonde::text

namespace sonde::config {

bool Codec<text::Template>::read(const Value& v, const Reader& r, const Rule& rule,
                                 text::Template& out) {
  std::string text;
  if (!read_text(v, r, rule, text)) return false;
  auto made = text::Template::parse(text);
  if (!made) {
    r.wrong(v.place, made.error());
    return false;
  }
  out = *std::move(made);
  out.stands_at(v.place);
  return true;
}

Value Codec<text::Template>::schema(const Rule& rule) { return schema_text(rule); }

}  // namespace sonde::config
