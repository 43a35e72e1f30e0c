#include "daemon/web/incident_feed.hpp"

#include <fmt/format.h>

#include "daemon/core/alert_json.hpp"
#include "daemon/core/format.hpp"
#include "daemon/web/json_object.hpp"
#include "probes/text/encode.hpp"
#include "probes/text/printable.hpp"

namespace sonde::web {
namespace {

constexpr std::size_t feed_text_max = 500;  // characters of a text from outside

std::string shown(std::string_view text) { return text::printable(text, true, feed_text_max); }
// printable() leaves no character that XML forbids.
std::string xml(std::string_view text) { return text::markup_escape(text, "&<>\"'"); }

std::string feed_id(const IncidentFeed& feed) {
  return "urn:sonde:incidents:" + text::percent_encode(feed.target);
}
std::string entry_id(const IncidentRecord& incident) { return "urn:sonde:incident:" + incident.id; }
std::string entry_url(const IncidentFeed& feed, const IncidentRecord& incident) {
  return feed.external_url + "/incidents#" + incident.id;
}
std::string feed_url(const IncidentFeed& feed, std::string_view kind) {
  return fmt::format("{}/feeds/{}.{}", feed.external_url, text::percent_encode(feed.target), kind);
}

std::string title_of(const IncidentRecord& incident) {
  return fmt::format("{}: {}", incident.ended ? "Ended" : "Open", shown(incident.lead().summary));
}

// A line for the incident, and one for each alert.
std::string text_of(const IncidentRecord& incident) {
  std::string text = "Since " + as_utc(incident.starts);
  if (incident.ended) text += ", until " + as_utc(*incident.ended);
  for (const AlertRecord& alert : incident.alerts)
    text += fmt::format("\n{} ({}{}): {}", shown(value_of(alert.labels, "alertname")),
                        shown(value_of(alert.labels, "severity")), alert.ended ? ", ended" : "",
                        shown(alert.summary));
  return text;
}

WallTime changed(const IncidentFeed& feed) {
  WallTime at{};
  for (const IncidentRecord& incident : feed.incidents) at = std::max(at, incident.changed());
  return at;
}

std::string atom_entry(const IncidentFeed& feed, const IncidentRecord& incident) {
  return fmt::format(
      "  <entry>\n    <id>{}</id>\n    <title>{}</title>\n    <published>{}</published>\n"
      "    <updated>{}</updated>\n    <link rel=\"alternate\" href=\"{}\"/>\n"
      "    <category term=\"{}\"/>\n    <content type=\"text\">{}</content>\n  </entry>\n",
      entry_id(incident), xml(title_of(incident)), as_rfc3339(incident.starts),
      as_rfc3339(incident.changed()), xml(entry_url(feed, incident)), xml(name(incident.severity)),
      xml(text_of(incident)));
}

std::string json_entry(const IncidentFeed& feed, const IncidentRecord& incident) {
  return JsonObject()
      .text("id", entry_id(incident))
      .text("url", entry_url(feed, incident))
      .text("title", title_of(incident))
      .text("content_text", text_of(incident))
      .text("date_published", as_rfc3339(incident.starts))
      .text("date_modified", as_rfc3339(incident.changed()))
      .raw("tags", json_texts({std::string(name(incident.severity))}))
      .done();
}

}  // namespace

std::string as_atom(const IncidentFeed& feed) {
  std::string entries;
  for (const IncidentRecord& incident : feed.incidents) entries += atom_entry(feed, incident);
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n"
      "  <id>{}</id>\n  <title>Incidents of {}</title>\n  <updated>{}</updated>\n"
      "  <author><name>Sonde</name></author>\n  <link rel=\"self\" href=\"{}\"/>\n{}</feed>\n",
      xml(feed_id(feed)), xml(shown(feed.target)), as_rfc3339(changed(feed)),
      xml(feed_url(feed, "atom")), entries);
}

std::string as_json_feed(const IncidentFeed& feed) {
  const auto entry = [&](const IncidentRecord& incident) { return json_entry(feed, incident); };
  JsonObject object;
  object.text("version", "https://jsonfeed.org/version/1.1");
  object.text("title", "Incidents of " + shown(feed.target));
  if (!feed.external_url.empty()) {
    object.text("home_page_url", feed.external_url + "/");
    object.text("feed_url", feed_url(feed, "json"));
  }
  return object.raw("items", json_list(feed.incidents, entry)).done();
}

}  // namespace sonde::web
