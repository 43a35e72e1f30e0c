#pragma once
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "probes/auth/form/forms.hpp"
#include "probes/auth/login.hpp"
#include "probes/auth/method/oidc_config.hpp"
#include "probes/text/encode.hpp"
#include "probes/text/pattern.hpp"

namespace sonde::auth {

// An authorization request (RFC 6749 section 4.1.1, RFC 7636 section 4.3) as a browser makes it.
struct Authorization {
  net::Url start;        // the endpoint with all parameters
  net::Url redirect_to;  // redirect URI of the client; never fetched
  std::string state, issuer;
  bool states_issuer = false;
  Entries entries;                       // what the user enters on the way
  std::optional<text::Pattern> refused;  // in a page after that: the credentials are rejected
  net::Origins own;                      // origins that entries may be sent to
};

// The code in the response to the redirect URI (RFC 6749 section 4.1.2, RFC 9207). Fails with
// authorization_refused, bad_callback. Pure.
std::expected<std::string, Failure> code_of(const text::Parameters& parameters,
                                            const Authorization& asked);

// Goes from the authorization endpoint to the redirect URI: follows redirects and fills in the
// forms of login and consent, with at most 20 requests. Returns the code. Failures: those of
// net::fetch, of code_of and of fill, credentials (the form with our entries is shown again),
// no_session (more than 20 requests), or by status.
boost::asio::awaitable<std::expected<std::string, Failure>> authorize(
    Context& context, const Authorization& asked, const net::ConnectionOptions& line);

}  // namespace sonde::auth
