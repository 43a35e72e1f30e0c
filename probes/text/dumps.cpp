#include "probes/text/dumps.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>

#include "probes/text/ascii.hpp"

namespace sonde::text {
namespace {

bool is_base64(char c) {
  return is_alphanumeric(c) || c == '+' || c == '/' || c == '-' || c == '_';
}
// The notation of a list's numbers; a list has only one.
enum class Writing : std::uint8_t { none, decimal, hex, groups };

// The bytes of a number.
struct Number {
  Writing writing = Writing::none;
  std::string bytes;
};

std::optional<int> value_of(std::string_view digits, int base) {
  int value = 0;
  const char* end = digits.data() + digits.size();
  const auto [at, error] = std::from_chars(digits.data(), end, value, base);
  if (error != std::errc() || at != end) return std::nullopt;
  return value;
}

// "71395a72": 2 or 4 bytes.
Number group_of(std::string_view word) {
  if (!std::ranges::all_of(word, is_hex_digit)) return {};
  Number number{.writing = Writing::groups, .bytes = ""};
  for (std::size_t at = 0; at < word.size(); at += 2)
    number.bytes += static_cast<char>(*value_of(word.substr(at, 2), 16));
  return number;
}

// A number in a list; bytes in Java may be negative.
Number number_of(std::string_view word) {
  if (word.size() == 8 || (word.size() == 4 && word[1] != 'x' && word[1] != 'X' && word[0] != '-'))
    return group_of(word);
  if (word.size() > 4) return {};
  const bool hex = word.size() > 2 && word[0] == '0' && (word[1] == 'x' || word[1] == 'X');
  const auto value = hex ? value_of(word.substr(2), 16) : value_of(word, 10);
  if (!value || *value < -128 || *value > 255) return {};
  return {hex ? Writing::hex : Writing::decimal, std::string(1, static_cast<char>(*value))};
}

bool is_word_char(char c) { return is_base64(c) || c == '.'; }

class Lists {
 public:
  explicit Lists(std::string_view text) : text_(text) {}

  std::optional<Unescaped> join() {
    for (std::size_t at = 0; at < text_.size();) {
      if (!is_word_char(text_[at])) {
        separate(text_[at++]);
        continue;
      }
      std::size_t end = at;
      while (end < text_.size() && is_word_char(text_[end])) ++end;
      take(at, end);
      at = end;
    }
    end_list();
    if (out_) out_->begins.push_back(static_cast<std::uint32_t>(text_.size()));
    return std::move(out_);
  }

 private:
  static constexpr std::size_t bytes_min = 4;

  // Between two numbers there are spaces and at most one comma.
  void separate(char c) {
    if (c == ',' && !comma_)
      comma_ = true;
    else if (!is_blank(c))
      end_list();
  }

  void take(std::size_t begin, std::size_t end) {
    constexpr std::size_t longest = 8;
    const Number number =
        end - begin <= longest ? number_of(text_.substr(begin, end - begin)) : Number();
    if (number.writing != writing_) end_list();
    writing_ = number.writing;
    comma_ = false;
    if (writing_ == Writing::none) return;
    bytes_ += number.bytes;
    begins_.insert(begins_.end(), number.bytes.size(), static_cast<std::uint32_t>(begin));
    end_ = end;
  }

  void end_list() {
    if (bytes_.size() >= bytes_min) {
      if (!out_) out_.emplace();
      out_->bytes += bytes_ + '.';
      out_->begins.insert(out_->begins.end(), begins_.begin(), begins_.end());
      out_->begins.push_back(static_cast<std::uint32_t>(end_));
    }
    bytes_.clear();
    begins_.clear();
    writing_ = Writing::none;
    comma_ = false;
  }

  std::string_view text_;
  std::optional<Unescaped> out_;
  std::string bytes_;  // of the list
  std::vector<std::uint32_t> begins_;
  std::size_t end_ = 0;  // end of its last number
  Writing writing_ = Writing::none;
  bool comma_ = false;
};

// Removes ranges [begin, end) from a text; call it in order.
class Without {
 public:
  explicit Without(std::string_view text) : text_(text) {}
  void leave_out(std::size_t begin, std::size_t end) {
    if (!out_) out_.emplace();
    copy_until(begin);
    at_ = end;
  }
  std::optional<Unescaped> end() {
    if (!out_) return std::nullopt;
    copy_until(text_.size());
    out_->begins.push_back(static_cast<std::uint32_t>(text_.size()));
    return std::move(out_);
  }

 private:
  void copy_until(std::size_t end) {
    out_->bytes += text_.substr(at_, end - at_);
    for (; at_ < end; ++at_) out_->begins.push_back(static_cast<std::uint32_t>(at_));
  }
  std::string_view text_;
  std::size_t at_ = 0;
  std::optional<Unescaped> out_;
};

}  // namespace

std::optional<Unescaped> join_numbers(std::string_view text) { return Lists(text).join(); }

std::optional<Unescaped> join_lines(std::string_view text) {
  Without without(text);
  for (auto at = text.find_first_of("\r\n"); at != text.npos; at = text.find_first_of("\r\n", at)) {
    std::size_t end = at;
    while (end < text.size() && is_blank(text[end])) ++end;
    if (at > 0 && is_base64(text[at - 1]) && end < text.size() && is_base64(text[end]))
      without.leave_out(at, end);
    at = end;
  }
  return without.end();
}

std::optional<Unescaped> join_wide(std::string_view text) {
  constexpr std::size_t apart = 2, pair = 2 * apart;
  const auto is_wide = [&](std::size_t at) {
    return at >= pair && text[at - 1] != 0 && text[at - apart] == 0 && text[at - pair] == 0;
  };
  auto at = text.find('\0');
  while (at != text.npos && !is_wide(at)) at = text.find('\0', at + 1);
  if (at == text.npos) return std::nullopt;
  Without without(text);
  for (at = text.find('\0'); at != text.npos; at = text.find('\0', at + 1))
    without.leave_out(at, at + 1);
  return without.end();
}

}  // namespace sonde::text
