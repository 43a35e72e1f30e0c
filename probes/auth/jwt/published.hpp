#pragma once
#include <memory>
#include <optional>
#include <string_view>

#include "probes/auth/jwt/jwks.hpp"
#include "probes/auth/login.hpp"
#include "probes/net/settings.hpp"

namespace sonde::auth {

// The keys for checking a token's signature. HS* is checked only with the secret, all other
// algorithms only with the published keys.
struct KeySource {
  std::optional<net::Url> url;          // where the keys are published
  std::shared_ptr<const KeySet> fixed;  // keys that are already known
  std::optional<Key> secret;
  // shortest time between two fetches, see verify_signature
  Span refetch = std::chrono::seconds(10);
};

// Fetches a JWKS and stores it in the TokenCache. Failures: those of net::fetch, jwks_unusable.
boost::asio::awaitable<std::expected<std::shared_ptr<const KeySet>, Failure>> fetch_keys(
    Context& context, const net::Url& url, const net::ConnectionOptions& line);

// Checks the signature of a JWT. Published keys are kept for five minutes. They are fetched again
// once if none of those that are kept signed it, for the issuer may have changed them: at once for
// a key id that they were not fetched for yet (at most 4 times within `refetch`), otherwise not
// within `refetch`; if that fails, the verdict by the kept ones stands. Failures: token_malformed,
// token_signature, token_key_unknown, jwks_unusable, those of fetch_keys.
boost::asio::awaitable<std::optional<Failure>> verify_signature(Context& context,
                                                                const KeySource& source,
                                                                const net::ConnectionOptions& line,
                                                                std::string_view jwt);

}  // namespace sonde::auth
