#include "daemon/alert/history_codec.hpp"

#include <limits>

#include "daemon/alert/history.hpp"
#include "daemon/core/state_json.hpp"

namespace sonde::alert {
namespace {

constexpr std::uint32_t notification_count_max = std::numeric_limits<std::uint32_t>::max();

std::string notification_json(const AlertRecord::Notification& sent) {
  return note::object(note::text("receiver", sent.receiver) + note::flag("firing", sent.firing) +
                      note::time("first", sent.first) + note::time("last", sent.last) +
                      note::part("count", std::to_string(sent.count)));
}

std::string notifications_json(const AlertRecord& record) {
  std::string all;
  for (const auto& sent : record.notifications)
    all += (all.empty() ? "" : ",") + notification_json(sent);
  return "[" + all + "]";
}

std::string undelivered_part(const AlertRecord& record) {
  if (record.undelivered.empty()) return "";
  std::string all;
  for (const auto& one : record.undelivered)
    all += (all.empty() ? "" : ",") +
           note::object(note::text("receiver", one.receiver) + note::flag("firing", one.firing) +
                        note::time("at", one.at));
  return note::part("undelivered", "[" + all + "]");
}

std::vector<AlertRecord::Undelivered> undelivered_of(text::Json list) {
  std::vector<AlertRecord::Undelivered> all;
  for (std::size_t i = 0; i < std::min(list.size(), History::notifications_max); ++i)
    if (const auto at = note::time_of(list.item(i), "at"))
      all.push_back({.receiver = note::text_of(list.item(i), "receiver"),
                     .firing = note::flag_of(list.item(i), "firing"),
                     .at = *at});
  return all;
}

std::string acknowledged_part(const AlertRecord& record) {
  if (!record.acknowledged) return "";
  const Acknowledgement& by = *record.acknowledged;
  return note::part("acknowledged",
                    note::object(note::text("by", by.by) + note::text("comment", by.comment) +
                                 note::time("at", by.at)));
}

std::optional<AlertRecord::Notification> notification_of(text::Json json) {
  const auto first = note::time_of(json, "first");
  const auto last = note::time_of(json, "last");
  if (!first || !last) return std::nullopt;
  return AlertRecord::Notification{.receiver = note::text_of(json, "receiver"),
                                   .firing = note::flag_of(json, "firing"),
                                   .first = *first,
                                   .last = *last,
                                   .count = note::number_of(json, "count", notification_count_max)};
}

}  // namespace

std::string note_of(const AlertRecord& record) {
  return note::object(note::labels("labels", record.labels) +
                      note::text("summary", record.summary) + note::time("starts", record.starts) +
                      note::time("ended", record.ended) + note::text("incident", record.incident) +
                      note::part("told", notifications_json(record)) + undelivered_part(record) +
                      acknowledged_part(record));
}

std::optional<AlertRecord> record_of(std::string_view note) {
  const auto document = text::Document::parse(note);
  if (!document) return std::nullopt;
  const text::Json root = document->root();
  const auto starts = note::time_of(root, "starts");
  AlertRecord record{.labels = note::labels_of(root, "labels"),
                     .summary = note::text_of(root, "summary"),
                     .starts = starts.value_or(WallTime()),
                     .ended = note::time_of(root, "ended"),
                     .notifications = {},
                     .acknowledged = {},
                     .incident = note::text_of(root, "incident"),
                     .undelivered = undelivered_of(root.member("undelivered"))};
  if (!starts || record.labels.empty()) return std::nullopt;
  const text::Json list = root.member("told");  // its name in stores of every version
  for (std::size_t i = 0; i < std::min(list.size(), History::notifications_max); ++i)
    if (auto one = notification_of(list.item(i))) record.notifications.push_back(std::move(*one));
  const text::Json by = root.member("acknowledged");
  if (const auto at = note::time_of(by, "at"))
    record.acknowledged = {note::text_of(by, "by"), note::text_of(by, "comment"), *at};
  return record;
}

}  // namespace sonde::alert
