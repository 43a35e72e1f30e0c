#include "probes/text/pointer.hpp"

#include <charconv>

namespace sonde::text {
namespace {

std::expected<std::string, std::string> unescaped(std::string_view step) {
  std::string out;
  for (std::size_t i = 0; i < step.size(); ++i) {
    if (step[i] != '~') {
      out += step[i];
      continue;
    }
    if (i + 1 == step.size() || (step[i + 1] != '0' && step[i + 1] != '1'))
      return std::unexpected("a '~' in a JSON Pointer is written ~0, a '/' in a name ~1");
    out += step[++i] == '0' ? '~' : '/';
  }
  return out;
}

// RFC 6901 section 4: digits without a leading zero; "-" is the item after the last, which never
// exists.
Json item_of(Json array, std::string_view step) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
  const bool whole = error == std::errc{} && end == step.data() + step.size();
  if (!whole || (step.size() > 1 && step[0] == '0')) return {};
  return array.item(index);
}

}  // namespace

std::expected<Pointer, std::string> Pointer::parse(std::string_view text) {
  Pointer pointer;
  pointer.text_ = text;
  if (text.empty()) return pointer;
  if (text[0] != '/') return std::unexpected("a JSON Pointer begins with '/', as in '/data/event'");
  while (!text.empty()) {
    text.remove_prefix(1);
    const std::string_view step = text.substr(0, text.find('/'));
    auto name = unescaped(step);
    if (!name) return std::unexpected(name.error());
    pointer.steps_.push_back(*std::move(name));
    text.remove_prefix(step.size());
  }
  return pointer;
}

Json Pointer::at(Json root) const {
  for (const auto& step : steps_)
    root = root.kind() == Json::Kind::array ? item_of(root, step) : root.member(step);
  return root;
}

}  // namespace sonde::text

namespace sonde::config {

bool Codec<text::Pointer>::read(const Value& v, const Reader& r, const Rule& rule,
                                text::Pointer& out) {
  std::string text;
  if (!read_text(v, r, rule, text)) return false;
  auto pointer = text::Pointer::parse(text);
  if (!pointer) {
    r.wrong(v.place, pointer.error());
    return false;
  }
  out = *std::move(pointer);
  return true;
}

Value Codec<text::Pointer>::schema(const Rule&) {
  return map({{"type", scalar("string")}, {"pattern", scalar("^(/([^~/]|~[01])*)*$")}});
}

}  // namespace sonde::config
