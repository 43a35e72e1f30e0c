#pragma once
#include <optional>
#include <string>

#include "probes/net/http/http_exchange.hpp"
#include "probes/text/json.hpp"
#include "probes/text/pattern.hpp"

namespace sonde::auth {

// Returns how an answer rejects a login. Checks in this order: a code that a widely used login
// service has for wrong credentials or a locked account, as the whole value of a member of the JSON
// answer, with any 4xx; the login's `refused` pattern, in the body, with any status; a 4xx that
// speaks_of_credentials(), unless its status says more; the status
// (401 credentials, 403 forbidden, 423 account_locked, a page spa_fallback, otherwise
// net::reason_of). Empty: a may_give_token() that none of these marks as a rejection. The detail
// contains text of the peer: scrub it. Pure.
std::optional<Failure> refusal_of(const net::Response& response,
                                  const std::optional<text::Pattern>& refused = {});

// Only the first three of these checks; empty: the answer says nothing about the credentials.
std::optional<Failure> refused_credentials(const net::Response& response,
                                           const std::optional<text::Pattern>& refused);

// The `error` of an answer (RFC 6749 section 5.2), at most 128 bytes: from the JSON `root` of the
// body, from a form, or from the challenge (RFC 6750 section 3). Empty: there is none. Pure.
std::string error_code_of(const net::Response& response, text::Json root);

// Whether a success with this status has a body that may give a token: 200 to 203.
bool may_give_token(int status);

// Whether the error that an answer reports speaks of a password or a user, whatever its status: a
// 404 "Incorrect password." or a 500 "Bad credentials". Addresses in it are not looked at, nor
// pages. Pure.
bool speaks_of_credentials(const net::Response& response);

// Whether an answer that gave no token may have refused the credentials without saying so: any 2xx
// ({"success": false}, "Invalid credentials", a page), also if its body is broken (but not if it is
// cut short), a redirect to another page ("/login?error"), also one that was not followed to its
// end, or an error that speaks_of_credentials(). A service may count each of them against the
// account. Pure.
bool may_refuse(const net::Answer& answer);

}  // namespace sonde::auth
