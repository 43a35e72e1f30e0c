#include "probes/plan/account_owner.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

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

// The best key of a user name in what a login sends, at any depth.
struct Sent {
  std::size_t rank = session::user_keys.size();
  std::string text;
};

void find_user(const Value& sent, text::Names& names, Sent& best) {
  for (const Value& item : sent.items) find_user(item, names, best);
  for (const auto& [key, place, value] : sent.entries) {
    find_user(value, names, best);
    const std::size_t rank = session::rank_of_user_key(key);
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

// The field of the identity that is the name of the user in what is sent.
std::optional<std::string> used_field(const session::Identity& identity, const text::Needs& needs) {
  constexpr std::size_t unranked = session::user_keys.size();
  std::size_t best = unranked + 1;
  std::optional<std::string> used;
  for (const auto& need : needs.all) {
    const auto field = identity.fields.find(need.name.starts_with("identity.") ? need.name.substr(9)
                                                                               : std::string());
    if (field == identity.fields.end()) continue;
    const std::size_t rank = session::rank_of_user_key(field->first);
    // Any other field may be the name too, but not if it is a secret.
    const bool secret = std::holds_alternative<config::Secret>(field->second);
    if (rank >= best || (secret && rank == unranked)) continue;
    best = rank;
    used = field->first;
  }
  return used;
}

text::Needs needs_of(const auth::Login& login) {
  text::Needs needs;
  login.needs(needs);
  return needs;
}

bool uses_identity(const text::Needs& needs) {
  return std::ranges::any_of(needs.all,
                             [](const auto& need) { return need.name.starts_with("identity."); });
}

// The user of the identity, where it is not written which of its fields is the name.
std::string user_of(const session::ProbeContext& site, const text::Needs& needs,
                    const std::string& name, text::Names& names) {
  if (const auto used = used_field(site.identity, needs)) return *names.find("identity." + *used);
  for (const std::string_view key : session::user_keys)
    if (const auto* text = names.find("identity." + std::string(key))) return *text;
  return "identity " + name;
}

std::string client_of(const Value* login, const std::string& name) {
  for (const char* key : {"first", "token", "client_id", "issuer"})
    if (const Value* said = login != nullptr ? login->find(key) : nullptr)
      return std::string(key) + " " + config::to_json(*said, false);
  return "login " + name;
}

// Where a service is.
struct ServicePlace {
  std::string host;
  std::string origin;
  bool operator==(const ServicePlace&) const = default;
};

// This machine has many names.
std::string known_host(const std::string& host) {
  constexpr std::string_view local = "localhost";
  const bool here = host == local || host.ends_with(".localhost") || host.starts_with("127.") ||
                    host == "::1" || host == "[::1]";
  return here ? std::string(local) : text::lowered(host);
}

// Of an address; a default port that is written makes no difference, nor does ws instead of http.
std::optional<ServicePlace> place_of(std::string_view text) {
  auto url = net::parse_url(text.substr(0, text.find_first_of("?#")));
  if (!url) return std::nullopt;
  url->host = known_host(url->host);
  return ServicePlace{.host = url->host, .origin = net::origin_key(*url)};
}

// The first place of these addresses, or `preferred` if one of them is there.
std::optional<ServicePlace> place_in(const std::vector<text::Template>& urls,
                                     const std::optional<ServicePlace>& preferred,
                                     text::Names& names) {
  std::optional<ServicePlace> first;
  for (const text::Template& url : urls) {
    const auto said = url.render(names);
    auto place = said ? place_of(*said) : std::nullopt;
    if (place && place == preferred) return place;
    if (!first) first = std::move(place);
  }
  return first;
}

// The first base URL of the target on the same host: all ports of a host that a target has are one
// service.
ServicePlace home_of(ServicePlace place, const session::Target& target) {
  for (const std::string* base : {&target.auth, &target.http, &target.ws})
    if (auto home = place_of(*base); home && home->host == place.host) return *std::move(home);
  return place;
}

// The service whose accounts are used by a login, which may be null, and by the probe itself.
std::string service_of(const session::ProbeContext& site, const auth::Login* login,
                       const text::Needs& own, text::Names& names) {
  const auto auth = place_of(site.target.auth);
  std::optional<ServicePlace> used;
  if (login != nullptr) used = place_in(needs_of(*login).urls, auth, names);
  if (!used) used = auth;
  if (!used) used = place_in(own.urls, {}, names);
  if (!used) used = place_in(own.socket_urls, {}, names);
  if (!used) return site.target_name;
  return "auth " + owner_digest(home_of(*std::move(used), site.target).origin);
}

auth::Owner made_of(std::string service, std::string_view user) {
  return {.target = std::move(service), .user = owner_digest(text::lowered(net::trimmed(user)))};
}

}  // namespace

auth::Owner owner_of(const Value& root, const session::IdentityRef& ref,
                     const session::ProbeContext& site, const text::Needs& own) {
  text::Names names = names_of(site);
  const Value* logins = root.find("logins");
  const Value* login =
      logins != nullptr && !ref.login.name.empty() ? logins->find(ref.login.name) : nullptr;
  std::string user = login != nullptr ? written_user(*login, names) : "";
  if (user.empty()) {
    const text::Needs needs = site.login ? needs_of(*site.login) : text::Needs();
    user = uses_identity(needs) ? user_of(site, needs, ref.as.name, names)
                                : client_of(login, ref.login.name);
  }
  return made_of(service_of(site, site.login.get(), own, names), user);
}

auth::Owner secret_owner_of(const Value& root, const session::IdentityRef& ref,
                            const session::ProbeContext& site, const text::Needs& own) {
  if (site.login && uses_identity(needs_of(*site.login))) return owner_of(root, ref, site, own);
  text::Names names = names_of(site);
  return made_of(service_of(site, nullptr, own, names), user_of(site, own, ref.as.name, names));
}

}  // namespace sonde::plan
