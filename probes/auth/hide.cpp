#include "probes/auth/hide.hpp"

#include "probes/text/json.hpp"
#include "probes/text/template.hpp"

namespace sonde::auth {
namespace {

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

std::string percent_base64(std::string_view text) {
  return text::percent_encode(text::base64(text));
}

std::string form_encode(std::string_view text) {
  return replaced(text::percent_encode(text), "%20", "+");
}

std::string php_escape(std::string_view text) {
  return replaced(text::json_escape(text), "/", "\\/");
}

constexpr Form forms[] = {text::base64,   text::base64url, text::hex,         text::percent_encode,
                          percent_base64, form_encode,     text::json_escape, php_escape};

}  // namespace

void hide(Trace& trace, std::string_view secret) { trace.hide(secret, forms); }

}  // namespace sonde::auth
