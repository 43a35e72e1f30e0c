#include "probes/plan/plan_site.hpp"

#include <algorithm>
#include <utility>

#include "probes/net/url.hpp"
#include "probes/plan/account_owner.hpp"
#include "probes/plan/plan_fingerprint.hpp"
#include "probes/plan/plan_logins.hpp"
#include "probes/plan/plan_names.hpp"

namespace sonde::plan {
namespace {

// Whether {{login.NAME}} is captured by the login.
bool given(const auth::Login& login, std::string_view name) {
  constexpr std::string_view prefix = "login.";
  const auto names = login.gives();
  return name.starts_with(prefix) &&
         std::ranges::find(names, name.substr(prefix.size())) != names.end();
}

bool add_login(const PlanEntry& plan, const ParsedProbe& parsed, const session::IdentityRef& ref,
               session::ProbeContext& site) {
  const bool wanted =
      std::ranges::any_of(parsed.needs.all, [](const auto& need) { return need.name == "token"; });
  if (!wanted) return true;
  if (ref.login.name.empty()) {
    plan.reader.wrong(plan.probe.place,
                      "it needs a token, so name a login: 'login', here or in defaults");
    return false;
  }
  const auto* login = find_named(plan.file.logins, ref.login, plan.reader, plan.probe.place);
  if (login == nullptr) return false;
  site.login = *login;
  if (!site.login) return false;  // its mistakes were reported
  if (site.login->gives_token() || !parsed.has_socket) return true;
  plan.reader.wrong(plan.probe.place, "the login '" + ref.login.name +
                                          "' gives no token, and its socket carries one");
  return false;
}

// The target's own identities take precedence; a probe without an identity may not need one.
bool add_identity(const PlanEntry& plan, const session::IdentityRef& ref,
                  session::ProbeContext& site) {
  site.identity_name = ref.as.name;
  if (site.identity_name.empty()) return true;
  auto own = site.target.identities.find(site.identity_name);
  if (own != site.target.identities.end()) {
    site.identity = own->second;
    return true;
  }
  const auto* common = find_named(plan.file.identities, ref.as, plan.reader, plan.probe.place);
  if (common != nullptr) site.identity = *common;
  return common != nullptr;
}

// How to fix an unknown name. A name without a place is from the default of a key.
std::string advice(const text::Needs::One& need, const session::IdentityRef& ref) {
  constexpr std::string_view of_identity = "identity.";
  if (!need.name.starts_with(of_identity)) return "";
  if (ref.as.name.empty()) return "; name an identity: 'as', here or in defaults";
  if (need.name == session::basic_name)
    return "; it is made of 'username', which has no colon, and 'password' of the identity '" +
           ref.as.name + "'";
  const std::string field = need.name.substr(of_identity.size());
  std::string text = "; the identity '" + ref.as.name + "' has no '" + field + "'";
  if (need.place.line > 0) return text;
  return text + ", which the login '" + ref.login.name +
         "' takes by default; add it there, or write the key of the login";
}

bool names_known(const PlanEntry& plan, const Kind& kind, const text::Needs& needs,
                 const session::ProbeContext& site, const session::IdentityRef& ref) {
  bool good = true;
  for (const auto& need : needs.all) {
    if (site.knows(need.name) || (site.login && given(*site.login, need.name)) ||
        std::ranges::find(kind.run_names, need.name) != kind.run_names.end())
      continue;
    plan.reader.wrong(need.place.line > 0 ? need.place : plan.probe.place,
                      "{{" + need.name + "}} is not known on target '" + site.target_name + "'" +
                          advice(need, ref));
    good = false;
  }
  return good;
}

// Parses each URL that is known before a run, in the same way as a run.
bool urls_readable(const PlanEntry& plan, const std::vector<text::Template>& urls,
                   const session::ProbeContext& site) {
  bool good = true;
  for (const text::Template& url : urls) {
    const auto address = site.constant(url);
    if (!address) continue;
    const auto read = net::parse_url(*address);
    if (read) continue;
    plan.reader.wrong(url.place().line > 0 ? url.place() : plan.probe.place,
                      "'" + url.text() + "' makes no address on target '" + site.target_name +
                          "': " + read.error());
    good = false;
  }
  return good;
}

std::shared_ptr<session::ProbeContext> site_of(const PlanEntry& plan, const Kind& kind,
                                               const ParsedProbe& parsed,
                                               const session::IdentityRef& ref,
                                               const std::string& target) {
  const auto place = plan.file.targets.find(target);
  if (place == plan.file.targets.end()) return nullptr;
  auto site = std::make_shared<session::ProbeContext>();
  site->target_name = target;
  site->target = place->second;
  site->location = plan.file.location;
  site->every = parsed.common.every;
  const config::Value* refuse = plan.probe.value.find("refuse");
  if (refuse != nullptr && !refuse->items.empty())
    site->refusals_every = parsed.common.negative_auth_min_interval;
  const bool logs_in = add_login(plan, parsed, ref, *site);
  const bool is_somebody = add_identity(plan, ref, *site);
  if (!logs_in || !is_somebody) return nullptr;
  site->account =
      account_of(plan.root, ref, owner_of(plan.root, ref, *site), shaping_target(*site));
  tell_unsent_password(plan, *site, plan.root);
  text::Needs needs = parsed.needs;
  if (site->login) site->login->needs(needs);
  if (!names_known(plan, kind, needs, *site, ref)) return nullptr;
  site->prepare(needs);
  return urls_readable(plan, needs.urls, *site) ? site : nullptr;
}

}  // namespace

std::shared_ptr<const session::ProbeContext> make_site(const PlanEntry& plan, const Kind& kind,
                                                       const ParsedProbe& parsed,
                                                       const std::string& target) {
  const session::IdentityRef self{
      .as = say(plan.root, plan.probe.value, "as", parsed.common.as),
      .login = say(plan.root, plan.probe.value, "login", parsed.common.login)};
  auto site = site_of(plan, kind, parsed, self, target);
  if (site == nullptr) return nullptr;
  for (const session::IdentityRef& ref : parsed.others) {
    auto other = site_of(plan, kind, parsed, ref, target);
    if (other == nullptr) return nullptr;
    site->others.push_back(std::move(other));
  }
  if (parsed.vet) parsed.vet(*site, plan.reader, plan.probe.place);
  return site;
}

}  // namespace sonde::plan
