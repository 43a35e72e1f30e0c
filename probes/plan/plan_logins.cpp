#include "probes/plan/plan_logins.hpp"

#include <algorithm>
#include <map>
#include <variant>

#include "config/schema.hpp"

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

}  // namespace

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
