#pragma once
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "probes/auth/form/forms.hpp"
#include "probes/auth/login.hpp"
#include "probes/auth/method/oidc_config.hpp"
#include "probes/text/pattern.hpp"

namespace sonde::auth {

// An authorization request (RFC 6749 4.1.1, RFC 7636 4.3) as a browser makes it.
struct Authorization {
  net::Url start;        // the endpoint with all parameters
  net::Url redirect_to;  // the client's address, which is never fetched
  std::string state, issuer;
  bool states_issuer = false;
  Entries entries;                       // what the user would enter on the way
  std::optional<text::Pattern> refused;  // in a page after that: the credentials are refused
  net::Origins own;                      // where it may be sent
};

// Parameters by their names, decoded from a query or a form.
using Parameters = std::map<std::string, std::string, std::less<>>;
Parameters read_parameters(std::string_view encoded);

// The code in what comes back to the client (RFC 6749 4.1.2, RFC 9207). Fails with
// authorization_refused, bad_callback. Pure.
std::expected<std::string, Failure> code_of(const Parameters& parameters,
                                            const Authorization& asked);

// Walks from the authorization endpoint to the client's address: follows redirects, fills in the
// forms of login and consent, 20 requests at most. Gives the code. Failures: those of net::fetch,
// of code_of and of fill, credentials (the form with our entries comes again), no_session (it never
// ends), or by status.
boost::asio::awaitable<std::expected<std::string, Failure>> authorize(
    Context& context, const Authorization& asked, const net::ConnectionOptions& line);

}  // namespace sonde::auth
