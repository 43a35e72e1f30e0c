#include "probes/secrets.hpp"

#include <algorithm>

namespace sonde {
namespace {

constexpr std::size_t shortest = 4;
constexpr std::size_t blocks = 256;
constexpr std::size_t secrets_max = 255;

// Beyond ASCII a cut may halve a character, which some forms replace.
std::string_view beginning(std::string_view text) {
  const auto first = text.substr(0, 9);
  const bool ascii = std::ranges::all_of(first, [](char c) { return c >= 0; });
  return ascii ? first : text;
}

std::size_t block(char first, char second) {
  return ((static_cast<unsigned char>(first) * 16U) ^ static_cast<unsigned char>(second)) % blocks;
}

}  // namespace

bool Secrets::hide(std::string_view text, std::span<const Form> forms) {
  if (secrets_.size() == secrets_max) return false;
  if (std::ranges::find(secrets_, text, &One::text) != secrets_.end()) return false;
  secrets_.push_back({std::string(text), forms});
  const std::size_t secret = secrets_.size() - 1;
  bool added = add(secret, 0, text);
  for (std::size_t i = 0; i < forms.size(); ++i)
    added |= add(secret, i + 1, forms[i](beginning(text)));
  if (!added) return false;
  bytes_max_ = std::max(bytes_max_, 6 * text.size() + 8);
  index();
  return true;
}

bool Secrets::hide(const Secrets& others) {
  bool changed = false;
  for (const One& other : others.secrets_) changed |= hide(other.text, other.forms);
  return changed;
}

// Forms of the secret that begin alike share a head.
bool Secrets::add(std::size_t secret, std::size_t bit, std::string_view start) {
  if (start.size() < shortest) return false;
  Head head{.secret = static_cast<std::uint8_t>(secret)};
  head.size = static_cast<std::uint8_t>(std::min(start.size(), head.bytes.size()));
  std::copy_n(start.begin(), head.size, head.bytes.begin());
  auto same = std::ranges::find_if(heads_, [&](const Head& other) {
    return other.secret == head.secret && other.text() == head.text();
  });
  if (same == heads_.end()) same = heads_.insert(same, head);
  same->forms |= static_cast<std::uint16_t>(1U << bit);
  return true;
}

void Secrets::index() {
  window_ = std::ranges::min(heads_, {}, &Head::size).size;
  shifts_.assign(blocks, static_cast<std::uint8_t>(window_ - 1));
  for (const Head& head : heads_)
    for (std::size_t last = 1; last < window_; ++last) {
      auto& shift = shifts_[block(head.bytes[last - 1], head.bytes[last])];
      shift = std::min(shift, static_cast<std::uint8_t>(window_ - 1 - last));
    }
}

// Where the next head may begin; npos: no head begins from here on.
std::size_t Secrets::candidate(std::string_view shown, std::size_t from) const {
  std::size_t last = from + window_ - 1;
  while (last < shown.size()) {
    const std::size_t shift = shifts_[block(shown[last - 1], shown[last])];
    if (shift == 0) return last - (window_ - 1);
    last += shift;
  }
  return shown.npos;
}

std::string Secrets::made(const Head& head, std::size_t bit) const {
  const One& secret = secrets_[head.secret];
  return bit == 0 ? secret.text : secret.forms[bit - 1](secret.text);
}

// The size of the longest form that `shown` begins with; 0: none.
std::size_t Secrets::match(std::string_view shown) const {
  std::size_t longest = 0;
  for (const Head& head : heads_) {
    if (!shown.starts_with(head.text())) continue;
    for (std::size_t bit = 0; head.forms >> bit != 0; ++bit) {
      if ((head.forms >> bit & 1) == 0) continue;
      const std::string form = made(head, bit);
      if (shown.starts_with(form)) longest = std::max(longest, form.size());
    }
  }
  return longest;
}

void Secrets::redact(std::string& shown) const {
  if (heads_.empty()) return;
  for (auto at = candidate(shown, 0); at != shown.npos; at = candidate(shown, at)) {
    const auto size = match(std::string_view(shown).substr(at));
    if (size > 0) shown.replace(at, size, redacted);
    at += size > 0 ? redacted.size() : 1;
  }
}

}  // namespace sonde
