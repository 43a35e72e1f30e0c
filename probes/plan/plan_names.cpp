#include "probes/plan/plan_names.hpp"

#include <algorithm>
#include <utility>

#include "config/mistake.hpp"

namespace sonde::plan {
namespace {

using config::Place;
using config::Value;

// One name or a list of names; other values are reported by the reader.
std::vector<session::ConfigRef> written(const Value& probe, std::string_view key) {
  std::vector<session::ConfigRef> all;
  const Value* value = probe.find(key);
  if (value == nullptr) return all;
  const auto add = [&](const Value& one) {
    if (one.kind == Value::Kind::scalar) all.push_back({one.text, key, one.place});
  };
  add(*value);
  std::ranges::for_each(value->items, add);
  return all;
}

template <class T>
void tell_of(const std::map<std::string, T>& all, const std::vector<session::ConfigRef>& names,
             const config::Reader& reader) {
  for (const session::ConfigRef& ref : names) find_named(all, ref, reader, ref.place);
}

// The target's own identities take precedence over those of the file.
void tell_of_identities(const PlanFile& file, const std::string& target,
                        const std::vector<session::ConfigRef>& names,
                        const config::Reader& reader) {
  const auto found = file.targets.find(target);
  if (found == file.targets.end()) return;
  for (const session::ConfigRef& ref : names)
    if (!found->second.identities.contains(ref.name))
      find_named(file.identities, ref, reader, ref.place);
}

}  // namespace

void tell_unknown(const session::ConfigRef& ref, const std::vector<std::string_view>& known,
                  const config::Reader& reader, const Place& otherwise) {
  const config::Reader at =
      ref.by_default ? config::Reader(reader.mistakes()).at("defaults") : reader;
  at.at(ref.key).wrong(ref.place.line > 0 ? ref.place : otherwise,
                       config::no_such("", ref.name, known));
}

session::ConfigRef say(const Value& root, const Value& probe, std::string_view key,
                       std::string name) {
  if (const Value* own = probe.find(key)) return {std::move(name), key, own->place};
  const Value* defaults = root.find("defaults");
  const Value* common = defaults != nullptr ? defaults->find(key) : nullptr;
  if (common == nullptr) return {std::move(name), key, {}};
  return {std::move(name), key, common->place, true};
}

void tell_unknown_names(const PlanFile& file, const Value::Entry& probe,
                        const config::Reader& reader) {
  const auto targets = written(probe.value, "target");
  const auto identities = written(probe.value, "as");
  tell_of(file.targets, targets, reader);
  tell_of(file.sockets, written(probe.value, "socket"), reader);
  tell_of(file.logins, written(probe.value, "login"), reader);
  for (const session::ConfigRef& target : targets)
    tell_of_identities(file, target.name, identities, reader);
}

}  // namespace sonde::plan
