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

}  // namespace

void hide(Trace& trace, std::string_view secret) {
  const std::string base64 = text::base64(secret);
  const std::string percent = text::percent_encode(secret);
  const std::string json = text::json_escape(secret);
  trace.hide(secret);
  trace.hide(base64);
  trace.hide(text::base64url(secret));
  trace.hide(text::hex(secret));
  trace.hide(percent);
  trace.hide(text::percent_encode(base64));
  trace.hide(replaced(percent, "%20", "+"));  // as forms have it
  trace.hide(json);
  trace.hide(replaced(json, "/", "\\/"));  // as PHP has it
}

}  // namespace sonde::auth
