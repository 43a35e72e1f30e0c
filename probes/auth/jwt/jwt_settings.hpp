#pragma once
#include <expected>
#include <string>
#include <vector>

#include "probes/auth/jwt/jwks.hpp"
#include "probes/auth/login.hpp"
#include "probes/auth/token.hpp"
#include "probes/net/settings.hpp"

namespace sonde::auth {

// `jwt:` of a login: requirements on its token. Without it any token is accepted. The signature is
// checked if `jwks`, `jwks_file` or `secret` names the keys.
struct JwtSettings {
  text::Template issuer;
  std::vector<text::Template> audience;
  std::vector<std::string> algorithms;
  Span leeway = std::chrono::seconds(5);
  text::Template jwks;    // a URL
  std::string jwks_file;  // read at each login
  config::Secret secret;  // only for HS256, HS384 and HS512
  Span jwks_refetch = std::chrono::seconds(10);

  bool has_keys() const { return !jwks.empty() || !jwks_file.empty() || !secret.empty(); }
};
const config::Section<JwtSettings>& section_of(const JwtSettings*);
void add_needs(const JwtSettings& settings, text::Needs& needs);

// The keys in a file of at most 1 MB. The error says what is wrong with which file.
std::expected<KeySet, std::string> read_key_file(const std::string& path);

// Renders the templates. Fails with own_request.
std::expected<JwtRules, Failure> render(const JwtSettings& settings, text::Names& names);

// When the token was issued to us, in Unix seconds by our clock; now if it was not issued by a
// login.
std::int64_t unix_time_of(const Token& token);

// Checks shape, claims, times and signature of a token. `lifetime` is expires_in, `line` the
// connection to the keys. Failures: those of check_jwt, token_signature, token_key_unknown,
// jwks_unusable, those of net::fetch for the keys, own_request, own_secret.
boost::asio::awaitable<std::optional<Failure>> check_token(Context& context,
                                                           const JwtSettings& settings,
                                                           const net::ConnectionOptions& line,
                                                           const Token& token);

}  // namespace sonde::auth

namespace sonde::config {
// Reads the section; reports keys that verify none of its algorithms.
template <>
struct Codec<auth::JwtSettings> {
  static bool read(const Value&, const Reader&, const Rule&, auth::JwtSettings& out);
  static Value schema(const Rule&);
  static std::string show(const auth::JwtSettings&) { return ""; }
};
}  // namespace sonde::config
