#include "config/effective.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "config/literal_secret.hpp"
#include "config/schema.hpp"

namespace sonde::config {
namespace {

constexpr std::string_view hidden = "<secret>";

// What is known of the place of a value.
struct Surroundings {
  bool notifies = false;  // below `receivers` or `heartbeat`, whose URLs are secrets
  // Below `identities`, `headers` and the like: what a name marks as secret is one, however short.
  bool of_user = false;
  bool reference = false;  // of a secret: a path, or the name of a variable or credential
};

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

// The text without its {{templates}}, which are no secrets.
std::string literal_part(std::string_view text) {
  std::string all;
  while (!text.empty()) {
    const std::size_t begin = std::min(text.find("{{"), text.size());
    all += text.substr(0, begin);
    text.remove_prefix(begin);
    const std::size_t end = text.find("}}");
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  }
  return all;
}

// "Bearer {{token}}" has nothing to hide.
bool has_nothing(std::string_view text) {
  const std::string literal = literal_part(text);
  std::string letters;
  for (const char c : literal)
    if (std::isalpha(static_cast<unsigned char>(c)) != 0)
      letters += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    else if (c != ' ')
      letters += c;
  return letters.empty() || is_one_of(letters, {"bearer", "basic", "token", "apikey"});
}

// The value of a parameter of a URL, hidden where its name or its look says so.
std::string shown_query(std::string_view query) {
  std::string all;
  while (!query.empty()) {
    const std::string_view one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), one.size() + 1));
    const std::size_t equals = std::min(one.find('='), one.size());
    const std::string_view value = one.substr(std::min(one.size(), equals + 1));
    const bool hides =
        !has_nothing(value) && (names_a_secret(one.substr(0, equals)) || looks_random(value));
    all += all.empty() ? "" : "&";
    all += hides ? std::string(one.substr(0, equals + 1)).append(hidden) : std::string(one);
  }
  return all;
}

std::string shown_url(std::string_view text, const Surroundings& where) {
  const std::size_t scheme = text.find("://");
  std::string shown;
  std::string_view rest = text;
  if (scheme != std::string_view::npos) {
    std::string_view host = text.substr(scheme + 3);
    host = host.substr(0, host.find_first_of("/?#"));
    rest = text.substr(scheme + 3 + host.size());
    const std::size_t user = host.rfind('@');
    shown = text.substr(0, scheme + 3);
    if (user != std::string_view::npos) shown.append(hidden).append("@");
    shown += user == std::string_view::npos ? host : host.substr(user + 1);
    if (where.notifies && rest.size() > 1) return shown + "/" + std::string(hidden);
  }
  const std::size_t query = rest.find('?');
  shown += rest.substr(0, query);
  return query == std::string_view::npos ? shown
                                         : shown + "?" + shown_query(rest.substr(query + 1));
}

// A word, a path or a pointer is no secret although its key is called `token`, except where a
// person or a header has it.
bool is_secret(std::string_view name, std::string_view text, const Surroundings& where) {
  if (where.reference || has_nothing(text)) return false;
  if (text.contains("://")) return false;  // see shown_url
  if (looks_random(literal_part(text))) return true;
  if (!names_a_secret(name)) return false;
  constexpr std::size_t shortest = 6;
  const bool word =
      std::ranges::all_of(text, [](unsigned char c) { return std::isalpha(c) != 0 || c == '_'; });
  return where.of_user || (text.size() >= shortest && !word && !text.starts_with('/'));
}

bool is_url(std::string_view text) {
  return !text.contains(' ') && !text.contains('\n') &&
         (text.contains("://") || (text.contains('?') && text.contains('=')));
}

bool is_plain_scalar(const Value& value) {
  if (value.quoted || value.text.empty()) return false;
  return std::ranges::all_of(value.text,
                             [](unsigned char c) {
                               return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '/' ||
                                      c == '-' || c == '+';
                             }) &&
         value.text.front() != '-';
}

std::string in_quotes(std::string_view text) { return to_json(scalar(text), false); }

std::string shown_scalar(const Value& value, std::string_view name, const Surroundings& where) {
  if (value.kind == Value::Kind::none) return "~";
  if (is_secret(name, value.text, where)) return std::string(hidden);
  if (is_url(value.text) && !where.reference) return in_quotes(shown_url(value.text, where));
  if (is_plain_scalar(value)) return value.text;
  return value.quoted ? in_quotes(value.text) : to_json(value, false);
}

std::string shown_name(const std::string& name) {
  const bool plain =
      !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
      std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
  constexpr std::array<std::string_view, 6> words = {"y", "n", "yes", "no", "on", "off"};
  return plain && std::ranges::find(words, name) == words.end() ? name : in_quotes(name);
}

Surroundings below(const Value::Entry& entry, Surroundings where, int depth) {
  if (depth == 0) where.notifies = is_one_of(entry.name, {"receivers", "heartbeat"});
  where.of_user |= is_one_of(entry.name, {"identities", "headers", "secrets", "vars"});
  return where;
}

// The only entry of a mapping that names where a secret is.
bool is_reference(const Value& map) {
  return map.entries.size() == 1 &&
         is_one_of(map.entries.front().name, {"file", "env", "credential"});
}

void write(const Value& value, std::string_view name, const Surroundings& where, int depth,
           std::string& out);

void write_entries(const Value& map, const Surroundings& where, int depth, std::string& out) {
  const std::string indent(static_cast<std::size_t>(depth) * 2, ' ');
  for (const Value::Entry& entry : map.entries) {
    Surroundings next = below(entry, where, depth);
    next.reference = is_reference(map);
    out += indent + shown_name(entry.name) + ":";
    write(entry.value, entry.name, next, depth + 1, out);
  }
}

void write(const Value& value, std::string_view name, const Surroundings& where, int depth,
           std::string& out) {
  const bool empty = value.items.empty() && value.entries.empty();
  if (value.kind == Value::Kind::map && !empty) {
    out += "\n";
    write_entries(value, where, depth, out);
  } else if (value.kind == Value::Kind::list && !empty) {
    out += "\n";
    for (const Value& item : value.items) {
      out += std::string(static_cast<std::size_t>(depth) * 2, ' ') + "-";
      write(item, name, where, depth + 1, out);
    }
  } else {
    const std::string nothing = value.kind == Value::Kind::map ? "{}" : "[]";
    const bool holds = value.kind == Value::Kind::map || value.kind == Value::Kind::list;
    out += " " + (holds ? nothing : shown_scalar(value, name, where)) + "\n";
  }
}

}  // namespace

std::string effective_yaml(const Value& root) {
  std::string out;
  write_entries(root, {}, 0, out);
  return out;
}

}  // namespace sonde::config
