#include "probes/plan/plan_site.hpp"

#include <algorithm>
#include <utility>

#include "probes/net/http/http_request.hpp"
#include "probes/net/http/http_text.hpp"
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

// All names that a template of the probe may use.
std::vector<std::string> known_names(const Kind& kind, const session::ProbeContext& site) {
  std::vector<std::string> names = site.known_names();
  for (const std::string_view name : kind.run_names) names.emplace_back(name);
  if (site.login)
    for (const std::string& name : site.login->gives()) names.push_back("login." + name);
  return names;
}

// How to fix an unknown name. A name without a place is from the default of a key.
std::string advice(const text::Needs::One& need, const session::IdentityRef& ref,
                   const std::vector<std::string>& known) {
  constexpr std::string_view of_identity = "identity.";
  const std::string_view near = config::nearest(need.name, {known.begin(), known.end()});
  std::string meant = near.empty() ? "" : "; did you mean {{" + std::string(near) + "}}?";
  if (!need.name.starts_with(of_identity)) return meant;
  if (ref.as.name.empty()) return "; name an identity: 'as', here or in defaults";
  if (need.name == session::basic_name)
    return "; it is made of 'username', which has no colon, and 'password' of the identity '" +
           ref.as.name + "'";
  const std::string field = need.name.substr(of_identity.size());
  std::string text = "; the identity '" + ref.as.name + "' has no '" + field + "'";
  if (need.place.line > 0) return text + meant;
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
                          advice(need, ref, known_names(kind, site)));
    good = false;
  }
  return good;
}

// Whether a template uses a base URL of the target that vet_targets() reports as wrong.
bool of_wrong_base(const text::Template& text, const session::Target& target) {
  const auto wrong = [&](const std::string& name) {
    return (name == "target.http" && !net::parse_url(target.http)) ||
           (name == "target.auth" && !net::parse_url(target.auth)) ||
           (name == "target.ws" && !net::parse_url(target.ws));
  };
  return std::ranges::any_of(text.names(), wrong);
}

// Judges what is known before a run, in the same way as a run does.
class ConstantTexts {
 public:
  ConstantTexts(const PlanEntry& plan, const session::ProbeContext& site)
      : plan_(plan), site_(site) {}

  bool good(const text::Needs& needs) {
    for (const text::Template& url : needs.urls) look_at_url(url, net::parse_url);
    for (const text::Template& url : needs.socket_urls) look_at_url(url, session::parse_socket_url);
    for (const auto& [name, value] : needs.headers)
      if (auto why = net::header_mistake(name, site_.constant(value).value_or("")); !why.empty())
        wrong(value, why);
    for (const text::Template& offered : needs.subprotocols) {
      const auto token = site_.constant(offered);
      if (token && !net::is_token(*token))
        wrong(offered, config::quote(*token) +
                           " is no subprotocol: it is one word without blanks and separators "
                           "(RFC 6455 section 4.1)");
    }
    return good_;
  }

 private:
  template <class Parse>
  void look_at_url(const text::Template& url, Parse parse) {
    const auto address = site_.constant(url);
    if (!address || of_wrong_base(url, site_.target)) return;
    const auto read = parse(*address);
    if (!read)
      wrong(url, "'" + url.text() + "' makes no address on target '" + site_.target_name +
                     "': " + read.error() +
                     (url.text().starts_with('/')
                          ? "; begin it with {{target.http}}, or with {{target.ws}} for a socket"
                          : ""));
  }
  void wrong(const text::Template& text, const std::string& why) {
    plan_.reader.wrong(text.place().line > 0 ? text.place() : plan_.probe.place, why);
    good_ = false;
  }

  const PlanEntry& plan_;
  const session::ProbeContext& site_;
  bool good_ = true;
};

// A key that the probe itself says, and that changes nothing.
void tell_unused(const PlanEntry& plan, const text::Needs& needs,
                 const session::ProbeContext& site) {
  const auto of_user = [](const auto& need) {
    return need.name == "token" || need.name.starts_with("identity.") ||
           need.name.starts_with("login.");
  };
  if (site.login || std::ranges::any_of(needs.all, of_user)) return;
  for (const char* key : {"login", "as"})
    if (const config::Value* written = plan.probe.value.find(key))
      plan.reader.at(key).warn(
          written->place,
          "it has no effect: nothing that this probe sends says {{token}} or {{identity.NAME}}");
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
  site->account = account_of(plan.root, ref, owner_of(plan.root, ref, *site, parsed.needs),
                             shaping_target(*site));
  site->secret_owner = secret_owner_of(plan.root, ref, *site, parsed.needs);
  site->lockout = site->secret_lockout = lockout_of(plan, ref.login.name, site->target);
  text::Needs needs = parsed.needs;
  if (site->login) site->login->needs(needs);
  if (!names_known(plan, kind, needs, *site, ref)) return nullptr;
  tell_unsent_password(plan, *site, plan.root);
  tell_unused(plan, needs, *site);
  site->prepare(needs, parsed.needs);
  tell_plain_password(plan, *site);
  vet_lockout(plan, ref.login.name, *site);
  return ConstantTexts(plan, *site).good(needs) ? site : nullptr;
}

// Values that are taken as they are written.
void tell_templates(const config::Value& value, const config::Reader& reader) {
  for (const auto& entry : value.entries) {
    const config::Value& text = entry.value;
    if (text.kind == config::Value::Kind::scalar && text.text.contains("{{"))
      reader.at(entry.name)
          .wrong(text.place,
                 "a template is not rendered here, the value is taken as it is written");
  }
}

void tell_templates_of_each(const config::Value* identities, const config::Reader& reader) {
  if (identities == nullptr) return;
  for (const auto& entry : identities->entries) tell_templates(entry.value, reader.at(entry.name));
}

void vet_base(const config::Value& target, const char* key, const config::Reader& reader) {
  const config::Value* base = target.find(key);
  if (base == nullptr || base->text.empty() || base->text.contains("{{")) return;
  const auto url = net::parse_url(base->text);
  const bool variable = base->text.contains("${");
  if (!url)
    reader.at(key).wrong(base->place,
                         variable ? "variables such as ${NAME} are not replaced here; write the URL"
                                  : "it is no URL: " + url.error());
  else if (base->text.find_first_of("?#") != base->text.npos)
    reader.at(key).wrong(base->place,
                         "a base URL ends before '?' and '#', because paths are appended to it");
}

}  // namespace

void vet_targets(const config::Value& root, const config::Reader& reader) {
  const config::Value* targets = root.find("targets");
  tell_templates_of_each(root.find("identities"), reader.at("identities"));
  if (targets == nullptr) return;
  for (const auto& [name, place, target] : targets->entries) {
    const config::Reader at = reader.at("targets").at(name);
    tell_templates(target, at);
    if (const config::Value* vars = target.find("vars")) tell_templates(*vars, at.at("vars"));
    tell_templates_of_each(target.find("identities"), at.at("identities"));
    for (const char* key : {"http", "auth", "ws"}) vet_base(target, key, at);
  }
}

std::shared_ptr<const session::ProbeContext> make_site(const PlanEntry& plan, const Kind& kind,
                                                       const ParsedProbe& parsed,
                                                       const std::string& target, Sites& made) {
  const session::IdentityRef self{
      .as = say(plan.root, plan.probe.value, "as", parsed.common.as),
      .login = say(plan.root, plan.probe.value, "login", parsed.common.login)};
  auto site = site_of(plan, kind, parsed, self, target);
  if (site == nullptr) return nullptr;
  for (const session::IdentityRef& ref : parsed.others) {
    auto other = site_of(plan, kind, parsed, ref, target);
    if (other == nullptr) return nullptr;
    made.push_back(other);
    site->others.push_back(std::move(other));
  }
  made.push_back(site);
  if (parsed.vet) parsed.vet(*site, plan.reader, plan.probe.place);
  return site;
}

}  // namespace sonde::plan
