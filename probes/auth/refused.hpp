#pragma once
#include <optional>
#include <string>

#include "probes/net/http/http_exchange.hpp"
#include "probes/text/json.hpp"
#include "probes/text/pattern.hpp"

namespace sonde::auth {

// Who refused a login, and why, in this order: a code that a widely used login service has for
// wrong credentials or a locked account, as the whole value of a member of the JSON answer, at any
// 4xx; `refused` of the login, found in the body, whatever the status; the status (401 credentials,
// 403 forbidden, 423 account_locked, a page spa_fallback, else net::reason_of). Empty: 200 or 201
// that none of these says to be a refusal. The detail has text of the peer: scrub it. Pure.
std::optional<Failure> refusal_of(const net::Response& response,
                                  const std::optional<text::Pattern>& refused = {});

// The first two alone; empty: the answer says nothing of the credentials.
std::optional<Failure> refused_credentials(const net::Response& response,
                                           const std::optional<text::Pattern>& refused);

// The `error` of an answer (RFC 6749 5.2), at most 128 bytes of it: in the JSON `root` of the body,
// in a form, or in the challenge (RFC 6750 3). Empty: there is none. Pure.
std::string error_code_of(const net::Response& response, text::Json root);

// Whether an answer that gave no token may have refused the credentials without saying so: any 2xx
// ({"success": false}, "Invalid credentials", a page) or a redirect to another page
// ("/login?error"). A service may count each of them against the account. Pure.
bool may_refuse(const net::Response& response);

}  // namespace sonde::auth
