#include "probes/text/encoded.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <string>

#include "probes/text/dumps.hpp"
#include "probes/text/unescape.hpp"

namespace sonde::text {
namespace {

constexpr int depth_max = 4;
constexpr std::size_t effort = 40, effort_min = 4096;
constexpr unsigned char no_digit = 0xff;

using Table = std::array<unsigned char, 256>;

consteval Table base64_values() {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  Table table;
  table.fill(no_digit);
  for (std::size_t i = 0; i < digits.size(); ++i)
    table[static_cast<unsigned char>(digits[i])] = static_cast<unsigned char>(i);
  table['-'] = 62;
  table['_'] = 63;
  return table;
}

// Digits that are letters in either case.
consteval Table values_of(std::string_view lower, std::string_view upper) {
  Table table;
  table.fill(no_digit);
  for (std::size_t i = 0; i < lower.size(); ++i)
    table[static_cast<unsigned char>(lower[i])] = table[static_cast<unsigned char>(upper[i])] =
        static_cast<unsigned char>(i);
  return table;
}

// Base32: RFC 4648 section 6.
constexpr Table base64_value = base64_values(),
                base32_value = values_of("abcdefghijklmnopqrstuvwxyz234567",
                                         "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
                hex_value = values_of("0123456789abcdef", "0123456789ABCDEF");

unsigned char value(const Table& table, char c) { return table[static_cast<unsigned char>(c)]; }

// A decoded text, and the mapping of its bytes to the source.
struct Layer {
  const Layer* of = nullptr;  // null: the text itself
  const Unescaped* unescaped = nullptr;
  std::size_t begin = 0;  // for digits: the first of them
  std::size_t digit_bits = 0;

  Stretch outside(Stretch inside) const {
    if (of == nullptr) return inside;
    const std::size_t last = inside.end - 1;
    if (unescaped != nullptr)
      return of->outside({unescaped->begins[inside.begin], unescaped->end_of(last)});
    return of->outside(
        {begin + inside.begin * 8 / digit_bits, begin + (last * 8 + 7) / digit_bits + 1});
  }
};

class Search {
 public:
  Search(std::string_view text, const Pieces& pieces)
      : pieces_(pieces), left_(effort * text.size() + effort_min), hidden_(text.size()) {}

  void look(std::string_view text, const Layer& layer, int depth);
  bool gave_up() const { return gave_up_; }
  std::vector<Stretch> found() const;

 private:
  void find(std::string_view text, const Layer& layer);
  void mark(Stretch found);
  void look_in_digits(std::string_view text, const Layer& layer, int depth, const Table& table,
                      std::size_t bits);
  void look_by_writer(std::string_view text, const Layer& layer, const Unescaped& all);
  void decode(std::string_view digits, const Table& table, std::size_t bits, const Layer& layer,
              int depth);

  const Pieces& pieces_;
  std::size_t left_;  // bytes that may still be searched
  bool gave_up_ = false, any_ = false;
  std::vector<bool> hidden_;  // for each byte of the text
};

void Search::mark(Stretch found) {
  any_ = true;
  for (std::size_t at = found.begin; at < found.end; ++at) hidden_[at] = true;
}

void Search::find(std::string_view text, const Layer& layer) {
  Stretch all;
  pieces_.find(text, [&](std::size_t begin, std::size_t end) {
    if (all.end > 0 && begin >= all.begin && begin <= all.end) {
      all.end = std::max(all.end, end);
      return;
    }
    if (all.end > 0) mark(layer.outside(all));
    all = {begin, end};
  });
  if (all.end > 0) mark(layer.outside(all));
}

// Decodes digits of `bits` bits to bytes; remaining bits are dropped.
void Search::decode(std::string_view digits, const Table& table, std::size_t bits,
                    const Layer& layer, int depth) {
  std::string bytes;
  bytes.reserve(digits.size() * bits / 8);
  std::uint32_t pool = 0;
  std::size_t pooled = 0;
  for (const char digit : digits) {
    pool = pool << bits | value(table, digit);
    pooled += bits;
    if (pooled < 8) continue;
    pooled -= 8;
    bytes += static_cast<char>(pool >> pooled & 0xffU);
  }
  look(bytes, layer, depth);
}

// A byte may begin at any digit, because the digits before may belong to something else.
void Search::look_in_digits(std::string_view text, const Layer& layer, int depth,
                            const Table& table, std::size_t bits) {
  const std::size_t shortest = (pieces_.size_min() * 8 + bits - 1) / bits;
  const std::size_t turns = std::lcm(bits, 8UL) / bits;
  // A run of this many digits has a digit at one of these positions.
  for (std::size_t at = 0; at + shortest <= text.size();) {
    const std::size_t probe = at + shortest - 1;
    std::size_t begin = probe, end = probe;
    while (end < text.size() && value(table, text[end]) != no_digit) ++end;
    while (end > probe && begin > at && value(table, text[begin - 1]) != no_digit) --begin;
    for (std::size_t turn = 0; turn < turns && end - begin >= shortest + turn; ++turn) {
      const Layer inside{
          .of = &layer, .unescaped = nullptr, .begin = begin + turn, .digit_bits = bits};
      decode(text.substr(begin + turn, end - begin - turn), table, bits, inside, depth);
    }
    at = end + 1;
  }
}

void Search::look(std::string_view text, const Layer& layer, int depth) {
  if (gave_up_ || text.size() < pieces_.size_min()) return;
  gave_up_ = text.size() > left_;
  if (gave_up_) return;
  left_ -= text.size();
  find(text, layer);
  if (depth == depth_max) return;
  if (const auto unescaped = unescape(text)) {
    const Layer inside{.of = &layer, .unescaped = &*unescaped};
    look(unescaped->bytes, inside, depth + 1);
    if (depth == 0) look_by_writer(text, layer, *unescaped);
  }
  for (const auto join : {join_hex, join_numbers, join_wide})
    if (const auto joined = join(text)) {
      const Layer inside{.of = &layer, .unescaped = &*joined};
      look(joined->bytes, inside, depth + 1);
    }
  if (const auto joined = join_lines(text)) {
    const Layer inside{.of = &layer, .unescaped = &*joined};
    look_in_digits(joined->bytes, inside, depth + 1, hex_value, 4);
    look_in_digits(joined->bytes, inside, depth + 1, base64_value, 6);
  }
  look_in_digits(text, layer, depth + 1, hex_value, 4);
  look_in_digits(text, layer, depth + 1, base64_value, 6);
  // Rare, so nothing in it is looked for, nor is it looked for in anything.
  if (depth == 0) look_in_digits(text, layer, depth_max, base32_value, 5);
}

// A writer of one notation leaves the escapes of another unchanged.
void Search::look_by_writer(std::string_view text, const Layer& layer, const Unescaped& all) {
  for (const std::string_view marks : {"\\", "%", "&"}) {
    const auto unescaped = unescape(text, marks);
    if (!unescaped || unescaped->bytes == all.bytes) continue;
    const Layer inside{.of = &layer, .unescaped = &*unescaped};
    look(unescaped->bytes, inside, depth_max - 1);
  }
}

std::vector<Stretch> Search::found() const {
  std::vector<Stretch> all;
  for (std::size_t at = 0; any_ && at < hidden_.size(); ++at) {
    if (!hidden_[at]) continue;
    if (all.empty() || all.back().end < at) all.push_back({at, at});
    all.back().end = at + 1;
  }
  return all;
}

}  // namespace

std::optional<std::vector<Stretch>> find_encoded(std::string_view text, const Pieces& pieces) {
  if (pieces.empty()) return std::vector<Stretch>();
  Search search(text, pieces);
  search.look(text, Layer{}, 0);
  if (search.gave_up()) return std::nullopt;
  return search.found();
}

}  // namespace sonde::text
