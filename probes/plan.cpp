#include "probes/plan.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "config/schema.hpp"
#include "probes/auth/signature.hpp"
#include "probes/kinds.hpp"
#include "probes/text/digest.hpp"

namespace sonde {
namespace {

using config::Reader;
using config::Value;

// A name that stands for something elsewhere in the file; a mistake if there is no such thing.
template <class T>
const T* find_named(const std::map<std::string, T>& all, const Said& said,
                    const Value::Entry& probe, const Reader& reader) {
  if (auto found = all.find(said.name); found != all.end()) return &found->second;
  std::vector<std::string_view> names;
  names.reserve(all.size());
  for (const auto& [known, value] : all) names.push_back(known);
  const std::string_view near = config::nearest(said.name, names);
  reader.at(said.key).wrong(
      said.place.line > 0 ? said.place : probe.place,
      "there is no '" + said.name + "'" +
          (near.empty() ? "" : "; did you mean '" + std::string(near) + "'?"));
  return nullptr;
}

// What a probe's key says; without a place, its defaults say it.
Said say(const Value& probe, std::string_view key, std::string name) {
  const Value* at = probe.find(key);
  return {std::move(name), key, at != nullptr ? at->place : config::Place{}};
}

// What a fingerprint is made of: the text of every part of the file that shapes the check.
std::string part(const Value& root, std::string_view section, const std::string& name) {
  const Value* all = root.find(section);
  const Value* one = all != nullptr && !name.empty() ? all->find(name) : nullptr;
  return one != nullptr ? config::to_json(*one, false) : "";
}

// The dialect of the file that a probe speaks, and those that it extends.
std::string dialect_parts(const Value& root, const Value& probe) {
  std::string all;
  const Value* own = root.find("dialects");
  const Value* name = probe.find("dialect");
  // What extends itself was told before; no chain is longer than the file has dialects.
  for (std::size_t left = own != nullptr ? own->entries.size() : 0; name != nullptr && left > 0;
       --left) {
    const Value* dialect = own->find(name->text);
    all += part(root, "dialects", name->text);
    name = dialect != nullptr ? dialect->find("extends") : nullptr;
  }
  return all;
}

// Reads one entry of `probes:` and binds it to each of its targets.
class Binder {
 public:
  Binder(const PlanFile& file, const Value& root, const Value::Entry& entry, Reader reader)
      : file_(file), root_(root), entry_(entry), reader_(std::move(reader)) {}

  void bind(std::vector<std::shared_ptr<const Check>>& checks);

 private:
  const Kind* read_kind() const;
  std::optional<Draft> read_draft(const Kind& kind) const;
  bool complete(const Draft& draft) const;
  bool add_login(const Draft& draft, const Whom& whom, Site& site) const;
  bool add_identity(const Whom& whom, Site& site) const;
  bool names_known(const Kind& kind, const text::Needs& needs, const Site& site) const;
  std::shared_ptr<Site> make_site(const Kind& kind, const Draft& draft, const Whom& whom,
                                  const std::string& target) const;
  std::shared_ptr<const Site> make_sites(const Kind& kind, const Draft& draft,
                                         const std::string& target) const;
  auth::Account account_of(const Whom& whom, const std::string& target) const;
  std::string fingerprint(const Draft& draft, const std::string& target) const;
  std::shared_ptr<const Check> make_check(const Kind& kind, const Draft& draft,
                                          std::shared_ptr<const Site> site) const;

  const PlanFile& file_;
  const Value& root_;
  const Value::Entry& entry_;
  Reader reader_;
};

// {{login.NAME}} of a login that captures it.
bool given(const auth::Login& login, std::string_view name) {
  constexpr std::string_view prefix = "login.";
  const auto names = login.gives();
  return name.starts_with(prefix) &&
         std::ranges::find(names, name.substr(prefix.size())) != names.end();
}

const Kind* Binder::read_kind() const {
  if (!config::expect(entry_.value, reader_, Value::Kind::map)) return nullptr;
  const Value* written = entry_.value.find("kind");
  if (written == nullptr) {
    reader_.wrong(entry_.place, "the key 'kind' is missing: what the probe asks");
    return nullptr;
  }
  std::vector<std::string_view> names;
  names.reserve(kinds().size());
  for (const auto& kind : kinds()) names.push_back(kind.name);
  const auto index = config::read_name(*written, reader_.at("kind"), names);
  return index ? &kinds()[*index] : nullptr;
}

std::optional<Draft> Binder::read_draft(const Kind& kind) const {
  Layers layers{.common = file_.defaults, .socket = nullptr, .dialects = file_.dialects};
  if (const Value* socket = entry_.value.find("socket")) {
    layers.socket =
        find_named(file_.sockets, {socket->text, "socket", socket->place}, entry_, reader_);
    if (layers.socket == nullptr) return std::nullopt;
  }
  return kind.read(entry_.value, reader_, layers);
}

bool Binder::complete(const Draft& draft) const {
  if (draft.has_socket && draft.url.empty()) {
    reader_.wrong(entry_.place, "the key 'url' is missing, here or in a socket that it names");
    return false;
  }
  if (draft.common.timeout > draft.common.every && draft.common.in_flight == 1)
    reader_.warn(entry_.place, "its timeout (" + config::show(draft.common.timeout) +
                                   ") is longer than every (" + config::show(draft.common.every) +
                                   "); slow runs will skip beats");
  return true;
}

bool Binder::add_login(const Draft& draft, const Whom& whom, Site& site) const {
  const bool wanted =
      std::ranges::any_of(draft.needs.all, [](const auto& need) { return need.name == "token"; });
  if (!wanted) return true;
  if (whom.login.name.empty()) {
    reader_.wrong(entry_.place, "it needs a token, so name a login: 'login', here or in defaults");
    return false;
  }
  const auto* login = find_named(file_.logins, whom.login, entry_, reader_);
  if (login == nullptr) return false;
  site.login = *login;
  if (!site.login) return false;  // what is wrong with it was told
  if (site.login->gives_token() || !draft.has_socket) return true;
  reader_.wrong(entry_.place,
                "the login '" + whom.login.name + "' gives no token, and its socket carries one");
  return false;
}

// The target's own identities come first; a probe that names none may still need none.
bool Binder::add_identity(const Whom& whom, Site& site) const {
  site.identity_name = whom.as.name;
  if (site.identity_name.empty()) return true;
  auto own = site.target.identities.find(site.identity_name);
  if (own != site.target.identities.end()) {
    site.identity = own->second;
    return true;
  }
  const auto* common = find_named(file_.identities, whom.as, entry_, reader_);
  if (common != nullptr) site.identity = *common;
  return common != nullptr;
}

bool Binder::names_known(const Kind& kind, const text::Needs& needs, const Site& site) const {
  bool good = true;
  for (const auto& need : needs.all) {
    if (site.knows(need.name) || (site.login && given(*site.login, need.name)) ||
        std::ranges::find(kind.run_names, need.name) != kind.run_names.end())
      continue;
    reader_.wrong(need.place.line > 0 ? need.place : entry_.place,
                  "{{" + need.name + "}} is not known on target '" + site.target_name + "'" +
                      (need.name.starts_with("identity.") && site.identity_name.empty()
                           ? "; name an identity: 'as', here or in defaults"
                           : ""));
    good = false;
  }
  return good;
}

std::shared_ptr<Site> Binder::make_site(const Kind& kind, const Draft& draft, const Whom& whom,
                                        const std::string& target) const {
  const Said said = say(entry_.value, "target", target);
  const Target* place = find_named(file_.targets, said, entry_, reader_);
  if (place == nullptr) return nullptr;
  auto site = std::make_shared<Site>();
  site->target_name = target;
  site->target = *place;
  site->location = file_.location;
  if (!add_login(draft, whom, *site) || !add_identity(whom, *site)) return nullptr;
  site->account = account_of(whom, target);
  text::Needs needs = draft.needs;
  if (site->login) site->login->needs(needs);
  if (!names_known(kind, needs, *site)) return nullptr;
  site->prepare(needs);
  return site;
}

// As whom the probe runs, and as whom besides.
std::shared_ptr<const Site> Binder::make_sites(const Kind& kind, const Draft& draft,
                                               const std::string& target) const {
  const Whom self{.as = say(entry_.value, "as", draft.common.as),
                  .login = say(entry_.value, "login", draft.common.login)};
  auto site = make_site(kind, draft, self, target);
  if (site == nullptr) return nullptr;
  for (const Whom& whom : draft.others) {
    auto other = make_site(kind, draft, whom, target);
    if (other == nullptr) return nullptr;
    site->others.push_back(std::move(other));
  }
  if (draft.vet) draft.vet(*site, reader_, entry_.place);
  return site;
}

// What shapes a login, and not the probe that logs in.
auth::Account Binder::account_of(const Whom& whom, const std::string& target) const {
  const std::string& login = whom.login.name;
  const std::string& identity = whom.as.name;
  return {.target = target,
          .login = login,
          .identity = identity,
          .version = text::hex(auth::sha256(part(root_, "targets", target) +
                                            part(root_, "identities", identity) +
                                            part(root_, "logins", login) + file_.location))
                         .substr(0, 16)};
}

std::string Binder::fingerprint(const Draft& draft, const std::string& target) const {
  const Value* socket = entry_.value.find("socket");
  const Value* defaults = root_.find("defaults");
  std::string others;
  for (const Whom& whom : draft.others)
    others += part(root_, "identities", whom.as.name) + part(root_, "logins", whom.login.name);
  return text::sha256(config::to_json(entry_.value, false) + part(root_, "targets", target) +
                      others + part(root_, "identities", draft.common.as) +
                      part(root_, "logins", draft.common.login) +
                      part(root_, "sockets", socket != nullptr ? socket->text : "") +
                      dialect_parts(root_, entry_.value) + file_.location +
                      (defaults != nullptr ? config::to_json(*defaults, false) : ""));
}

std::shared_ptr<const Check> Binder::make_check(const Kind& kind, const Draft& draft,
                                                std::shared_ptr<const Site> site) const {
  auto check = std::make_shared<Check>();
  check->name = entry_.name;
  check->kind = kind.name;
  check->target = site->target_name;
  check->every = draft.common.every;
  check->timeout = draft.common.timeout;
  check->retries = draft.common.retry.max;
  check->in_flight_max = draft.common.in_flight;
  check->refusals_every = draft.common.negative_auth_min_interval;
  check->diagnose = draft.common.diagnose;
  check->steps = kind.steps;
  check->events = draft.events;
  check->fingerprint = fingerprint(draft, site->target_name);
  check->make = [make = draft.make, site](Shared& shared) { return make(site, shared); };
  return check;
}

void Binder::bind(std::vector<std::shared_ptr<const Check>>& checks) {
  const Kind* kind = read_kind();
  if (kind == nullptr) return;
  const auto draft = read_draft(*kind);
  if (!draft || !complete(*draft)) return;
  for (const auto& target : draft->heading.target)
    if (auto site = make_sites(*kind, *draft, target))
      checks.push_back(make_check(*kind, *draft, std::move(site)));
}

}  // namespace

std::vector<std::shared_ptr<const Check>> make_checks(const PlanFile& file, const Value& root,
                                                      config::Mistakes& mistakes) {
  std::vector<std::shared_ptr<const Check>> checks;
  const Reader reader(mistakes);
  for (const auto& entry : file.probes.value.entries)
    Binder(file, root, entry, reader.at("probes").at(entry.name)).bind(checks);
  return checks;
}

}  // namespace sonde
