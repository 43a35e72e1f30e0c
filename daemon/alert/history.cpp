#include "daemon/alert/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "daemon/alert/history_codec.hpp"
#include "daemon/core/alert_json.hpp"
#include "daemon/core/format.hpp"
#include "daemon/log/log.hpp"

namespace sonde::alert {
namespace {

constexpr std::string_view history_component = "history";
constexpr std::size_t by_max = 200;
constexpr std::size_t comment_max = 1000;

std::string key_of(WallTime starts, std::uint64_t alert) {
  const auto since = std::chrono::floor<std::chrono::milliseconds>(starts.time_since_epoch());
  return fmt::format("{} {:016x}", since.count(), alert);
}

// Times are stored in milliseconds, so a restored alert has to be found by them.
WallTime in_milliseconds(WallTime at) { return std::chrono::floor<std::chrono::milliseconds>(at); }

bool is_about(const AlertRecord& record, std::string_view alert, std::string_view target) {
  const auto is = [&](const char* label, std::string_view wanted) {
    const auto found = record.labels.find(label);
    return wanted.empty() || (found != record.labels.end() && found->second == wanted);
  };
  return is("alertname", alert) && is("target", target);
}

std::string wrong_with(const AcknowledgeRequest& request) {
  if (request.alert.empty()) return "alert: name the alert";
  if (request.by.empty() || request.by.size() > by_max)
    return fmt::format("by: say who you are, in 1 to {} bytes", by_max);
  if (request.comment.size() > comment_max)
    return fmt::format("comment: at most {} bytes", comment_max);
  return "";
}

}  // namespace

std::string show(const Acknowledgement& acknowledgement) {
  const std::string comment = acknowledgement.comment.empty() ? "" : ": " + acknowledgement.comment;
  return fmt::format("by {} at {}{}", acknowledgement.by, as_utc(acknowledgement.at), comment);
}

void History::update(std::span<const Alert> current, WallTime now) {
  for (const Alert& alert : current) {
    const std::uint64_t who = fingerprint(alert.labels);
    const Id id{in_milliseconds(alert.starts), who};
    auto [place, fresh] = records_.try_emplace(id);
    AlertRecord& record = place->second;
    const AlertRecord before = record;
    if (fresh) record.labels = alert.labels;
    record.starts = id.first;
    record.summary = summary_of(alert);
    record.ended = alert.ended;
    if (!alert.incident.empty()) record.incident = alert.incident;
    if (!alert.ended) open_[who] = id;
    if (fresh || record != before) changed_.insert(id);
  }
  end_missing(current, now);
  forget(now);
}

void History::end_missing(std::span<const Alert> current, WallTime now) {
  std::set<Id> firing;
  for (const Alert& alert : current)
    if (!alert.ended) firing.insert({in_milliseconds(alert.starts), fingerprint(alert.labels)});
  for (auto& [id, record] : records_) {
    if (record.ended || firing.contains(id)) continue;
    record.ended = now;
    changed_.insert(id);
  }
  std::erase_if(open_, [&](const auto& one) { return !firing.contains(one.second); });
}

// The oldest first; what still fires stays.
void History::forget(WallTime now) {
  auto ended = static_cast<std::size_t>(std::ranges::count_if(
      records_, [](const auto& one) { return one.second.ended.has_value(); }));
  for (auto one = records_.begin(); one != records_.end();) {
    const auto& end = one->second.ended;
    const bool goes = end && (ended > ended_max || now - *end > kept);
    if (!goes) {
      ++one;
      continue;
    }
    changed_.insert(one->first);
    one = records_.erase(one);
    --ended;
  }
}

// The record of an alert that fires, or else the newest one of that alert.
History::Records::iterator History::find(std::uint64_t alert, bool firing) {
  if (const auto open = open_.find(alert); firing && open != open_.end())
    return records_.find(open->second);
  const auto found = std::find_if(records_.rbegin(), records_.rend(),
                                  [&](const auto& one) { return one.first.second == alert; });
  return found == records_.rend() ? records_.end() : std::prev(found.base());
}

void History::notified(const std::string& receiver, std::uint64_t alert, bool firing,
                       WallTime now) {
  const auto found = find(alert, firing);
  if (found == records_.end()) return;
  auto& [id, record] = *found;
  std::erase_if(record.undelivered, [&](const AlertRecord::Undelivered& one) {
    return one.receiver == receiver && one.firing == firing;
  });
  const auto known =
      std::ranges::find_if(record.notifications, [&](const AlertRecord::Notification& one) {
        return one.receiver == receiver && one.firing == firing;
      });
  if (known != record.notifications.end()) {
    known->last = now;
    ++known->count;
  } else if (record.notifications.size() < notifications_max) {
    record.notifications.push_back(
        {.receiver = receiver, .firing = firing, .first = now, .last = now, .count = 1});
  }
  changed_.insert(id);
}

void History::undelivered(const std::string& receiver, std::uint64_t alert, bool firing,
                          WallTime now) {
  const auto found = find(alert, firing);
  if (found == records_.end()) return;
  auto& [id, record] = *found;
  const bool known =
      std::ranges::any_of(record.undelivered, [&](const AlertRecord::Undelivered& one) {
        return one.receiver == receiver && one.firing == firing;
      });
  if (known || record.undelivered.size() >= notifications_max) return;
  record.undelivered.push_back(
      {.receiver = receiver, .firing = firing, .at = in_milliseconds(now)});
  changed_.insert(id);
}

std::vector<History::Id> History::matching(const AcknowledgeRequest& request) const {
  std::vector<Id> all;
  for (const auto& [alert, id] : open_)
    if (is_about(records_.at(id), request.alert, request.target)) all.push_back(id);
  return all;
}

namespace {

std::unexpected<std::string> none_fires(const AcknowledgeRequest& request) {
  const std::string of = request.target.empty() ? "" : fmt::format(" of '{:.100}'", request.target);
  return std::unexpected(fmt::format("alert: no '{:.100}'{} fires now", request.alert, of));
}

}  // namespace

std::expected<std::vector<AlertRecord>, std::string> History::set(
    const AcknowledgeRequest& request, const std::optional<Acknowledgement>& by) {
  const auto ids = matching(request);
  if (ids.empty()) return none_fires(request);
  std::vector<AlertRecord> all;
  for (const Id& id : ids) {
    AlertRecord& record = records_.at(id);
    record.acknowledged = by;
    changed_.insert(id);
    all.push_back(record);
  }
  return all;
}

std::expected<std::vector<AlertRecord>, std::string> History::acknowledge(
    const AcknowledgeRequest& request, WallTime now) {
  if (auto wrong = wrong_with(request); !wrong.empty()) return std::unexpected(std::move(wrong));
  return set(request, Acknowledgement{.by = request.by, .comment = request.comment, .at = now});
}

std::expected<std::vector<AlertRecord>, std::string> History::withdraw(
    const AcknowledgeRequest& request) {
  if (request.alert.empty()) return none_fires(request);
  return set(request, std::nullopt);
}

void History::mark(std::vector<Alert>& alerts) const {
  for (Alert& alert : alerts) {
    const auto found = records_.find({in_milliseconds(alert.starts), fingerprint(alert.labels)});
    if (found == records_.end() || !found->second.acknowledged) continue;
    alert.acknowledged = true;
    alert.annotations["acknowledged"] = show(*found->second.acknowledged);
  }
}

std::string History::acknowledged(const Labels& alert) const {
  const auto found = open_.find(fingerprint(alert));
  if (found == open_.end()) return "";
  const auto& by = records_.at(found->second).acknowledged;
  return by ? show(*by) : "";
}

std::vector<AlertRecord> History::list(const AlertRecordQuery& query) const {
  std::vector<AlertRecord> all;
  for (auto one = records_.rbegin(); one != records_.rend() && all.size() < query.limit; ++one)
    if (is_about(one->second, query.alert, query.target)) all.push_back(one->second);
  return all;
}

void History::restore(std::span<const StateRecord> notes) {
  std::size_t unreadable = 0;
  for (const StateRecord& note : notes) {
    if (note.component != history_component) continue;
    auto record = record_of(note.text);
    if (!record) {
      ++unreadable;
      continue;
    }
    const std::uint64_t who = fingerprint(record->labels);
    const Id id{in_milliseconds(record->starts), who};
    if (!record->ended) open_[who] = id;
    records_.insert_or_assign(id, std::move(*record));
  }
  if (unreadable > 0)
    log::say(log::Level::warning, "records of past alerts cannot be read",
             {{"count", std::to_string(unreadable)}});
}

std::vector<StateRecord> History::take_notes() {
  std::vector<StateRecord> notes;
  for (const Id& id : std::exchange(changed_, {})) {
    const auto found = records_.find(id);
    notes.push_back({.component = std::string(history_component),
                     .key = key_of(id.first, id.second),
                     .text = found == records_.end() ? "" : note_of(found->second)});
  }
  return notes;
}

}  // namespace sonde::alert
