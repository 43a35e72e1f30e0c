#include "probes/isolation/isolation_scan.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "probes/text/ascii.hpp"
#include "probes/text/template.hpp"

namespace sonde::isolation {
namespace {

constexpr std::size_t shortest = 8;

std::uint64_t first_bytes(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

std::size_t hash(std::uint64_t word) { return (word * 0x9E3779B97F4A7C15ULL) >> 48; }

// How `text` looks inside the base64url of something in which it stands at 3n + `offset`: without
// the characters that its neighbours have a part in.
std::string inside_base64url(std::string_view text, std::size_t offset) {
  const std::string encoded = text::base64url(std::string(offset, '\0').append(text));
  const std::size_t from = (offset * 8 + 5) / 6;
  return encoded.substr(from, (offset + text.size()) * 8 / 6 - from);
}

std::string standard_alphabet(std::string text) {
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  return text;
}

std::vector<std::size_t> indices(const std::vector<bool>& found) {
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < found.size(); ++i)
    if (found[i]) all.push_back(i);
  return all;
}

}  // namespace

void Needles::add_form(std::string text, std::size_t owner, bool any_case) {
  if (text.size() < shortest) return;
  const std::uint64_t beginning = first_bytes(text.data());
  beginnings_.set(hash(beginning));
  bytes_max_ = std::max(bytes_max_, text.size());
  owners_ = std::max(owners_, owner + 1);
  forms_.emplace(beginning, Form{std::move(text), owner, any_case});
}

void Needles::add(std::string_view text, std::size_t owner) {
  if (text.size() < shortest) return;
  add_form(text::lowered(text), owner, true);
  add_form(text::hex(text), owner, true);
  for (std::size_t offset = 0; offset < 3; ++offset) {
    const std::string form = inside_base64url(text, offset);
    add_form(form, owner, false);
    if (standard_alphabet(form) != form) add_form(standard_alphabet(form), owner, false);
  }
}

void Needles::find(std::string_view text, bool any_case, std::vector<bool>& found) const {
  for (std::size_t at = 0; at + shortest <= text.size(); ++at) {
    const std::uint64_t word = first_bytes(text.data() + at);
    if (!beginnings_.test(hash(word))) continue;
    const auto [first, last] = forms_.equal_range(word);
    for (auto form = first; form != last; ++form)
      if (form->second.any_case == any_case && text.substr(at).starts_with(form->second.text))
        found[form->second.owner] = true;
  }
}

std::vector<std::size_t> Needles::owners_in(std::string_view text) const {
  std::vector<bool> found(owners_);
  find(text::lowered(text), true, found);
  find(text, false, found);
  return indices(found);
}

}  // namespace sonde::isolation
