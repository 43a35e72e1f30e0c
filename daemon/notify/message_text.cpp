#include "daemon/notify/message_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "daemon/core/alert_json.hpp"
#include "daemon/core/format.hpp"
#include "probes/text/encode.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::notify {
namespace {

constexpr std::size_t shown_link_max = 2000;
constexpr std::size_t shown_name_max = 200;
constexpr std::size_t shown_summary_max = 1000;
constexpr std::size_t rest_room = 40;  // for "and 1234 more"

std::ptrdiff_t firing_count(const Message& message) {
  return std::ranges::count_if(message.alerts, [](const Alert& alert) { return !alert.ended; });
}

// The firing alerts that head and grade the message.
std::span<const Alert> leading(const Message& message) {
  const auto fires = static_cast<std::size_t>(firing_count(message));
  return std::span(message.alerts).first(fires - std::min(fires, message.aside));
}

// Of those that are set aside.
std::ptrdiff_t acknowledged_count(const Message& message) {
  const auto aside = std::span(message.alerts).subspan(leading(message).size());
  return std::ranges::count_if(aside.first(std::min(aside.size(), message.aside)),
                               &Alert::acknowledged);
}

}  // namespace

std::string_view status_word(const Message& message) {
  if (!firing(message)) return "RESOLVED";
  const bool recovers = std::ranges::all_of(
      message.alerts, [](const Alert& alert) { return alert.ended || !alert.failed.empty(); });
  return recovers ? "RECOVERING" : "FIRING";
}

std::string_view subject_of(const Message& message) {
  const std::string& target = value_of(message.group, "target");
  return target.empty() ? message.receiver : target;
}

std::string counts_of(const Message& message) {
  const auto fires = firing_count(message);
  if (fires == 0) return "";
  const auto ended = std::ssize(message.alerts) - fires;
  const auto looked_after = acknowledged_count(message);
  std::string also;
  if (looked_after > 0) also += fmt::format(", {} acknowledged", looked_after);
  if (ended > 0) also += fmt::format(", {} resolved", ended);
  const auto open = fires - looked_after;
  return fmt::format(" ({} alert{}{})", open, open == 1 ? "" : "s", also);
}

std::string title_of(const Message& message, std::size_t bytes_max) {
  return text::shorten(
      fmt::format("{} {}{}", status_word(message),
                  text::shorten(subject_of(message), shown_name_max), counts_of(message)),
      bytes_max);
}

std::string headline_of(const Message& message) {
  const Alert& first = message.alerts.front();
  if (first.ended || first.failed.empty()) return summary_of(first);
  return status_word(message) == "RECOVERING" ? first.failed : "recovering: " + first.failed;
}

std::vector<std::pair<std::string_view, std::string>> links_of(const Alert& alert) {
  std::vector<std::pair<std::string_view, std::string>> all;
  const auto add = [&](std::string_view label, const std::string& url) {
    if (!url.empty() && url.size() <= shown_link_max) all.emplace_back(label, url);
  };
  add("Runbook", value_of(alert.annotations, "runbook_url"));
  add("Evidence", value_of(alert.annotations, "evidence_url"));
  add("Alert", alert.source_url);
  return all;
}

std::string acknowledged_line(const Alert& alert) {
  const auto& by = value_of(alert.annotations, "acknowledged");
  if (!by.empty()) return "acknowledged " + by;
  return alert.acknowledged ? "acknowledged" : "";
}

std::string paragraph_of(const Alert& alert) {
  std::string text =
      fmt::format("{} ({}{}): {}\nsince {}", text::shorten(name_of(alert), shown_name_max),
                  name(alert.severity), alert.ended ? ", resolved" : "",
                  text::shorten(summary_of(alert), shown_summary_max), as_utc(alert.starts));
  if (alert.ended) text += " until " + as_utc(*alert.ended);
  if (const std::string line = acknowledged_line(alert); !line.empty())
    text += "\n" + text::shorten(line, shown_summary_max);
  for (const auto& [label, url] : links_of(alert)) text += fmt::format("\n{}: {}", label, url);
  return text;
}

std::string text_of(const Message& message, std::size_t bytes_max) {
  std::string all;
  std::size_t shown = 0;
  for (const auto& alert : message.alerts) {
    const std::string next = (shown > 0 ? "\n\n" : "") + paragraph_of(alert);
    if (all.size() + next.size() + rest_room > bytes_max) break;
    all += next;
    ++shown;
  }
  if (shown == 0 && bytes_max > rest_room) {
    all = text::shorten(paragraph_of(message.alerts.front()), bytes_max - rest_room);
    shown = 1;
  }
  const std::size_t rest = message.alerts.size() - shown;
  if (rest > 0) all += fmt::format("\n\nand {} more", rest);
  return all;
}

Severity severity_of(const Message& message) {
  const auto leads = leading(message);
  Severity worst = Severity::info;
  for (const auto& alert : leads.empty() ? std::span(message.alerts) : leads)
    worst = std::max(worst, alert.severity);
  return worst;
}

std::string incident_key(const Message& message) {
  const std::string apart = message.entry.empty() ? "" : "\n" + message.entry;
  return text::sha256(show(message.group) + apart);
}

Labels annotations_with(const Alert& alert, const std::string& incident) {
  Labels all = alert.annotations;
  if (!incident.empty()) all.try_emplace("incident", incident);
  return all;
}

std::string incident_id(const Message& message) {
  if (message.incident.empty()) return incident_key(message);
  constexpr std::size_t entry_digits = 8;
  return message.entry.empty()
             ? message.incident
             : message.incident + "-" + text::sha256(message.entry).substr(0, entry_digits);
}

}  // namespace sonde::notify
