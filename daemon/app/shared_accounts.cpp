#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/app/instance.hpp"
#include "probes/session/identity.hpp"

namespace sonde::app {
namespace {

using config::Value;
using Texts = std::vector<std::string>;

// A text or a list of texts.
Texts texts(const Value* value) {
  Texts all;
  if (value == nullptr) return all;
  if (value->kind == Value::Kind::scalar) all.push_back(value->text);
  for (const Value& item : value->items)
    if (item.kind == Value::Kind::scalar) all.push_back(item.text);
  return all;
}

// Whether the template is in the text, or in the path or variable of a secret.
bool mentions(const Value& value, std::string_view name) {
  return has_template(value.text, name) ||
         std::ranges::any_of(value.entries,
                             [&](const auto& entry) { return mentions(entry.value, name); });
}

// Whether each of the daemons has an account of its own by the template: it is in a field that
// names the user, or in any field where none does.
bool sets_apart(const Value& identity, std::string_view name) {
  const auto is_of_user = [](const auto& field) { return session::names_a_user(field.name); };
  const bool has_user = std::ranges::any_of(identity.entries, is_of_user);
  return std::ranges::any_of(identity.entries, [&](const auto& field) {
    return (!has_user || is_of_user(field)) && mentions(field.value, name);
  });
}

bool has(const Texts& all, std::string_view one) {
  return std::ranges::find(all, one) != all.end();
}

// The probes of a file, with what they take from `defaults`.
class Probes {
 public:
  explicit Probes(const Value& root) : root_(root) {}

  const Value* key(const Value& probe, std::string_view name) const {
    if (const Value* own = probe.find(name)) return own;
    const Value* defaults = root_.find("defaults");
    return defaults != nullptr ? defaults->find(name) : nullptr;
  }

  // Why the probe needs its accounts for itself; empty: it does not.
  std::string reason(const Value& probe) const {
    const Texts refusals = texts(key(probe, "refuse"));
    if (has(refusals, "wrong_password")) return "tries wrong passwords, which count against it";
    if (has(refusals, "logged_out")) return "logs it out";
    if (has(texts(key(probe, "kind")), "isolation")) return "reads what its sessions are sent";
    for (const std::string& name : texts(key(probe, "login"))) {
      const Value* login = named("logins", name);
      if (login != nullptr && has(texts(login->find("method")), "refresh"))
        return "redeems its refresh token, which a service may rotate";
    }
    return "";
  }

  // The identities of a probe at its targets, as written.
  std::map<std::string, const Value*> identities(const Value& probe) const {
    Texts names = texts(key(probe, "as"));
    if (const Value* sessions = probe.find("sessions"))
      for (const Value& session : sessions->items)
        for (const std::string& name : texts(session.find("as"))) names.push_back(name);
    std::map<std::string, const Value*> all;
    for (const std::string& name : names) {
      if (const Value* common = named("identities", name)) all["identities." + name] = common;
      for (const std::string& target : texts(key(probe, "target"))) {
        const Value* of = named("targets", target);
        const Value* own = of != nullptr ? of->find("identities") : nullptr;
        if (own != nullptr && own->find(name) != nullptr)
          all[fmt::format("targets.{}.identities.{}", target, name)] = own->find(name);
      }
    }
    return all;
  }

 private:
  const Value* named(std::string_view section, std::string_view name) const {
    const Value* all = root_.find(section);
    return all != nullptr ? all->find(name) : nullptr;
  }

  const Value& root_;
};

// The template by which daemons would have accounts of their own, and who shares them without it.
struct Apart {
  std::string_view name;
  std::string sharers;
};

std::vector<Apart> needed(const Instance& instance) {
  std::vector<Apart> all;
  if (!instance.shard.is_whole())
    all.push_back({"shard", fmt::format("the {} shards share it", instance.shard.count)});
  if (!instance.location.empty()) all.push_back({"location", "the locations share it"});
  return all;
}

}  // namespace

void warn_of_shared_accounts(const Value& root, const Instance& instance,
                             config::Mistakes& mistakes) {
  const Value* probes = root.find("probes");
  const auto apart = needed(instance);
  if (probes == nullptr || apart.empty()) return;
  const Probes all(root);
  std::set<std::string> warned;
  for (const auto& entry : probes->entries) {
    const std::string why = all.reason(entry.value);
    if (why.empty()) continue;
    for (const auto& [path, identity] : all.identities(entry.value))
      for (const Apart& one : apart)
        if (!sets_apart(*identity, one.name) && warned.insert(path + one.sharers).second)
          mistakes.warn(identity->place, path,
                        fmt::format("{}, and the probe '{}' {}; give each an account of its own: "
                                    "write {{{{{}}}}} in the field that names the user",
                                    one.sharers, entry.name, why, one.name));
  }
}

}  // namespace sonde::app
