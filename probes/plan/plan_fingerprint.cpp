#include "probes/plan/plan_fingerprint.hpp"

#include <algorithm>
#include <array>

#include "config/schema.hpp"
#include "probes/auth/jwt/signature.hpp"
#include "probes/net/http/http_text.hpp"
#include "probes/text/ascii.hpp"
#include "probes/text/digest.hpp"

namespace sonde::plan {
namespace {

using config::Value;

// A named entry of a section; null: there is none.
const Value* entry_of(const Value& root, std::string_view section, const std::string& name) {
  const Value* all = root.find(section);
  return all != nullptr && !name.empty() ? all->find(name) : nullptr;
}

// Its text.
std::string part(const Value& root, std::string_view section, const std::string& name) {
  const Value* one = entry_of(root, section, name);
  return one != nullptr ? config::to_json(*one, false) : "";
}

std::string short_digest(std::string_view text) {
  return text::hex(auth::sha256(text)).substr(0, 16);
}

bool names_identity(const auth::Login& login) {
  text::Needs needs;
  login.needs(needs);
  return std::ranges::any_of(needs.all,
                             [](const auto& need) { return need.name.starts_with("identity."); });
}

bool names_field(const auth::Login& login, std::string_view field) {
  text::Needs needs;
  login.needs(needs);
  return std::ranges::any_of(needs.all, [&](const auto& need) {
    return need.name.starts_with("identity.") && need.name.substr(9) == field;
  });
}

// By the name that the login sends, if any: other names of the same user do not matter.
std::string user_of(const session::Identity& identity, const std::string& name,
                    const auth::Login& login) {
  static constexpr std::array fields = {"username", "user", "email",    "login",
                                        "name",     "id",   "client_id"};
  for (const bool shown : {true, false})
    for (const char* field : fields) {
      const auto found = identity.fields.find(field);
      if (found == identity.fields.end() || (shown && !names_field(login, field))) continue;
      if (const auto* secret = std::get_if<config::Secret>(&found->second))
        return secret->describe();
      return std::get<std::string>(found->second);
    }
  return "identity " + name;
}

std::string client_of(const Value* login, const std::string& name) {
  for (const char* key : {"first", "token", "username", "client_id", "subject", "issuer"})
    if (const Value* value = login != nullptr ? login->find(key) : nullptr)
      return std::string(key) + " " + config::to_json(*value, false);
  return "login " + name;
}

// The dialect of a probe in the file, and those that it extends.
std::string dialect_parts(const Value& root, const Value& probe) {
  std::string all;
  const Value* own = root.find("dialects");
  const Value* name = probe.find("dialect");
  // A dialect that extends itself was reported before; no chain is longer than the number of
  // dialects.
  for (std::size_t left = own != nullptr ? own->entries.size() : 0; name != nullptr && left > 0;
       --left) {
    const Value* dialect = own->find(name->text);
    all += part(root, "dialects", name->text);
    name = dialect != nullptr ? dialect->find("extends") : nullptr;
  }
  return all;
}

std::string parts_of_others(const Value& root, const ParsedProbe& parsed) {
  std::string others;
  for (const session::IdentityRef& ref : parsed.others)
    others += part(root, "identities", ref.as.name) + part(root, "logins", ref.login.name);
  return others;
}

// What an upgrade is made of; the keys of a socket may stand in the probe itself.
std::string upgrade_parts(const Value* socket) {
  std::string all;
  for (const char* key : {"url", "token_in", "subprotocols", "headers"})
    if (const Value* value = socket != nullptr ? socket->find(key) : nullptr)
      all += std::string(key) + " " + config::to_json(*value, false);
  return all + "\n";
}

std::string location(const Value& root) {
  const Value* written = root.find("location");
  return written != nullptr ? written->text : "";
}

std::string_view without_slash(std::string_view address) {
  while (address.ends_with('/')) address.remove_suffix(1);
  return address;
}

// Targets that log in at one address have their accounts in common, whatever they are called. Only
// a digest of it, for an address may hold secrets.
std::string accounts_of(const session::ProbeContext& site) {
  const std::string& auth = site.target.auth;
  const auto address = std::string_view(auth).substr(0, auth.find_first_of("?#"));
  if (address.empty()) return site.target_name;
  return "auth " + short_digest(text::lowered(without_slash(address)));
}

// Whether it says anything of its target but where the logins are.
bool names_target(const auth::Login& login) {
  text::Needs needs;
  login.needs(needs);
  return std::ranges::any_of(needs.all, [](const auto& need) {
    return need.name.starts_with("target.") && need.name != "target.auth";
  });
}

}  // namespace

auth::Owner owner_of(const Value& root, const session::IdentityRef& ref,
                     const session::ProbeContext& site) {
  const bool as_user = site.login && names_identity(*site.login);
  const std::string name =
      as_user ? user_of(site.identity, ref.as.name, *site.login)
              : client_of(entry_of(root, "logins", ref.login.name), ref.login.name);
  return {.target = accounts_of(site), .user = short_digest(text::lowered(net::trimmed(name)))};
}

std::string shaping_target(const session::ProbeContext& site) {
  const session::Target& target = site.target;
  const bool shapes = target.auth.empty() || !target.identities.empty() ||
                      (site.login && names_target(*site.login));
  return shapes ? site.target_name : "";
}

auth::Account account_of(const Value& root, const session::IdentityRef& ref, auth::Owner owner,
                         const std::string& target) {
  const std::string& login = ref.login.name;
  const std::string& identity = ref.as.name;
  std::string version =
      short_digest(part(root, "targets", target) + part(root, "identities", identity) +
                   part(root, "logins", login) + location(root));
  return {.owner = std::move(owner),
          .login = login,
          .identity = identity,
          .version = std::move(version)};
}

std::string fingerprint(const Value& root, const Value& probe, const ParsedProbe& parsed,
                        const std::string& target) {
  const Value* socket = probe.find("socket");
  const Value* defaults = root.find("defaults");
  const std::string others = parts_of_others(root, parsed);
  return text::sha256(
      config::to_json(probe, false) + part(root, "targets", target) + others +
      part(root, "identities", parsed.common.as) + part(root, "logins", parsed.common.login) +
      part(root, "sockets", socket != nullptr ? socket->text : "") + dialect_parts(root, probe) +
      location(root) + (defaults != nullptr ? config::to_json(*defaults, false) : ""));
}

std::string refusal_fingerprint(const Value& root, const Value& probe, const ParsedProbe& parsed,
                                const std::string& target) {
  const Value* socket = probe.find("socket");
  const std::string name = socket != nullptr ? socket->text : "";
  return text::sha256(upgrade_parts(&probe) + name + "\n" +
                      upgrade_parts(entry_of(root, "sockets", name)) +
                      part(root, "targets", target) + parts_of_others(root, parsed) +
                      part(root, "identities", parsed.common.as) +
                      part(root, "logins", parsed.common.login) + location(root));
}

}  // namespace sonde::plan
