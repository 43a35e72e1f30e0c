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

// What a login gives. All of it is secret: it goes into the request it is for and nowhere else.
struct Token {
  std::string value;                                       // empty: the login gives cookies alone
  std::optional<Span> lifetime;                            // as the login said (expires_in)
  std::string refresh;                                     // the refresh token, where there is one
  Cookies cookies;                                         // what the login left in the browser
  std::vector<std::pair<std::string, std::string>> named;  // further captures, {{login.NAME}}
  std::optional<Span> skew;  // the clock of the server that gave it against ours, where it is known
  std::optional<Instant> at;  // when the answer came that gave it
};

// Whether a text can be a token: 1 to 16 KB of visible ASCII, so that it cannot end the header that
// carries it.
bool is_token_text(std::string_view text);

// What a JWT has to be.
struct JwtRules {
  std::string issuer;                   // empty: any
  std::vector<std::string> audience;    // one of these; empty: any
  std::vector<std::string> algorithms;  // one of these; "none" never passes
  Span leeway = std::chrono::seconds(5);
};

// The claims of a JWT that a monitor reads (RFC 7519 4.1); times in Unix seconds.
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

// Three base64url parts, the first two JSON objects, times that are numbers. The error never
// shows the token.
std::expected<Claims, std::string> read_claims(std::string_view jwt);

// All claims of such a token, as they stand in it.
std::expected<text::Document, std::string> read_payload(std::string_view jwt);

// Checks shape, algorithm, issuer, audience and times. `now` is Unix time by the local clock,
// `skew` the server's clock against it where it is known: a token is judged by the clock of the
// server that issued it, so a wrong clock of ours never fails it. `lifetime` is expires_in.
// Failures: token_malformed, token_claims, token_expired, clock_skew. Empty: it is good.
std::optional<Failure> check_jwt(std::string_view token, const JwtRules& rules,
                                 std::optional<Span> lifetime, std::int64_t now,
                                 std::optional<Span> skew);

}  // namespace sonde::auth
