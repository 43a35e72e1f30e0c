#include "probes/plan/plan.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "config/schema.hpp"
#include "probes/plan/kinds.hpp"
#include "probes/plan/plan_fingerprint.hpp"
#include "probes/plan/plan_logins.hpp"
#include "probes/plan/plan_names.hpp"
#include "probes/plan/plan_site.hpp"
#include "probes/session/discreet.hpp"

namespace sonde::plan {
namespace {

using config::Value;

const Kind* read_kind(const PlanEntry& plan) {
  if (!config::expect(plan.probe.value, plan.reader, Value::Kind::map)) return nullptr;
  const Value* written = plan.probe.value.find("kind");
  if (written == nullptr) {
    plan.reader.wrong(plan.probe.place, "the key 'kind' is missing: what the probe asks");
    return nullptr;
  }
  std::vector<std::string_view> names;
  names.reserve(kinds().size());
  for (const auto& kind : kinds()) names.push_back(kind.name);
  const auto index = config::read_name(*written, plan.reader.at("kind"), names);
  return index ? &kinds()[*index] : nullptr;
}

// If the socket does not exist, the other keys are read anyway, to report further mistakes.
std::optional<ParsedProbe> read_draft(const PlanEntry& plan, const Kind& kind) {
  const Value* named = plan.probe.value.find("socket");
  const auto socket = plan.file.sockets.find(named != nullptr ? named->text : "");
  const bool there = socket != plan.file.sockets.end();
  auto parsed = kind.read(plan.probe.value, plan.reader,
                          {.common = plan.file.defaults,
                           .socket = there ? &socket->second : nullptr,
                           .dialects = plan.file.dialects});
  return named == nullptr || there ? std::move(parsed) : std::nullopt;
}

// A login at each run that presses the login service and the accounts more than users do.
void tell_pressing_login(const PlanEntry& plan, const Kind& kind, const ParsedProbe& parsed) {
  constexpr Span least = std::chrono::seconds(1);
  if (kind.name == "login" && parsed.common.every < least)
    plan.reader.warn(plan.probe.place, "it logs in every " + config::show(parsed.common.every) +
                                           "; make 'every' longer, unless the service is meant to "
                                           "be loaded so");
}

bool complete(const PlanEntry& plan, const ParsedProbe& parsed) {
  if (parsed.has_socket && parsed.url.empty()) {
    plan.reader.wrong(plan.probe.place,
                      "the key 'url' is missing, here or in a socket that it names");
    return false;
  }
  if (parsed.common.timeout > parsed.common.every && parsed.common.in_flight == 1)
    plan.reader.warn(plan.probe.place, "its timeout (" + config::show(parsed.common.timeout) +
                                           ") is longer than every (" +
                                           config::show(parsed.common.every) +
                                           "); slow runs will skip beats");
  return true;
}

// The secrets of all users that the target may know; if there are many, only the target's own.
std::vector<config::Secret> secrets_at(const PlanFile& file, const session::Target& target) {
  constexpr std::size_t common_max = 64;
  std::vector<config::Secret> secrets;
  const auto add = [&](const std::map<std::string, session::Identity>& identities) {
    for (const auto& [name, identity] : identities)
      for (const auto& [field, value] : identity.fields)
        if (const auto* secret = std::get_if<config::Secret>(&value)) secrets.push_back(*secret);
  };
  add(target.identities);
  if (file.identities.size() <= common_max) add(file.identities);
  return secrets;
}

std::shared_ptr<const Check> make_check(const PlanEntry& plan, const Kind& kind,
                                        const ParsedProbe& parsed,
                                        std::shared_ptr<const session::ProbeContext> site) {
  auto check = std::make_shared<Check>();
  check->name = plan.probe.name;
  check->kind = kind.name;
  check->target = site->target_name;
  check->every = parsed.common.every;
  check->timeout = parsed.common.timeout;
  check->retries = parsed.common.retry.max;
  check->in_flight_max = parsed.common.in_flight;
  check->refusals_every = parsed.common.negative_auth_min_interval;
  check->diagnose = parsed.common.diagnose;
  check->steps = parsed.steps.empty() ? kind.steps : parsed.steps;
  check->events = parsed.events;
  check->fingerprint = fingerprint(plan.root, plan.probe.value, parsed, site->target_name);
  check->refusal_fingerprint =
      refusal_fingerprint(plan.root, plan.probe.value, parsed, site->target_name);
  check->make = [make = parsed.make, site,
                 secrets = secrets_at(plan.file, site->target)](session::Shared& shared) {
    return make_discreet(make(site, shared), site->target_name, secrets, shared);
  };
  return check;
}

// The probes that chat, by target, identity and address.
using Chatting = std::map<std::tuple<std::string, std::string, std::string>, std::string>;

void tell_shared_user(const PlanEntry& plan, const session::ProbeContext& site,
                      const std::string& url, Chatting& chatting) {
  const std::string& name = plan.probe.name;
  const auto [known, fresh] =
      chatting.try_emplace({site.target_name, site.identity_name, url}, name);
  if (fresh || known->second == name) return;
  plan.reader.warn(plan.probe.place,
                   "it chats as the same user as the probe '" + known->second +
                       "'; if the product sends what is a user's to all of his sessions, each "
                       "receives the other's, so give each an identity of its own");
}

// Which user each probe logs in as, and which probes log the user out.
struct LoggingIn {
  std::string probe;
  bool logs_out = false;
  config::Place place;
  config::Reader reader;
};
using Users = std::map<auth::Owner, std::vector<LoggingIn>>;

bool logs_out(const PlanEntry& plan) {
  const Value* refuse = plan.probe.value.find("refuse");
  return refuse != nullptr && std::ranges::any_of(refuse->items, [](const Value& check) {
           return check.text == "logged_out";
         });
}

void note_users(const PlanEntry& plan, const session::ProbeContext& site, Users& users) {
  if (!site.login) return;
  users[site.account.owner].push_back(
      {plan.probe.name, logs_out(plan), plan.probe.place, plan.reader});
  for (const auto& other : site.others)
    if (other->login && other->account.owner != site.account.owner)
      users[other->account.owner].push_back(
          {plan.probe.name, false, plan.probe.place, plan.reader});
}

void tell_logged_out_users(const Users& users) {
  for (const auto& [owner, probes] : users)
    for (const LoggingIn& one : probes) {
      const auto is_another = [&](const LoggingIn& other) { return other.probe != one.probe; };
      const auto other = std::ranges::find_if(probes, is_another);
      if (!one.logs_out || other == probes.end()) continue;
      one.reader.at("refuse").warn(
          one.place, "logged_out logs out the user as whom the probe '" + other->probe +
                         "' logs in; if a logout ends all sessions of a user, that probe fails, so "
                         "give this one an identity of its own");
    }
}

// Binds the probe to each of its targets.
void bind(const PlanEntry& plan, std::vector<std::shared_ptr<const Check>>& checks,
          Chatting& chatting, Users& users, Sites& sites) {
  const Kind* kind = read_kind(plan);
  tell_unknown_names(plan.file, plan.probe, plan.reader);
  if (kind == nullptr) return;
  const auto parsed = read_draft(plan, *kind);
  if (!parsed || !complete(plan, *parsed)) return;
  tell_pressing_login(plan, *kind, *parsed);
  for (const auto& target : parsed->heading.target) {
    auto site = make_site(plan, *kind, *parsed, target, sites);
    if (!site) continue;
    if (kind->name == "chat") tell_shared_user(plan, *site, parsed->url, chatting);
    note_users(plan, *site, users);
    checks.push_back(make_check(plan, *kind, *parsed, std::move(site)));
  }
}

}  // namespace

std::vector<std::shared_ptr<const Check>> make_checks(const PlanFile& file, const Value& root,
                                                      config::Mistakes& mistakes) {
  std::vector<std::shared_ptr<const Check>> checks;
  const config::Reader reader(mistakes);
  tell_shared_refresh(root, reader);
  vet_targets(root, reader);
  Chatting chatting;
  Users users;
  Sites sites;
  for (const auto& probe : file.probes.value.entries)
    bind({file, root, probe, reader.at("probes").at(probe.name)}, checks, chatting, users, sites);
  apply_strictest_lockout(sites);
  tell_logged_out_users(users);
  return checks;
}

const config::Section<PlanFile>& section_of(const PlanFile*) {
  static const auto keys =
      config::Section<PlanFile>()
          .key("location", &PlanFile::location,
               "Where this prober stands: {{location}}. 1 to 60 letters, digits, '-', '_', '.' and "
               "blanks.")
          .key("workers", &PlanFile::workers,
               "Threads that probe; 0: one less than the cores, at least one.",
               {.min = 0, .max = 64})
          .key("defaults", &PlanFile::defaults, "Keys of every probe that does not say otherwise.")
          .key("targets", &PlanFile::targets, "What is probed, by name.",
               {.required = true, .filled = true})
          .key("identities", &PlanFile::identities, "Whom probes log in as, by name.",
               {.filled = true})
          .key("logins", &PlanFile::logins, "How probes log in, by name.", {.filled = true})
          .key("sockets", &PlanFile::sockets, "WebSocket endpoints, by name.", {.filled = true})
          .key("dialects", &PlanFile::dialects,
               "Chat protocols, by name; each may extend a built-in one, or another of these.")
          .key("probes", &PlanFile::probes, "The probes, by name.",
               {.required = true, .filled = true});
  return keys;
}

}  // namespace sonde::plan

namespace sonde::config {

bool Codec<plan::ProbeEntries>::read(const Value& value, const Reader& reader, const Rule&,
                                     plan::ProbeEntries& out) {
  out.value = value;
  return expect(value, reader, Value::Kind::map);
}

Value Codec<plan::ProbeEntries>::schema(const Rule&) {
  std::vector<Value> choices;
  for (const auto& kind : plan::kinds()) {
    Value keys = kind.schema();
    for (auto& entry : keys.entries)
      if (entry.name == "properties")
        for (auto& property : entry.value.entries)
          if (property.name == "kind") property.value = schema_names({kind.name});
    choices.push_back(std::move(keys));
  }
  // The keys of each kind are explained once, beside it.
  Value schema = schema_any_of(std::move(choices));
  schema.entries.insert(schema.entries.begin(), {"title", {}, scalar("probe")});
  return schema_named(std::move(schema));
}

}  // namespace sonde::config
