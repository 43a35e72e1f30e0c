#include "probes/core/secrets.hpp"

#include <algorithm>

#include "probes/text/code_points.hpp"
#include "probes/text/encoded.hpp"
#include "probes/text/unescape.hpp"

namespace sonde {
namespace {

constexpr std::size_t levels_max = 4;

// In Latin-1, as in JavaScript's \xe9 and old pages; nullopt: it is the same, or not representable.
std::optional<std::string> latin1_of(std::string_view text) {
  std::string latin;
  bool differs = false;
  while (!text.empty()) {
    const text::Rune rune = text::first_rune(text);
    if (!rune.code || *rune.code > 0xff) return std::nullopt;
    differs |= *rune.code >= 0x80;
    latin += static_cast<char>(*rune.code);
    text.remove_prefix(rune.bytes);
  }
  return differs ? std::optional(std::move(latin)) : std::nullopt;
}

// The search decodes all escapes of a text, also those that are part of a secret; and a form has
// "+" for a space.
void add_forms(std::vector<std::string>& forms, const std::string& secret) {
  std::string form = secret;
  std::ranges::replace(form, ' ', '+');
  if (form != secret) forms.push_back(form);
  if (auto latin = latin1_of(secret)) forms.push_back(*std::move(latin));
  if (auto latin = latin1_of(form)) forms.push_back(*std::move(latin));
  auto level = text::unescape(secret);
  for (std::size_t i = 0; level && i < levels_max; ++i) {
    forms.push_back(level->bytes);
    level = text::unescape(forms.back());
  }
}

}  // namespace

bool Secrets::hide(std::string_view text) {
  if (full_ || text.size() < text::Pieces::shortest || texts_.contains(text)) return false;
  pieces_.reset();
  bytes_ += text.size();
  full_ = bytes_ > bytes_max;
  if (!full_) texts_.emplace(text);
  return true;
}

bool Secrets::hide(const Secrets& others) {
  bool changed = others.full_ && !full_;
  full_ = full_ || others.full_;
  for (const std::string& text : others.texts_) changed |= hide(text);
  for (const std::string& text : others.spared_) spare(text);
  return changed;
}

void Secrets::spare(std::string_view text) {
  if (text.empty() || std::ranges::find(spared_, text) != spared_.end()) return;
  spared_.emplace_back(text);
  pieces_.reset();
}

const text::Pieces& Secrets::pieces() const {
  if (pieces_) return *pieces_;
  std::vector<std::string> forms;
  for (const std::string& text : texts_) add_forms(forms, text);
  std::vector<std::string_view> all(texts_.begin(), texts_.end());
  all.insert(all.end(), forms.begin(), forms.end());
  // Names in a secret that is JSON also occur in answers of servers.
  std::vector<std::string> spared = spared_;
  spared.emplace_back("authorization");
  pieces_ = std::make_shared<const text::Pieces>(all, spared);
  return *pieces_;
}

void Secrets::redact(std::string& shown) const {
  if (empty() || shown.empty()) return;
  const auto hidden = full_ ? std::nullopt : text::find_encoded(shown, pieces());
  if (!hidden) shown = withheld;
  if (!hidden || hidden->empty()) return;
  std::string kept;
  std::size_t at = 0;
  for (const text::Stretch& stretch : *hidden) {
    kept.append(shown, at, stretch.begin - at).append(redacted);
    at = stretch.end;
  }
  shown = kept.append(shown, at);
}

}  // namespace sonde
