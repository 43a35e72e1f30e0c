#include "probes/auth/method/form_address.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "probes/auth/method/form_way.hpp"
#include "probes/text/ascii.hpp"
#include "probes/text/encode.hpp"

namespace sonde::auth {
namespace {

// Whether a parameter says where to go later.
bool leads_on(std::string_view parameter) {
  static const text::Pattern names = *text::Pattern::parse(
      "(?i)^(?:next|continue|dest|destination|goto|target|back|from|ref|referr?er|service|callback|"
      "relaystate|url|(?:return|redirect|forward|callback|success)[-_]?(?:to|ur[li]|path)?|"
      "r|rd|rurl|came_from)$");
  const std::size_t equals = parameter.find('=');
  if (equals == parameter.npos) return false;
  const std::string value = text::percent_decode(parameter.substr(equals + 1));
  return value.contains('/') || names.found_in(text::percent_decode(parameter.substr(0, equals)));
}

// An address without what its query says about where to go later.
std::string without_way_on(std::string_view address) {
  std::size_t at = address.find('?');
  std::string kept(address.substr(0, at));
  char before = '?';
  while (at != address.npos) {
    const std::size_t end = address.find('&', at + 1);
    const std::string_view parameter = address.substr(at + 1, end - at - 1);
    at = end;
    if (leads_on(parameter)) continue;
    kept += before;
    kept += parameter;
    before = '&';
  }
  return kept;
}

bool is_name_part(char c) { return c == '-' || text::is_word(c); }

// Plain text as a whole name, an expression as it stands.
bool is_found(const text::Pattern& wanted, std::string_view address) {
  const std::string& text = wanted.text();
  const bool plain = std::ranges::all_of(text, [](char c) { return c == '/' || is_name_part(c); });
  if (!plain || text.empty() || !is_name_part(text.back()) || text.back() == '-' ||
      text.back() == '_')
    return wanted.found_in(address);
  for (std::size_t at = address.find(text); at != address.npos; at = address.find(text, at + 1)) {
    const std::size_t end = at + text.size();
    const bool begins = at == 0 || !is_name_part(text.front()) || !is_name_part(address[at - 1]);
    if (begins && (end == address.size() || !is_name_part(address[end]))) return true;
  }
  return false;
}

}  // namespace

std::string_view own_part(std::string_view target, std::string_view page) {
  const auto differ = std::ranges::mismatch(target, page.substr(0, page.find('?')));
  const auto shared = static_cast<std::size_t>(differ.in1 - target.begin());
  const std::size_t slash = target.substr(0, shared).rfind('/');
  return slash == target.npos ? target : target.substr(slash);
}

const text::Pattern& error_addresses() {
  static const text::Pattern words = *text::Pattern::parse(
      "(?i)(?:^|[/?&=#._-])(?:errors?|fail(?:ed|ure)?|denied|invalid|incorrect|wrong|bad|rejected|"
      "forbidden|unauthori[sz]ed|locked|lockout|suspended|blocked|banned|disabled|deactivated|"
      "expired|(?:change|update|reset|set|new|forgot)[-_]?password|"
      "password[-_/]?(?:change|update|reset|new|forgot))(?:[^a-z]|$)");
  return words;
}

const text::Pattern& more_proof_addresses() {
  static const text::Pattern words = *text::Pattern::parse(
      "(?i)(?:^|[/?&=#._-])(?:captcha|otp|totp|mfa|2fa|2sv|two[-_]?factor|"
      "two[-_]?step|second[-_]?factor|challenge|verify|one[-_]?time)(?:[^a-z]|$)");
  return words;
}

std::string_view fragment_of(const net::Response& answer) {
  const std::string* location = answer.header("location");
  if (location == nullptr) return "";
  const std::size_t hash = location->find('#');
  return hash == location->npos ? "" : std::string_view(*location).substr(hash + 1);
}

bool is_wanted_redirect(const text::Pattern& wanted, const net::Url& to, std::string_view fragment,
                        const net::Url& form) {
  const std::string url = without_way_on(to.text());
  const bool found = is_found(wanted, url.substr(0, url.find('?'))) ||
                     (page_path_of(to) != page_path_of(form) && is_found(wanted, url));
  if (!found) return false;
  std::string own = without_way_on(own_part(to.target, form.target));
  own += '#';
  own += fragment;
  return std::ranges::none_of(std::array{&error_addresses(), &more_proof_addresses()},
                              [&](const text::Pattern* words) {
                                return words->found_in(own) && !words->found_in(wanted.text());
                              });
}

}  // namespace sonde::auth
