#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>

#include "deploy/demo/backend.hpp"
#include "deploy/demo/base64.hpp"
#include "deploy/demo/login.hpp"

namespace sonde::demo {
namespace {

constexpr std::string_view client = "web", client_secret = "web-secret";

std::string field(const Fields& fields, std::string_view key) {
  const auto found = fields.find(key);
  return found == fields.end() ? std::string() : found->second;
}

Reply refusal(int status, std::string_view error, std::string_view text) {
  return {.status = status,
          .body = fmt::format(R"({{"error":"{}","error_description":"{}"}})", error, text),
          .headers = {{"Cache-Control", "no-store"}}};
}

// FastAPI's error for a form without a required field, or a JSON body.
Reply missing(std::string_view name) {
  return {.status = 422,
          .body = fmt::format(R"({{"detail":[{{"loc":["body","{}"],"msg":"field required",)"
                              R"("type":"value_error.missing"}}]}})",
                              name),
          .headers = {}};
}

Reply tokens(Backend& backend, const std::string& subject, bool refreshable) {
  const auto now = std::chrono::system_clock::now();
  const auto access = backend.tokens.issue(subject, backend.ids.next("jti"), now);
  const auto more =
      refreshable ? fmt::format(R"(,"refresh_token":"{}")", backend.refreshes.issue(subject)) : "";
  return {.body = fmt::format(R"({{"access_token":"{}","token_type":"Bearer","expires_in":{}{}}})",
                              access, token_life.count(), more),
          .headers = {{"Cache-Control", "no-store"}}};
}

// client_id and client_secret, from HTTP Basic or from the form (RFC 6749 section 2.3.1).
bool is_client(const Request& request, const Fields& form) {
  auto id = field(form, "client_id");
  auto secret = field(form, "client_secret");
  const auto header = request.header("authorization");
  if (header.starts_with("Basic ")) {
    const auto pair = unbase64(header.substr(6)).value_or("");
    id = pair.substr(0, pair.find(':'));
    secret = pair.substr(std::min(pair.size(), id.size() + 1));
  }
  return id == client && secret.size() == client_secret.size() &&
         CRYPTO_memcmp(secret.data(), client_secret.data(), secret.size()) == 0;
}

Reply password_grant(Backend& backend, const Fields& form) {
  for (const std::string_view name : {"username", "password"}) {
    if (!form.contains(name)) return missing(name);
  }
  const auto user = field(form, "username");
  if (backend.users.accepts(user, field(form, "password"))) return tokens(backend, user, true);
  return refusal(401, "invalid_grant", "Incorrect username or password");
}

Reply refresh_grant(Backend& backend, const Fields& form) {
  const auto user = backend.refreshes.redeem(field(form, "refresh_token"));
  if (!user) return refusal(400, "invalid_grant", "The refresh token is not valid");
  return tokens(backend, *user, true);
}

}  // namespace

Reply token(Backend& backend, const Request& request) {
  const bool is_form =
      request.header("content-type").starts_with("application/x-www-form-urlencoded");
  const auto form = is_form ? decode_form(request.body) : Fields();
  const auto grant = field(form, "grant_type");
  if (grant.empty()) return missing("grant_type");
  if (grant == "password") return password_grant(backend, form);
  if (grant == "refresh_token") return refresh_grant(backend, form);
  if (grant != "client_credentials") {
    return refusal(400, "unsupported_grant_type", "password, client_credentials, refresh_token");
  }
  if (is_client(request, form)) return tokens(backend, std::string(client), false);
  auto reply = refusal(401, "invalid_client", "Client authentication failed");
  reply.headers.emplace_back("WWW-Authenticate", "Basic realm=\"sonde-demo\"");
  return reply;
}

}  // namespace sonde::demo
