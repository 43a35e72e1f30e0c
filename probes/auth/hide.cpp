#include "probes/auth/hide.hpp"

#include "probes/text/json.hpp"
#include "probes/text/template.hpp"

namespace sonde::auth {

void hide(Trace& trace, std::string_view secret) {
  trace.hide(secret);
  trace.hide(text::base64(secret));
  trace.hide(text::base64url(secret));
  trace.hide(text::percent_encode(secret));
  trace.hide(text::json_escape(secret));
}

}  // namespace sonde::auth
