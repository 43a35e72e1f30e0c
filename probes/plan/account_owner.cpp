#include "probes/plan/account_owner.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "config/schema.hpp"
#include "probes/auth/jwt/signature.hpp"
#include "probes/net/http/http_text.hpp"
#include "probes/net/origins.hpp"
#include "probes/text/ascii.hpp"

namespace sonde::plan {
namespace {

using config::Value;

std::string owner_digest(std::string_view text) {
  return text::hex(auth::sha256(text)).substr(0, 16);
}

// What a template of the login says before any run; a secret says where it comes from.
text::Names names_of(const session::ProbeContext& site) {
  text::Names names;
  const session::Target& target = site.target;
  names.set("target.name", site.target_name);
  names.set("target.http", target.http);
  names.set("target.auth", target.auth);
  names.set("target.ws", target.ws);
  for (const auto& [name, value] : target.vars) names.set("target." + name, value);
  for (const auto& [field, value] : site.identity.fields) {
    const auto* secret = std::get_if<config::Secret>(&value);
    names.set("identity." + field, secret != nullptr ? secret->describe() : std::get<0>(value));
  }
  return names;
}

std::optional<std::string> said_by(std::string_view written, text::Names& names) {
  const auto parsed = text::Template::parse(written);
  auto said = parsed ? parsed->render(names) : std::unexpected(std::string());
  if (!said || net::trimmed(*said).empty()) return std::nullopt;
  return *std::move(said);
}

// "user_name" and "userName" are one.
std::string plain_key(std::string_view key) {
  std::string plain = text::lowered(key);
  std::erase_if(plain, [](char c) { return c == '_' || c == '-'; });
  return plain;
}

// What services call the name of a user, the surest first.
constexpr std::array<std::string_view, 15> user_keys = {
    "username",  "user",    "useremail",   "email",      "mail", "emailaddress", "login", "loginid",
    "loginname", "account", "accountname", "identifier", "upn",  "uid",          "name"};

// The best of those keys in what a login sends, at any depth.
struct Sent {
  std::size_t rank = user_keys.size();
  std::string text;
};

void find_user(const Value& sent, text::Names& names, Sent& best) {
  for (const Value& item : sent.items) find_user(item, names, best);
  for (const auto& [key, place, value] : sent.entries) {
    find_user(value, names, best);
    const auto found = std::ranges::find(user_keys, plain_key(key));
    const auto rank = static_cast<std::size_t>(found - user_keys.begin());
    if (rank >= best.rank || value.kind != Value::Kind::scalar) continue;
    if (auto said = said_by(value.text, names)) best = {rank, *std::move(said)};
  }
}

// The user that is written in the login; empty: none is.
std::string written_user(const Value& login, text::Names& names) {
  for (const char* key : {"username", "subject"})
    if (const Value* own = login.find(key); own != nullptr && own->kind == Value::Kind::scalar)
      if (auto said = said_by(own->text, names)) return *std::move(said);
  Sent best;
  for (const char* key : {"fields", "body", "json", "form"})
    if (const Value* sent = login.find(key)) find_user(*sent, names, best);
  if (!best.text.empty()) return best.text;
  if (const Value* requests = login.find("requests"))
    for (const Value& request : requests->items)
      if (auto user = written_user(request, names); !user.empty()) return user;
  const Value* inner = login.find("login");
  return inner != nullptr ? written_user(*inner, names) : "";
}

// The field of the identity that the login uses.
std::optional<std::string> used_field(const session::Identity& identity, const auth::Login& login) {
  text::Needs needs;
  login.needs(needs);
  std::size_t best = user_keys.size() + 1;
  std::optional<std::string> used;
  for (const auto& need : needs.all) {
    const auto field = identity.fields.find(need.name.starts_with("identity.") ? need.name.substr(9)
                                                                               : std::string());
    if (field == identity.fields.end()) continue;
    const auto found = std::ranges::find(user_keys, plain_key(field->first));
    const auto rank = static_cast<std::size_t>(found - user_keys.begin());
    // Any other field may be the name too, but not if it is a secret.
    const bool secret = std::holds_alternative<config::Secret>(field->second);
    if (rank >= best || (secret && rank == user_keys.size())) continue;
    best = rank;
    used = field->first;
  }
  return used;
}

bool uses_identity(const auth::Login& login) {
  text::Needs needs;
  login.needs(needs);
  return std::ranges::any_of(needs.all,
                             [](const auto& need) { return need.name.starts_with("identity."); });
}

// The user of the identity, for a login that does not say which of its fields is the name.
std::string user_of(const session::ProbeContext& site, const std::string& name,
                    text::Names& names) {
  if (const auto used = used_field(site.identity, *site.login))
    return *names.find("identity." + *used);
  for (const std::string_view key : user_keys)
    if (const auto* text = names.find("identity." + std::string(key))) return *text;
  return "identity " + name;
}

std::string client_of(const Value* login, const std::string& name) {
  for (const char* key : {"first", "token", "client_id", "issuer"})
    if (const Value* said = login != nullptr ? login->find(key) : nullptr)
      return std::string(key) + " " + config::to_json(*said, false);
  return "login " + name;
}

// An address without its query, as one text: a default port that is written makes no difference.
struct Address {
  std::string origin, path;  // the path does not end in "/"

  bool contains(const Address& other) const {
    return origin == other.origin && other.path.starts_with(path) &&
           (other.path.size() == path.size() || other.path[path.size()] == '/');
  }
};

std::optional<Address> address_of(std::string_view text) {
  const auto url = net::parse_url(text.substr(0, text.find_first_of("?#")));
  if (!url) return std::nullopt;
  std::string path = text::lowered(url->target);
  while (path.ends_with('/')) path.pop_back();
  return Address{net::origin_key(*url), std::move(path)};
}

// The service whose accounts the login uses.
std::string service_of(const session::ProbeContext& site, text::Names& names) {
  const auto auth = address_of(site.target.auth);
  text::Needs needs;
  if (site.login) site.login->needs(needs);
  std::optional<Address> own;
  for (const text::Template& url : needs.urls) {
    const auto said = url.render(names);
    const auto address = said ? address_of(*said) : std::nullopt;
    if (!address) continue;
    if (auth && auth->contains(*address)) return "auth " + owner_digest(auth->origin + auth->path);
    if (!own) own = address;
  }
  if (own) return "auth " + owner_digest(own->origin);
  if (auth) return "auth " + owner_digest(auth->origin + auth->path);
  return site.target_name;
}

}  // namespace

auth::Owner owner_of(const Value& root, const session::IdentityRef& ref,
                     const session::ProbeContext& site) {
  text::Names names = names_of(site);
  const Value* logins = root.find("logins");
  const Value* login =
      logins != nullptr && !ref.login.name.empty() ? logins->find(ref.login.name) : nullptr;
  std::string user = login != nullptr ? written_user(*login, names) : "";
  if (user.empty())
    user = site.login && uses_identity(*site.login) ? user_of(site, ref.as.name, names)
                                                    : client_of(login, ref.login.name);
  return {.target = service_of(site, names),
          .user = owner_digest(text::lowered(net::trimmed(user)))};
}

}  // namespace sonde::plan
