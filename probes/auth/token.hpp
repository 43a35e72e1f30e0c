#pragma once
#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/auth/form/cookies.hpp"
#include "probes/core/clock.hpp"
#include "probes/core/reason.hpp"
#include "probes/text/json.hpp"

namespace sonde::auth {

// The result of a login. All of it is secret, and may be sent only in the request that it is for.
struct Token {
  std::string value;                                       // empty: the login gives only cookies
  std::optional<Span> lifetime;                            // as the login says (expires_in)
  std::string refresh;                                     // empty: none
  Cookies cookies;                                         // cookies that the login set
  std::vector<std::pair<std::string, std::string>> named;  // further captures, {{login.NAME}}
  std::vector<std::string> public_names;  // of `named`: what the configuration says in plain text
  std::string unproven;       // why it may be that of a refused login; empty: it is the user's
  bool on_trust = false;      // the file says what a success looks like; nothing else was compared
  std::optional<Span> skew;   // clock of the issuing server minus ours; empty: not known
  std::optional<Instant> at;  // when the answer with the token came
};

// Whether the value captured under `name` is secret.
bool is_secret(const Token& token, std::string_view name);

// Whether a text can be a token: 1 to 16 KB of visible ASCII, so that it cannot end the header that
// carries it.
bool is_token_text(std::string_view text);

// Whether a text is what programs put in the place of a token that is not there: "undefined",
// "null", "None", "<nil>", "Optional(nil)", "false", "0", "{}", "[object Object]", "deleted", "-",
// or a UUID of zeros. Pure.
bool is_placeholder(std::string_view text);

// Requirements on a JWT.
struct JwtRules {
  std::string issuer;                   // empty: any
  std::vector<std::string> audience;    // one of these; empty: any
  std::vector<std::string> algorithms;  // one of these; "none" never passes
  Span leeway = std::chrono::seconds(5);
};

// The claims of a JWT that are checked (RFC 7519 section 4.1); times in Unix seconds.
struct Claims {
  std::string algorithm;
  std::string key_id;  // kid of the header
  std::string issuer;
  std::string subject;
  std::string id;     // jti
  std::string nonce;  // of an ID token
  std::vector<std::string> audience;
  std::optional<std::int64_t> expires, not_before, issued;
};

// Reads the claims: requires three base64url parts, of which the first two are JSON objects, and
// times that are numbers. The error never contains the token.
std::expected<Claims, std::string> read_claims(std::string_view jwt);

// All claims of such a token, unchanged.
std::expected<text::Document, std::string> read_payload(std::string_view jwt);

// Checks shape, algorithm, issuer, audience and times. `now` is Unix time by the local clock,
// `skew` the server's clock minus ours, if known: a token is judged by the clock of its issuer, so
// a wrong local clock never fails it. `lifetime` is expires_in. Failures: token_malformed,
// token_claims, token_expired, clock_skew. Empty: the token is good.
std::optional<Failure> check_jwt(std::string_view token, const JwtRules& rules,
                                 std::optional<Span> lifetime, std::int64_t now,
                                 std::optional<Span> skew);

}  // namespace sonde::auth
