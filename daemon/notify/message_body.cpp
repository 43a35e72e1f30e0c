#include "daemon/notify/message_body.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "daemon/core/alert_json.hpp"
#include "daemon/core/format.hpp"
#include "daemon/notify/message_text.hpp"
#include "probes/text/json.hpp"

namespace sonde::notify {
namespace {

constexpr std::size_t body_text_max = 16UL * 1024;
constexpr std::size_t body_title_max = 500;
constexpr std::string_view labels_prefix = "labels.";
constexpr std::string_view annotations_prefix = "annotations.";
constexpr std::string_view secrets_prefix = "secrets.";

struct BodyName {
  MessageBody::Name name;
  std::string (*text)(const Message& message);
};

const Alert& first(const Message& message) { return message.alerts.front(); }

std::string rendered_end(const Message& message) {
  const auto& ended = first(message).ended;
  return ended ? as_rfc3339(*ended) : "";
}

// One row for each name. The first alert is the worst one that leads the message.
constexpr std::array<BodyName, 15> body_names = {{
    {{"title", "such as `FIRING staging (2 alerts)`; RECOVERING while alerts are only kept firing"},
     [](const Message& m) { return title_of(m, body_title_max); }},
    {{"text", "every alert in a few lines, at most 16 KB"},
     [](const Message& m) { return text_of(m, body_text_max); }},
    {{"status", "firing, or resolved once every alert has ended"},
     [](const Message& m) { return std::string(firing(m) ? "firing" : "resolved"); }},
    {{"severity", "of the worst alert that the message is about: critical, warning or info"},
     [](const Message& m) { return std::string(name(severity_of(m))); }},
    {{"target", "the target; empty if an alert is about the daemon itself"},
     [](const Message& m) { return value_of(m.group, "target"); }},
    {{"summary", "the first alert in one line"},
     [](const Message& m) { return summary_of(first(m)); }},
    {{"alertname", "the name of the first alert"},
     [](const Message& m) { return name_of(first(m)); }},
    {{"starts", "when the first alert began, as 2026-01-02T03:04:05.000Z"},
     [](const Message& m) { return as_rfc3339(first(m).starts); }},
    {{"ends", "when the first alert ended; empty while it fires"}, rendered_end},
    {{"incident", "the id of the incident: the same in every message about it"}, incident_id},
    {{"count", "how many alerts the message has"},
     [](const Message& m) { return std::to_string(m.alerts.size()); }},
    {{"receiver", "the receiver's name"}, [](const Message& m) { return m.receiver; }},
    {{"url", "the page of the first alert"}, [](const Message& m) { return first(m).source_url; }},
    {{"runbook", "the URL of the first alert's runbook"},
     [](const Message& m) { return value_of(first(m).annotations, "runbook_url"); }},
    {{"evidence", "the URL of the page that proves it: the newest failed run, or the probe"},
     [](const Message& m) { return value_of(first(m).annotations, "evidence_url"); }},
}};

}  // namespace

std::vector<MessageBody::Name> MessageBody::names() {
  std::vector<Name> all;
  all.reserve(body_names.size());
  for (const auto& row : body_names) all.push_back(row.name);
  return all;
}

std::expected<std::string, std::string> MessageBody::render(const Message& message,
                                                            const Secrets& secrets) const {
  text::Names names;
  for (const auto& [name, text] : secrets) names.set(std::string(secrets_prefix) + name, text);
  for (const auto& row : body_names) names.set(std::string(row.name.name), row.text(message));
  for (const auto& needed : tree_.names()) {
    const Alert& alert = first(message);
    if (needed.starts_with(labels_prefix))
      names.set(needed, value_of(alert.labels, needed.substr(labels_prefix.size())));
    else if (needed.starts_with(annotations_prefix))
      names.set(needed, value_of(alert.annotations, needed.substr(annotations_prefix.size())));
  }
  return tree_.render_plain(names);
}

bool MessageBody::stays_json() const {
  text::Names names;
  const auto render_with = [&](const std::string& text) {
    for (const auto& needed : tree_.names()) names.set(needed, text);
    return tree_.render_plain(names);
  };
  const auto hostile = render_with("1\"\\\n");
  const auto plain = render_with("1");
  // A template that is no JSON with any text is reported by the service.
  return !hostile || !plain || !text::Document::parse(*plain) || text::Document::parse(*hostile);
}

std::vector<std::string> MessageBody::secrets_used() const {
  std::vector<std::string> all;
  for (const auto& name : tree_.names())
    if (name.starts_with(secrets_prefix)) all.push_back(name.substr(secrets_prefix.size()));
  return all;
}

}  // namespace sonde::notify

namespace sonde::config {

bool Codec<notify::MessageBody>::read(const Value& value, const Reader& reader, const Rule& rule,
                                      notify::MessageBody& out) {
  if (!Codec<text::Tree>::read(value, reader, rule, out.tree_)) return false;
  bool good = true;
  for (const auto& name : out.tree_.names()) {
    if (name.starts_with(notify::labels_prefix) || name.starts_with(notify::annotations_prefix) ||
        name.starts_with(notify::secrets_prefix))
      continue;
    std::vector<std::string_view> known;
    for (const auto& row : notify::MessageBody::names()) known.push_back(row.name);
    if (std::ranges::find(known, name) != known.end()) continue;
    reader.wrong(value.place, no_such("value of a message", name, known));
    good = false;
  }
  return good;
}

}  // namespace sonde::config
