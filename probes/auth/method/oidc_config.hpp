#pragma once
#include <expected>
#include <string>

#include "probes/auth/login.hpp"
#include "probes/net/origins.hpp"
#include "probes/net/settings.hpp"

namespace sonde::auth {

// The configuration of an OpenID provider (OpenID Connect Discovery 1.0 section 3), as far as a
// login needs it.
struct OidcConfig {
  std::string issuer;
  net::Url authorization, token, jwks;
  bool states_issuer = false;  // authorization_response_iss_parameter_supported (RFC 9207)
};

// Reads a configuration: the issuer has to equal `issuer` exactly, and the three endpoints have to
// be URLs, with https if the issuer has it, otherwise at its origin or one of `own`, and on its
// host if `same_host`. Fails with oidc_config. Pure.
std::expected<OidcConfig, Failure> read_oidc_config(const std::string& json,
                                                    const std::string& issuer, bool same_host,
                                                    net::Origins own = {});

// Fetches the configuration of `issuer`. Failures: those of net::fetch, oidc_config, own_request.
boost::asio::awaitable<std::expected<OidcConfig, Failure>> discover(
    Context& context, const text::Template& issuer, bool same_host,
    const net::ConnectionOptions& line);

}  // namespace sonde::auth
