#pragma once
#include <memory>
#include <optional>
#include <string_view>

#include "probes/auth/jwt/jwks.hpp"
#include "probes/auth/login.hpp"
#include "probes/net/settings.hpp"

namespace sonde::auth {

// By which keys a token's signature is checked. HS* is checked by the secret alone, everything
// else by the published keys alone.
struct KeySource {
  std::optional<net::Url> url;          // where keys are published
  std::shared_ptr<const KeySet> fixed;  // keys that are known
  std::optional<Key> secret;
  Span refetch = std::chrono::seconds(10);  // least time between two fetches: verify_signature
};

// Fetches a JWKS and puts it into the keeper. Failures: those of net::fetch, jwks_unusable.
boost::asio::awaitable<std::expected<std::shared_ptr<const KeySet>, Failure>> fetch_keys(
    Context& context, const net::Url& url, const net::ConnectionOptions& line);

// Checks the signature of a JWT. Published keys are kept for five minutes. They are fetched anew
// once if none of those that are kept signed it, for the issuer may have changed them: at once for
// a key id that they were not fetched for yet (at most 4 times within `refetch`), otherwise not
// within `refetch`; if that fails, the verdict by the kept ones stands. Failures: token_malformed,
// token_signature, token_key_unknown, jwks_unusable, those of fetch_keys.
boost::asio::awaitable<std::optional<Failure>> verify_signature(Context& context,
                                                                const KeySource& source,
                                                                const net::ConnectionOptions& line,
                                                                std::string_view jwt);

}  // namespace sonde::auth
