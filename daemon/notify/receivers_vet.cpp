#include <algorithm>
#include <set>

#include "daemon/notify/receivers.hpp"

namespace sonde::notify {
namespace {

using Names = std::set<std::string, std::less<>>;

// One list of a `when`, and where it is written.
struct List {
  const std::vector<std::string>& names;
  std::string_view key;  // target, alert
  std::string_view thing;
};

// A list that names what there is not would match nothing, and somebody sleep on.
void vet(const List& list, const Names& known, const config::Value& when,
         const config::Reader& reader) {
  const config::Value* written = when.find(list.key);
  for (const auto& name : list.names) {
    if (written == nullptr || known.contains(name)) continue;
    reader.at(list.key).wrong(written->place,
                              config::no_such(list.thing, name, {known.begin(), known.end()}));
  }
}

Names targets_of(std::span<const std::shared_ptr<const Check>> checks) {
  Names names;
  for (const auto& check : checks) names.insert(check->target);
  return names;
}

}  // namespace

void vet_receivers(const std::vector<ReceiverEntry>& entries,
                   std::span<const std::shared_ptr<const Check>> checks,
                   const std::vector<std::string>& alerts, const config::Value& receivers,
                   const config::Reader& reader) {
  const Names targets = targets_of(checks);
  const Names names(alerts.begin(), alerts.end());
  for (const auto& entry : entries) {
    const config::Value* value = receivers.find(entry.name);
    const config::Value* written = value != nullptr ? value->find("when") : nullptr;
    if (written == nullptr) continue;
    const config::Reader at = reader.at(entry.name).at("when");
    const When& when = entry.routing.when;
    vet({when.target, "target", "probe of the target"}, targets, *written, at);
    vet({when.alert, "alert", "alert"}, names, *written, at);
  }
}

}  // namespace sonde::notify
