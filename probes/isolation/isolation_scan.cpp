#include "probes/isolation/isolation_scan.hpp"

#include <algorithm>
#include <charconv>
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

// The part of `text` in the base64url of a text that contains it at 3n + `offset`: without the
// characters that depend on its neighbours.
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

namespace {

constexpr std::size_t places_max = 256;
constexpr int depth_max = 3;  // of JSON inside the texts of JSON

void append_utf8(std::string& out, unsigned code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += {static_cast<char>(0xC0 | code >> 6), static_cast<char>(0x80 | (code & 63))};
  } else {
    out += {static_cast<char>(0xE0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 63)),
            static_cast<char>(0x80 | (code & 63))};
  }
}

// The character of the escape at the start of `text`, and the length of the escape.
std::size_t unescape(std::string_view text, std::string& out) {
  constexpr std::string_view letters = "bfnrt", meanings = "\b\f\n\r\t";
  unsigned code = 0;
  if (text.size() >= 6 && text[1] == 'u') {
    const char* end = text.data() + 6;
    if (std::from_chars(text.data() + 2, end, code, 16).ptr == end) {
      append_utf8(out, code);
      return 6;
    }
  }
  const auto letter = text.size() > 1 ? letters.find(text[1]) : letters.npos;
  if (text.size() > 1) out += letter != letters.npos ? meanings[letter] : text[1];
  return 2;
}

// FNV-1a over the path from the root.
std::uint64_t below(std::uint64_t place, std::string_view name) {
  for (const char c : name) place = (place ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return (place ^ 0xFF) * 1099511628211ULL;
}

void mark(std::vector<bool>& found, const std::vector<std::size_t>& owners) {
  for (const std::size_t owner : owners) {
    if (owner >= found.size()) found.resize(owner + 1);
    found[owner] = true;
  }
}

}  // namespace

std::string_view json_in(std::string_view payload) {
  const auto at = payload.find_first_of("{[");
  return at == payload.npos ? std::string_view() : payload.substr(at);
}

std::string without_escapes(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '\\') {
      at += unescape(text.substr(at), out);
    } else {
      out += text[at++];
    }
  }
  return out;
}

void Received::look(std::string& tail, std::string_view more, const Needles& needles,
                    std::vector<bool>& found) const {
  tail.append(more);
  mark(found, needles.owners_in(tail));
  const std::size_t kept = std::min(tail.size(), needles.bytes_max());
  tail.erase(0, tail.size() - kept);
}

void Received::walk_text(Place place, std::string_view text, const Needles& needles,
                         std::vector<bool>& found, int depth) {
  const auto known = places_.find(place);
  if (known != places_.end() || places_.size() < places_max) {
    look(places_[place], text, needles, found);
  } else {
    mark(found, needles.owners_in(text));
  }
  if (depth == depth_max || text.empty() || json_in(text).size() != text.size()) return;
  if (const auto document = text::Document::parse(text))
    walk(below(place, "|"), document->root(), needles, found, depth + 1);
}

// Items of a list share a place, because each may contain a piece of a text.
void Received::walk(Place place, text::Json value, const Needles& needles, std::vector<bool>& found,
                    int depth) {
  if (const auto text = value.string()) return walk_text(place, *text, needles, found, depth);
  if (value.kind() == text::Json::Kind::array)
    for (std::size_t i = 0; i < value.size(); ++i)
      walk(below(place, "*"), value.item(i), needles, found, depth);
  if (value.kind() == text::Json::Kind::object)
    for (const auto& [name, member] : value.members())
      walk(below(below(place, "/"), name.substr(0, 64)), member, needles, found, depth);
}

std::vector<std::size_t> Received::take(std::string_view payload, const Needles& needles) {
  std::vector<bool> found;
  if (payload.contains('\\')) mark(found, needles.owners_in(without_escapes(payload)));
  look(raw_, payload, needles, found);
  if (const auto document = text::Document::parse(json_in(payload)))
    walk(14695981039346656037ULL, document->root(), needles, found, 0);
  std::vector<std::size_t> owners;
  for (std::size_t i = 0; i < found.size(); ++i)
    if (found[i]) owners.push_back(i);
  return owners;
}

}  // namespace sonde::isolation
