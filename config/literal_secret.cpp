#include "config/literal_secret.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <optional>
#include <string>

namespace sonde::config {
namespace {

constexpr std::size_t named_min = 6;    // length of a value whose name marks it as secret
constexpr std::size_t random_min = 20;  // length of any other value
constexpr double random_bits = 3.5;     // per character; English has less, hex digits have 4

bool is_letter_or_digit(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

std::string lower(std::string_view text) {
  std::string low(text);
  std::ranges::transform(low, low.begin(), [](unsigned char c) { return std::tolower(c); });
  return low;
}

bool is_word_of_secrets(std::string_view word) {
  constexpr std::array<std::string_view, 16> words = {
      "key",        "apikey", "token",         "secret", "password",  "passwd",     "pwd",
      "passphrase", "auth",   "authorization", "sig",    "signature", "credential", "credentials",
      "bearer",     "jwt"};
  constexpr std::array<std::string_view, 5> ends = {"apikey", "token", "secret", "password",
                                                    "signature"};
  return std::ranges::find(words, word) != words.end() ||
         std::ranges::any_of(ends, [&](std::string_view end) { return word.ends_with(end); });
}

// The literal text, without {{templates}} and the scheme of an Authorization.
std::string written(std::string_view text) {
  std::string all;
  while (!text.empty()) {
    const std::size_t begin = std::min(text.find("{{"), text.size());
    all += text.substr(0, begin);
    text.remove_prefix(begin);
    if (text.empty()) break;
    const std::size_t end = text.find("}}");
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  }
  for (std::string_view scheme : {"bearer ", "basic ", "token ", "apikey "})
    if (lower(all).starts_with(scheme)) all.erase(0, scheme.size());
  const std::size_t begin = std::min(all.find_first_not_of(' '), all.size());
  all.erase(0, begin);
  return all.erase(std::min(all.find_last_not_of(' ') + 1, all.size()));
}

bool has_known_beginning(std::string_view text) {
  constexpr std::array<std::string_view, 13> begins = {
      "sk-",   "sk_live_", "rk_live_", "ghp_", "gho_", "github_pat_", "glpat-",
      "xoxb-", "xoxp-",    "AKIA",     "AIza", "eyJ",  "hf_"};
  return text.size() >= 16 && std::ranges::any_of(begins, [&](std::string_view begin) {
           return text.starts_with(begin);
         });
}

bool is_uuid(std::string_view text) {
  return text.size() == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' &&
         text[23] == '-';
}

double bits_a_character(std::string_view text) {
  std::array<int, 256> counts{};
  for (char c : text) ++counts[static_cast<unsigned char>(c)];
  double bits = 0;
  for (int count : counts) {
    if (count == 0) continue;
    const double share = static_cast<double>(count) / static_cast<double>(text.size());
    bits -= share * std::log2(share);
  }
  return bits;
}

// A word, a path or a sentence is not secret, whatever its name ("X-Auth: none", "token: /at").
bool is_secret(std::string_view name, std::string_view value) {
  const std::string text = written(value);
  if (looks_random(text)) return true;
  return names_a_secret(name) && text.size() >= named_min && !text.starts_with('/') &&
         text.find(' ') == std::string::npos && text.find("://") == std::string::npos &&
         std::ranges::any_of(text,
                             [](char c) { return !std::isalpha(static_cast<unsigned char>(c)); });
}

class Walk {
 public:
  explicit Walk(Mistakes& mistakes) : mistakes_(mistakes) {}

  void look(const Value& value, const std::string& path, bool named) {
    if (value.kind == Value::Kind::scalar) return look_at_url(value, path);
    for (const Value& item : value.items) look(item, path, named);
    for (const Value::Entry& entry : value.entries) {
      const std::string below = path.empty() ? entry.name : path + "." + entry.name;
      const bool scalar = entry.value.kind == Value::Kind::scalar;
      if (named && scalar && is_secret(entry.name, entry.value.text))
        warn(entry.value.place, below);
      else
        look(entry.value, below, named || holds_names_of_others(entry.name));
    }
  }

 private:
  // Below these keys, names are chosen by the target.
  static bool holds_names_of_others(std::string_view key) {
    constexpr std::array<std::string_view, 7> keys = {"headers", "body", "json",  "form",
                                                      "fields",  "vars", "params"};
    return std::ranges::find(keys, key) != keys.end();
  }

  void look_at_url(const Value& value, const std::string& path) {
    const std::string_view text = value.text;
    const std::size_t begin = text.find('?');
    if (begin == std::string_view::npos || text.find(' ') != std::string_view::npos) return;
    if (text.find("://") > begin && !text.starts_with("{{") && !text.starts_with('/')) return;
    std::string_view query = text.substr(begin + 1);
    while (!query.empty()) {
      const std::string_view one = query.substr(0, query.find('&'));
      query.remove_prefix(std::min(query.size(), one.size() + 1));
      const std::size_t equals = std::min(one.find('='), one.size());
      if (equals < one.size() && is_secret(one.substr(0, equals), one.substr(equals + 1)))
        return warn(value.place, path);
    }
  }

  void warn(const Place& place, const std::string& path) {
    const bool has_identities = !path.starts_with("receivers.") && !path.starts_with("heartbeat");
    mistakes_.warn(
        place, path,
        std::string("this looks like a secret, and what stands in the file is shown; ") +
            (has_identities ? "put it in an identity ({ file: PATH } or { env: NAME }) and write "
                              "{{identity.NAME}}"
                            : "write the whole value as { file: PATH }, { env: NAME } or "
                              "{ credential: NAME }"));
  }

  Mistakes& mistakes_;
};

}  // namespace

bool names_a_secret(std::string_view name) {
  const std::string low = lower(name);
  for (std::string_view rest = low; !rest.empty();) {
    const auto end = std::ranges::find_if_not(rest, is_letter_or_digit);
    const auto length = static_cast<std::size_t>(end - rest.begin());
    if (is_word_of_secrets(rest.substr(0, length))) return true;
    rest.remove_prefix(std::min(rest.size(), length + 1));
  }
  return false;
}

bool looks_random(std::string_view text) {
  if (has_known_beginning(text)) return true;
  if (text.size() < random_min || is_uuid(text)) return false;
  const auto allowed = [](char c) {
    return is_letter_or_digit(c) || std::string_view("+/_=-").find(c) != std::string_view::npos;
  };
  const auto is_digit = [](unsigned char c) { return std::isdigit(c) != 0; };
  const auto is_alpha = [](unsigned char c) { return std::isalpha(c) != 0; };
  return std::ranges::all_of(text, allowed) && std::ranges::count_if(text, is_digit) >= 3 &&
         std::ranges::any_of(text, is_alpha) && bits_a_character(text) >= random_bits;
}

void warn_of_literal_secrets(const Value& root, Mistakes& mistakes) {
  Walk(mistakes).look(root, "", false);
}

}  // namespace sonde::config
