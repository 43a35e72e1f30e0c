#include "probes/auth/jwt/published.hpp"

#include <algorithm>

#include "probes/auth/ask.hpp"
#include "probes/net/http/status.hpp"

namespace sonde::auth {
namespace {

namespace asio = boost::asio;
using Keys = std::expected<std::shared_ptr<const KeySet>, Failure>;

// A withdrawn key must not be trusted for long.
constexpr Span kept_for = std::chrono::minutes(5);

// Key ids are a server's own words, and whoever makes up a new one each time gets no fetch for
// each.
constexpr int early_max = 4;
constexpr std::size_t sought_max = 16;

std::unexpected<Failure> unusable(const net::Url& url, const std::string& why, Trace& trace) {
  return std::unexpected(
      Failure{Reason::jwks_unusable, trace.scrub("keys at " + url.text() + ": " + why)});
}

Keys judge(const net::Url& url, const net::Answer& answer, Trace& trace) {
  if (!answer.ok())
    return std::unexpected(
        Failure{answer.failure.reason, "keys at " + url.text() + ": " + answer.failure.detail});
  if (answer.response.status != 200) return unusable(url, net::describe(answer.response), trace);
  auto set = read_jwks(answer.response.body);
  if (!set) return unusable(url, set.error(), trace);
  if (set->keys.empty())
    return unusable(url, set->unusable.empty() ? "no key that signs" : set->unusable.front(),
                    trace);
  return std::make_shared<const KeySet>(std::move(*set));
}

Failure failure_of(const SignatureCheck& check) {
  return {check.outcome == Signed::bad ? Reason::token_signature : Reason::token_key_unknown,
          check.why};
}

// The failure to fetch the keys again, which was needed because the cached keys do not verify a
// signature. If one of the cached keys shows that the signature is wrong, that stands.
Failure refetch_failed(const SignatureCheck& check, const Failure& failure) {
  if (failure.reason == Reason::cut) return failure;
  const std::string again = "the keys could not be fetched again: " + failure.detail;
  if (check.outcome == Signed::bad) return {Reason::token_signature, check.why + "; " + again};
  return {Reason::jwks_unusable, again + "; those that are kept: " + check.why};
}

std::optional<Failure> check_by_secret(const KeySource& source, std::string_view jwt,
                                       const Claims& claims) {
  if (!source.secret)
    return Failure{Reason::token_signature, "alg is " + claims.algorithm +
                                                ", but published keys sign no HMAC; is there "
                                                "a jwt.secret?"};
  const KeySet set{.keys = {{"", "", *source.secret}}, .unusable = {}};
  const auto check = check_signature(jwt, claims.algorithm, "", set);
  if (check.outcome == Signed::good) return std::nullopt;
  return Failure{Reason::token_signature, "the signature is not by jwt.secret"};
}

asio::awaitable<Keys> kept_keys(Context& context, const net::Url& url,
                                const net::ConnectionOptions& line) {
  const auto* kept = context.token_cache.keys(url.text());
  if (kept != nullptr && Clock::now() - kept->fetched < kept_for) co_return kept->set;
  auto fetching = fetch_keys(context, url, line);
  auto keys = co_await std::move(fetching);
  co_return keys;
}

// Whether it is time to fetch the keys for a key id that they do not verify: at once for one that
// they were not fetched for, as after a rotation, else not within `refetch`.
bool may_fetch_for(const std::string& key_id, TokenCache::Published& kept, Span refetch) {
  if (Clock::now() - kept.fetched >= refetch) {
    kept.early = 0;
    return true;
  }
  const bool sought = std::ranges::find(kept.sought, key_id) != kept.sought.end();
  if (sought || kept.early >= early_max) return false;
  ++kept.early;
  return true;
}

// The keys were fetched since a token of this key id was given, and verify it or not.
void note_sought(const std::string& key_id, bool verified, TokenCache::Published& kept) {
  std::erase(kept.sought, key_id);
  if (!verified) kept.sought.push_front(key_id);
  if (kept.sought.size() > sought_max) kept.sought.pop_back();
}

asio::awaitable<std::optional<Failure>> check_by_published(Context& context,
                                                           const KeySource& source,
                                                           const net::ConnectionOptions& line,
                                                           std::string_view jwt,
                                                           const Claims& claims) {
  const Instant begun = Clock::now();
  auto keeping = kept_keys(context, *source.url, line);
  auto keys = co_await std::move(keeping);
  if (!keys) co_return keys.error();
  auto check = check_signature(jwt, claims.algorithm, claims.key_id, **keys);
  auto* kept = context.token_cache.keys(source.url->text());
  bool fresh_keys = kept != nullptr && kept->fetched >= begun;
  const bool again =
      kept != nullptr && check.outcome != Signed::good &&
      (fresh_keys ? source.refetch <= Span{} : may_fetch_for(claims.key_id, *kept, source.refetch));
  if (again) {
    auto fetching = fetch_keys(context, *source.url, line);
    const auto fresh = co_await std::move(fetching);
    if (!fresh) co_return refetch_failed(check, fresh.error());
    check = check_signature(jwt, claims.algorithm, claims.key_id, **fresh);
    fresh_keys = true;
  }
  kept = context.token_cache.keys(source.url->text());
  const bool good = check.outcome == Signed::good;
  if (kept != nullptr && (good || fresh_keys)) note_sought(claims.key_id, good, *kept);
  if (check.outcome == Signed::good) co_return std::nullopt;
  co_return failure_of(check);
}

}  // namespace

asio::awaitable<Keys> fetch_keys(Context& context, const net::Url& url,
                                 const net::ConnectionOptions& line) {
  net::Request request{
      .method = "GET", .url = url, .headers = {{"Accept", "application/json"}}, .body = {}};
  Cookies cookies;                       // keys are published without a session
  const auto skew = context.trace.skew;  // of the server that gives the token
  auto asking = ask(context, request, line, {.follow = true, .max = 3}, cookies);
  const net::Answer answer = co_await std::move(asking);
  context.trace.skew = skew;
  auto keys = judge(url, answer, context.trace);
  if (keys) context.token_cache.put_keys(url.text(), *keys, Clock::now());
  co_return keys;
}

asio::awaitable<std::optional<Failure>> verify_signature(Context& context, const KeySource& source,
                                                         const net::ConnectionOptions& line,
                                                         std::string_view jwt) {
  const auto claims = read_claims(jwt);
  if (!claims) co_return Failure{Reason::token_malformed, "the token is no JWT: " + claims.error()};
  if (claims->algorithm.starts_with("HS")) co_return check_by_secret(source, jwt, *claims);
  if (source.fixed) {
    const auto check = check_signature(jwt, claims->algorithm, claims->key_id, *source.fixed);
    if (check.outcome == Signed::good) co_return std::nullopt;
    if (!source.url) co_return failure_of(check);
  }
  if (!source.url)
    co_return Failure{Reason::token_signature,
                      "alg is " + claims->algorithm + ", but a secret verifies HMAC alone"};
  auto checking = check_by_published(context, source, line, jwt, *claims);
  auto wrong = co_await std::move(checking);
  co_return wrong;
}

}  // namespace sonde::auth
