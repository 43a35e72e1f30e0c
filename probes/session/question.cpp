#include "probes/session/question.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "probes/net/http/http_text.hpp"

namespace sonde::session {
namespace {

// Whether a name may give what the server checks.
bool is_credential(std::string_view name) {
  constexpr std::array prefixes = {"identity.", "login."};
  return name == "token" || name == "cookies" || name == "refresh_token" ||
         std::ranges::any_of(prefixes, [&](const char* start) { return name.starts_with(start); });
}

bool carries_credentials(const text::Template& text) {
  return std::ranges::any_of(text.names(), is_credential);
}

// The text around the values, in which a cookie or a subprotocol says what they are: "pin=;
// lang=en".
std::string literal_of(const text::Template& text) {
  std::string literal;
  std::string_view left = text.text();
  while (!left.empty()) {
    const std::size_t begin = std::min(left.find("{{"), left.size());
    literal += left.substr(0, begin);
    const std::size_t end = left.find("}}", begin);
    left.remove_prefix(end == left.npos ? left.size() : end + 2);
  }
  return literal;
}

}  // namespace

// With its length, so that no two lists of texts make the same key.
void Question::add(std::string_view text) {
  key_ += std::to_string(text.size()) + ":";
  key_ += text;
}

// The names of the target are given values, because other targets may have the same account.
void Question::add(const text::Template& text, const ProbeContext& site) {
  add(text.text());
  for (const std::string& name : text.names())
    if (name.starts_with("target."))
      if (const auto parsed = text::Template::parse("{{" + name + "}}"))
        add(site.constant(*parsed).value_or(""));
}

Question::Question(const ProbeContext& site, std::string_view method, const text::Template& url,
                   const std::map<std::string, text::Template>& headers,
                   const text::Template& body) {
  add(method);
  add(url, site);
  for (const auto& [name, value] : headers) {
    add(name);
    if (!carries_credentials(value))
      add(value, site);
    else if (net::same_word(name, "cookie"))
      add(literal_of(value));
  }
  add(body, site);
}

// A dialect by its name and by the names that its templates use: one that shows a secret no more
// is another.
Question Question::of_session(const Socket& socket, const dialect::Dialect& dialect,
                              const ProbeContext& site) {
  Question question(site, "upgrade", socket.url.address, socket.headers);
  if (socket.url.discover) question.add(socket.url.discover->page, site);
  for (const text::Template& offered : socket.subprotocols)
    if (carries_credentials(offered))
      question.add(literal_of(offered));
    else
      question.add(offered, site);
  question.add(dialect.name);
  std::set<std::string> names;
  for (const auto& need : dialect.needs.all) names.insert(need.name);
  for (const std::string& name : names) question.add(name);
  return question;
}

Question Question::of_requests(const Socket& socket, const dialect::Dialect& dialect,
                               const ProbeContext& site) {
  Question question = of_session(socket, dialect, site);
  question.add("requests");
  return question;
}

Question Question::of_rest(const Socket& socket, const ProbeContext& site) {
  return {site, "GET", socket.rest};
}

}  // namespace sonde::session
