#include "probes/plan/plan_logins.hpp"

#include <algorithm>
#include <map>
#include <variant>

#include "config/schema.hpp"
#include "probes/net/host.hpp"
#include "probes/net/url.hpp"

namespace sonde::plan {
namespace {

using config::Value;

std::string_view method_of(const Value& root, const std::string& login) {
  const Value* all = root.find("logins");
  const Value* entry = all != nullptr ? all->find(login) : nullptr;
  const Value* method = entry != nullptr ? entry->find("method") : nullptr;
  return method != nullptr ? std::string_view(method->text) : "json";
}

// Methods with which a user with a password logs in.
bool sends_password(std::string_view method) {
  return method == "json" || method == "oauth2_password" || method == "form" || method == "steps";
}

bool sends_secret(const auth::Login& login, const session::Identity& identity) {
  constexpr std::string_view prefix = "identity.";
  text::Needs needs;
  login.needs(needs);
  return std::ranges::any_of(needs.all, [&](const auto& need) {
    if (!need.name.starts_with(prefix)) return false;
    if (need.name == session::basic_name) return true;
    const auto field = identity.fields.find(need.name.substr(prefix.size()));
    return field != identity.fields.end() && std::holds_alternative<config::Secret>(field->second);
  });
}

// `lockout` as it is written in a login; null: it is not.
const Value* written_lockout(const Value& root, const std::string& login) {
  const Value* all = root.find("logins");
  const Value* entry = all != nullptr && !login.empty() ? all->find(login) : nullptr;
  return entry != nullptr ? entry->find("lockout") : nullptr;
}

}  // namespace

auth::LockoutRules lockout_of(const PlanEntry& plan, const std::string& login,
                              const session::Target& target) {
  const auto found = plan.file.logins.find(login);
  const bool known = found != plan.file.logins.end() && found->second != nullptr;
  if (known && written_lockout(plan.root, login) != nullptr) return found->second->lockout;
  return target.lockout.value_or(auth::LockoutRules());
}

void apply_strictest_lockout(const Sites& sites) {
  std::map<auth::Owner, auth::LockoutRules> strictest;
  const auto add = [&](const auth::Owner& account, const auth::LockoutRules& own) {
    auth::LockoutRules& rules = strictest.try_emplace(account, own).first->second;
    rules.after = std::min(rules.after, own.after);
    rules.cooldown = std::max(rules.cooldown, own.cooldown);
  };
  for (const auto& site : sites) {
    if (site->login && site->login->asks()) add(site->account.owner, site->lockout);
    if (site->may_show_secret()) add(site->secret_owner, site->secret_lockout);
  }
  const auto apply = [&](const auth::Owner& account, auth::LockoutRules& rules) {
    if (const auto found = strictest.find(account); found != strictest.end()) rules = found->second;
  };
  for (const auto& site : sites) {
    apply(site->account.owner, site->lockout);
    apply(site->secret_owner, site->secret_lockout);
  }
}

void vet_lockout(const PlanEntry& plan, const std::string& login,
                 const session::ProbeContext& site) {
  const Value* written = written_lockout(plan.root, login);
  if (written == nullptr || !site.login || site.login->asks() || site.may_show_secret()) return;
  plan.reader.at("login").wrong(
      written->place, "lockout of the login '" + login +
                          "' has no effect: its token is not made of a secret of the identity, and "
                          "only refusals of such a secret are counted; remove it");
}

void tell_shared_refresh(const Value& root, const config::Reader& reader) {
  const Value* logins = root.find("logins");
  if (logins == nullptr) return;
  std::map<std::string, std::string> known;  // the login by the token that it uses
  for (const auto& entry : logins->entries)
    for (const char* key : {"first", "state_file"}) {
      const Value* written = entry.value.find(key);
      if (written == nullptr) continue;
      const std::string what = std::string(key) + " " + config::to_json(*written, false);
      const auto [other, fresh] = known.try_emplace(what, entry.name);
      if (!fresh)
        reader.at("logins")
            .at(entry.name)
            .at(key)
            .wrong(written->place,
                   "the login '" + other->second +
                       "' has the same: a refresh token that one of them redeems is lost "
                       "to the other, so give each its own");
    }
}

void tell_plain_password(const PlanEntry& plan, const session::ProbeContext& site) {
  if (!site.login || !site.login->asks() || !sends_secret(*site.login, site.identity)) return;
  text::Needs needs;
  site.login->needs(needs);
  for (const text::Template& address : needs.urls) {
    const auto constant = site.constant(address);
    const auto url = constant ? net::parse_url(*constant) : std::unexpected(std::string());
    if (!url || url->tls() || net::is_loopback(url->host)) continue;
    plan.reader.warn(address.place().line > 0 ? address.place() : plan.probe.place,
                     "the login '" + site.account.login + "' sends its password unencrypted to " +
                         url->scheme + "://" + url->authority() + " (target '" + site.target_name +
                         "'); write https://");
  }
}

void tell_unsent_password(const PlanEntry& plan, const session::ProbeContext& site,
                          const Value& root) {
  if (!site.login || !site.login->asks() || !site.identity.fields.contains("password")) return;
  if (!sends_password(method_of(root, site.account.login)) ||
      sends_secret(*site.login, site.identity))
    return;
  plan.reader.warn(plan.probe.place, "the login '" + site.account.login +
                                         "' sends no secret of the identity '" +
                                         site.identity_name +
                                         "', though that has a password: say "
                                         "{{identity.password}} in it");
}

}  // namespace sonde::plan
