#include "daemon/notify/receivers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "daemon/core/alert_json.hpp"
#include "daemon/notify/alertmanager.hpp"
#include "daemon/notify/email.hpp"
#include "daemon/notify/ntfy.hpp"
#include "daemon/notify/opsgenie.hpp"
#include "daemon/notify/pagerduty.hpp"
#include "daemon/notify/slack.hpp"
#include "daemon/notify/teams.hpp"
#include "daemon/notify/telegram.hpp"
#include "daemon/notify/webhook.hpp"
#include "probes/net/http/http_request.hpp"

namespace sonde::notify {
namespace {

using config::Reader;
using config::Value;

template <class S>
const config::Section<S>& section() {
  return config::section<S>();
}

// Reports settings that contradict each other; a kind that has such has a function of its own.
template <class S>
bool vet(const S& /*settings*/, const Value& /*value*/, const Reader& /*reader*/) {
  return true;
}

template <class S>
std::vector<std::shared_ptr<const Receiver>> read(const Value& value, const Reader& reader) {
  S settings;
  if (!section<S>().read(value, reader, settings) || !vet(settings, value, reader)) return {};
  return make_receivers(std::move(settings));
}

template <class S>
ReceiverKind kind(std::string_view name, std::string_view help) {
  return {name, help, read<S>, [] { return section<S>().schema(); },
          [](const std::string& prefix) { return section<S>().table(prefix); }};
}

// An empty list contains everything.
template <class T>
bool holds(const std::vector<T>& list, const T& wanted) {
  return list.empty() || std::ranges::find(list, wanted) != list.end();
}

}  // namespace

// One row for each kind; no other code lists them.
std::span<const ReceiverKind> receiver_kinds() {
  static const std::vector<ReceiverKind> table = {
      kind<AlertmanagerSettings>("alertmanager", "Alertmanagers, by their API v2."),
      kind<WebhookSettings>("webhook",
                            "What takes Alertmanager's webhook body, or one that you write."),
      kind<SlackSettings>("slack", "A Slack incoming webhook."),
      kind<PagerDutySettings>("pagerduty", "PagerDuty's Events API v2."),
      kind<EmailSettings>("email", "E-mail, by SMTP; each recipient gets messages of its own."),
      kind<TeamsSettings>("teams", "A Microsoft Teams workflow."),
      kind<OpsgenieSettings>("opsgenie", "Opsgenie's Alert API v2."),
      kind<TelegramSettings>("telegram", "A Telegram chat, by a bot."),
      kind<NtfySettings>("ntfy", "A topic of ntfy."),
  };
  return table;
}

const config::Section<When>& section_of(const When*) {
  static const auto keys =
      config::Section<When>()
          .key("target", &When::target, "Alerts of these targets.", {.max = 1000})
          .key("severity", &When::severity, "Alerts of these severities.", {.max = 3})
          .key("alert", &When::alert, "These alerts, by name.", {.max = 1000});
  return keys;
}

bool matches(const When& when, const Alert& alert) {
  return holds(when.target, alert.target) && holds(when.severity, alert.severity) &&
         holds(when.alert, name_of(alert));
}

const config::Section<Routing>& section_of(const Routing*) {
  static const auto keys =
      config::Section<Routing>()
          .key("when", &Routing::when, "Which alerts it gets; every list has to match.")
          .also(&Routing::grouping, section<Grouping>());
  return keys;
}

}  // namespace sonde::notify

namespace sonde::config {
namespace {

using notify::ReceiverKind;

std::vector<std::string_view> kind_names() {
  std::vector<std::string_view> names;
  for (const auto& kind : notify::receiver_kinds()) names.push_back(kind.name);
  return names;
}

std::string listed(const std::vector<std::string_view>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

const notify::ReceiverKind* kind_named(std::string_view name) {
  const auto found = std::ranges::find(notify::receiver_kinds(), name, &notify::ReceiverKind::name);
  return found == notify::receiver_kinds().end() ? nullptr : &*found;
}

// The entry whose key names the kind; null: none, or several, which was reported.
const Value::Entry* kind_entry(const Value& value, const Reader& reader) {
  const Value::Entry* found = nullptr;
  for (const auto& entry : value.entries) {
    if (!kind_named(entry.name)) continue;
    if (found != nullptr) {
      reader.at(entry.name)
          .wrong(entry.place, "a receiver is of one kind, and this one already " +
                                  ("has '" + found->name + "'"));
      return nullptr;
    }
    found = &entry;
  }
  if (found == nullptr)
    reader.wrong(value.place, "a receiver needs one of: " + listed(kind_names()));
  return found;
}

// Reads all keys except the kind's.
bool read_routing(const Value& value, const Reader& reader, notify::Routing& out) {
  const auto& keys = section<notify::Routing>();
  std::vector<std::string_view> names = keys.names();
  for (auto name : kind_names()) names.push_back(name);
  bool good = keys.read_known(value, reader, out);
  for (const auto& entry : value.entries) {
    if (std::ranges::find(names, entry.name) != names.end()) continue;
    tell_unknown(entry, reader, names);
    good = false;
  }
  return good;
}

// An Alertmanager groups by itself, so grouping keys have no effect.
bool refuse_grouping(const Value& value, const Reader& reader) {
  bool good = true;
  for (auto name : section<notify::Grouping>().names()) {
    const Value* written = value.find(name);
    if (written == nullptr) continue;
    reader.at(name).wrong(written->place, "an Alertmanager groups and repeats by its own routes");
    good = false;
  }
  return good;
}

bool read_entry(const Value& value, const Reader& reader, notify::ReceiverEntry& out) {
  if (!expect(value, reader, Value::Kind::map)) return false;
  bool good = read_routing(value, reader, out.routing);
  const Value::Entry* kind = kind_entry(value, reader);
  if (kind == nullptr) return false;
  out.places = kind_named(kind->name)->read(kind->value, reader.at(kind->name));
  if (!out.places.empty() && out.places.front()->keeps_state())
    good &= refuse_grouping(value, reader);
  return good && !out.places.empty();
}

Value schema_of(const notify::ReceiverKind& kind) {
  Value keys = section<notify::Routing>().schema();
  for (auto& entry : keys.entries)
    if (entry.name == "properties")
      entry.value.entries.push_back({std::string(kind.name), {}, kind.schema()});
  keys.entries.push_back({"required", {}, list({scalar(kind.name)})});
  return keys;
}

constexpr std::size_t entries_max = 50;

}  // namespace

bool Codec<notify::ReceiverEntries>::read(const Value& value, const Reader& reader, const Rule&,
                                          notify::ReceiverEntries& out) {
  if (!expect(value, reader, Value::Kind::map)) return false;
  bool good = value.entries.size() <= entries_max;
  if (!good) reader.wrong(value.place, fmt::format("at most {} receivers", entries_max));
  for (const auto& entry : value.entries) {
    notify::ReceiverEntry made{.name = entry.name, .routing = {}, .places = {}};
    good &= read_free_name(entry, reader.at(entry.name), {.filled = true});
    good &= read_entry(entry.value, reader.at(entry.name), made);
    out.all.push_back(std::move(made));
  }
  return good;
}

Value Codec<notify::ReceiverEntries>::schema(const Rule&) {
  std::vector<Value> choices;
  for (const auto& kind : notify::receiver_kinds()) choices.push_back(schema_of(kind));
  return schema_named(schema_any_of(std::move(choices)));
}

std::vector<KeyRow> Rows<notify::ReceiverEntries>::below(const std::string& prefix,
                                                         const notify::ReceiverEntries&) {
  auto rows = section<notify::Routing>().table(prefix + ".NAME");
  for (const auto& kind : notify::receiver_kinds()) {
    const std::string path = fmt::format("{}.NAME.{}", prefix, kind.name);
    rows.push_back({path, "mapping", "", std::string(kind.help)});
    for (auto& row : kind.table(path)) rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace sonde::config

namespace sonde::notify {
namespace {

using Names = std::set<std::string, std::less<>>;

// A list of a `when`, and its place.
struct List {
  const std::vector<std::string>& names;
  std::string_view key;  // target, alert
  std::string_view thing;
};

// A list with unknown names would match nothing, and the alerts would be lost.
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

void vet_headers(const config::Value& request, const config::Reader& reader) {
  const config::Value* headers = request.find("headers");
  if (headers == nullptr) return;
  for (const auto& [name, place, value] : headers->entries)
    if (auto wrong = net::header_mistake(name, value.text); !wrong.empty())
      reader.at("headers").wrong(place, wrong);
}

void vet_receivers(const std::vector<ReceiverEntry>& entries,
                   std::span<const std::shared_ptr<const Check>> checks,
                   const std::vector<std::string>& alerts, const config::Value& receivers,
                   const config::Reader& reader) {
  const Names targets = targets_of(checks);
  const Names names(alerts.begin(), alerts.end());
  for (const auto& entry : entries) {
    const config::Value* value = receivers.find(entry.name);
    if (value == nullptr) continue;
    for (const auto& kind : value->entries)
      vet_headers(kind.value, reader.at(entry.name).at(kind.name));
    const config::Value* written = value != nullptr ? value->find("when") : nullptr;
    if (written == nullptr) continue;
    const config::Reader at = reader.at(entry.name).at("when");
    const When& when = entry.routing.when;
    vet({when.target, "target", "probe of the target"}, targets, *written, at);
    vet({when.alert, "alert", "alert"}, names, *written, at);
  }
}

}  // namespace sonde::notify
