#include <algorithm>
#include <type_traits>

#include "probes/auth/login.hpp"
#include "probes/auth/method/client_credentials.hpp"
#include "probes/auth/method/device.hpp"
#include "probes/auth/method/form_login.hpp"
#include "probes/auth/method/json_login.hpp"
#include "probes/auth/method/jwt_bearer.hpp"
#include "probes/auth/method/oauth2_password.hpp"
#include "probes/auth/method/oidc.hpp"
#include "probes/auth/method/oidc_check.hpp"
#include "probes/auth/method/refresh.hpp"
#include "probes/auth/method/static_token.hpp"
#include "probes/auth/method/steps.hpp"

namespace sonde::auth {
namespace {

using config::Reader;
using config::Value;

// The keys that every login has.
struct EveryLogin {
  LockoutRules lockout;
};

const config::Section<EveryLogin>& section_of(const EveryLogin*) {
  static const auto keys =
      config::Section<EveryLogin>().key("lockout", &EveryLogin::lockout,
                                        "When to stop showing credentials that are refused, so "
                                        "that the account is not locked.");
  return keys;
}

// The URL of the keys for a method's tokens, if its settings have one.
template <class S>
text::Template jwks_of(const S& settings) {
  if constexpr (requires { settings.jwt; })
    if (settings.jwt) return settings.jwt->jwks;
  if constexpr (requires { settings.grant.jwt; })
    if (settings.grant.jwt) return settings.grant.jwt->jwks;
  if constexpr (requires { settings.login.login; })
    if (settings.login.login) return settings.login.login->jwks;
  return {};
}

// Makes a row from the settings of a method, which have a section and make its Login.
template <class M>
std::shared_ptr<Login> read_method(const Value& value, const Reader& reader) {
  typename M::Settings settings;
  const auto& keys = config::section<typename M::Settings>();
  if (!keys.read(value, reader, settings)) return nullptr;
  if constexpr (requires { check(settings, value, reader); })
    if (!check(settings, value, reader)) return nullptr;
  if constexpr (requires { check(settings.client, value, reader); })
    if (!check(settings.client, value, reader)) return nullptr;
  if constexpr (requires { check(settings.key, value, reader); })
    if (!check(settings.key, value, reader)) return nullptr;
  text::Template jwks = jwks_of(settings);
  auto login = std::make_shared<M>(std::move(settings));
  login->jwks = std::move(jwks);
  return login;
}

template <class M>
Value schema_of() {
  return config::section<typename M::Settings>().schema();
}

// Whether it shows credentials, or makes a token of them.
template <class M>
constexpr bool counts = !std::is_same_v<M, OidcCheck>;

template <class M>
std::vector<config::KeyRow> table_of(const std::string& prefix) {
  auto rows = config::section<typename M::Settings>().table(prefix);
  if (!counts<M>) return rows;
  for (auto& row : config::section<EveryLogin>().table(prefix)) rows.push_back(std::move(row));
  return rows;
}

template <class M>
Method method(std::string_view name, std::string_view help) {
  constexpr bool nests = requires(typename M::Settings settings) { settings.login; };
  return {name, help, read_method<M>, schema_of<M>, table_of<M>, nests, counts<M>};
}

const Method table[] = {
    method<JsonLogin>("json", "POST a JSON body, take the token from the JSON answer."),
    method<Oauth2Password>("oauth2_password",
                           "The OAuth 2 password grant as a form (RFC 6749 4.3)."),
    method<ClientCredentials>("client_credentials",
                              "The OAuth 2 client credentials grant (RFC 6749 4.4)."),
    method<Refresh>("refresh", "A refresh token, redeemed each time (RFC 6749 6)."),
    method<Oidc>("oidc",
                 "The authorization code with PKCE through the provider's own forms, after "
                 "discovery (OpenID Connect Core 3.1, RFC 7636)."),
    method<OidcCheck>("oidc_check", "An OpenID configuration and its keys alone."),
    method<FormLogin>("form", "The HTML form that users fill in, and the session's cookies."),
    method<JwtBearer>("jwt_bearer", "A JWT that we sign, as the grant (RFC 7523 2.1)."),
    method<Device>("device", "The first leg of the device flow (RFC 8628); gives no token."),
    method<Steps>("steps", "HTTP requests with captures, for everything else."),
    method<StaticToken>("token", "A token that is always the same, from a secret."),
};

// `method` and the keys of every login; the others belong to the row.
bool is_of_every_login(std::string_view name) {
  const auto names = config::section<EveryLogin>().names();
  return name == "method" || std::ranges::find(names, name) != names.end();
}

Value keys_of_row(const Value& value, bool of_row = true) {
  Value keys = value;
  std::erase_if(keys.entries, [&](const Value::Entry& entry) {
    return entry.name == "method" || is_of_every_login(entry.name) == of_row;
  });
  return keys;
}

// Not of a method that shows no credentials, nor of a login inside another one, whose rules count.
bool read_every_login(const Value& value, const Reader& reader, const Method& row, bool nesting,
                      EveryLogin& out) {
  const Value keys = keys_of_row(value, false);
  if (keys.entries.empty()) return true;
  if (nesting && row.counts) return config::section<EveryLogin>().read(keys, reader, out);
  const auto& [name, place, written] = keys.entries.front();
  reader.at(name).wrong(written.place,
                        nesting ? "it has no effect: method " + std::string(row.name) +
                                      " shows no credentials, so none are refused; remove it"
                                : "it has no effect in a login inside another one; write it in the "
                                  "outer one, whose '" +
                                      name + "' applies to both");
  return false;
}

// A schema for any of these methods.
Value schema_of_methods(bool nesting) {
  std::vector<Value> choices;
  for (const auto& row : methods()) {
    if (row.nests && !nesting) continue;
    Value keys = row.schema();
    for (auto& entry : keys.entries) {
      if (entry.name != "properties") continue;
      entry.value.entries.push_back({"method", {}, config::schema_names({row.name})});
      if (!nesting || !row.counts) continue;
      const Value common = config::section<EveryLogin>().schema();
      for (const auto& key : common.find("properties")->entries) entry.value.entries.push_back(key);
    }
    choices.push_back(std::move(keys));
  }
  return config::schema_any_of(std::move(choices));
}

// The configured method, or the first; null: it does not exist here.
const Method* method_of(const Value& value, const Reader& reader, bool nesting) {
  const Value* written = value.find("method");
  if (written == nullptr) return &table[0];
  std::vector<std::string_view> names;
  for (const auto& row : methods())
    if (nesting || !row.nests) names.push_back(row.name);
  const auto index = config::read_name(*written, reader.at("method"), names);
  if (!index) return nullptr;
  return &*std::ranges::find(methods(), names[*index], &Method::name);
}

std::shared_ptr<const Login> read_login(const Value& value, const Reader& reader, bool nesting) {
  if (!config::expect(value, reader, Value::Kind::map)) return nullptr;
  const Method* row = method_of(value, reader, nesting);
  if (row == nullptr) return nullptr;
  auto login = row->read(keys_of_row(value), reader);
  EveryLogin common;
  if (!read_every_login(value, reader, *row, nesting, common) || !login) return nullptr;
  login->lockout = common.lockout;
  return login;
}

}  // namespace

std::span<const Method> methods() { return table; }

}  // namespace sonde::auth

namespace sonde::config {

using LoginPtr = std::shared_ptr<const auth::Login>;

namespace {

// The keys of each method are explained once, beside it.
Value titled(Value schema) {
  schema.entries.insert(schema.entries.begin(), {"title", {}, scalar("login")});
  return schema;
}

}  // namespace

bool Codec<LoginPtr>::read(const Value& value, const Reader& reader, const Rule&, LoginPtr& out) {
  out = auth::read_login(value, reader, true);
  return out != nullptr;
}

Value Codec<LoginPtr>::schema(const Rule&) { return titled(auth::schema_of_methods(true)); }

bool Codec<auth::Inner>::read(const Value& value, const Reader& reader, const Rule&,
                              auth::Inner& out) {
  out.login = auth::read_login(value, reader, false);
  return out.login != nullptr;
}

Value Codec<auth::Inner>::schema(const Rule&) { return titled(auth::schema_of_methods(false)); }

}  // namespace sonde::config
