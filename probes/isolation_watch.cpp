#include "probes/isolation_watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "probes/text/utf8.hpp"

namespace sonde {
namespace {

constexpr std::size_t ids_max = 4096, unasked_max = 64, hashes_max = 8192;
constexpr std::size_t id_bytes_max = 128, id_bytes_min = 8;  // a shorter one may be a mere counter
constexpr int json_depth_max = 16;

int gravity(Reason reason) {
  if (reason == Reason::cross_user_leak) return 3;
  return reason == Reason::session_shared ? 2 : 1;
}

bool worse(const Failure& failure, const std::optional<Failure>& than) {
  return !than || gravity(failure.reason) > gravity(than->reason);
}

std::size_t hash_of(std::string_view payload) { return std::hash<std::string_view>()(payload); }

}  // namespace

IsolationWatch::IsolationWatch(SameUser same_user, std::vector<std::string> ids)
    : same_user_(same_user), ids_(std::move(ids)) {}

std::size_t IsolationWatch::add(Member member) {
  members_.push_back(std::move(member));
  streams_.emplace_back();
  hashes_.emplace_back();
  return members_.size() - 1;
}

void IsolationWatch::owns(std::size_t member, std::string_view canary) {
  needles_.add(canary, member);
}

void IsolationWatch::greeted(std::size_t member, std::string_view payload) {
  scan(member, payload);
  note_ids(member, payload, true);
}

void IsolationWatch::sent(std::size_t member, std::string_view payload) {
  note_ids(member, payload, true);
}

void IsolationWatch::received(std::size_t member, std::string_view payload) {
  scan(member, payload);
  note_ids(member, payload, false);
  if (hashes_[member].size() < hashes_max) hashes_[member].insert(hash_of(payload));
}

void IsolationWatch::unasked(std::size_t member, std::string_view payload, std::string_view type) {
  if (unasked_.size() == unasked_max) return;
  unasked_.push_back({member, hash_of(payload), text::shorten(type, 60)});
}

bool IsolationWatch::other_user(std::size_t a, std::size_t b) const {
  return members_[a].user != members_[b].user;
}

bool IsolationWatch::foreign(std::size_t owner, std::size_t member) const {
  if (owner == member) return false;
  return other_user(owner, member) || same_user_ == SameUser::forbid;
}

void IsolationWatch::note(Reason reason, std::string detail) {
  Failure failure{reason, std::move(detail)};
  if (worse(failure, worst_)) worst_ = std::move(failure);
}

void IsolationWatch::scan(std::size_t member, std::string_view payload) {
  for (const std::size_t owner : streams_[member].take(payload, needles_)) {
    if (!foreign(owner, member)) continue;
    note(other_user(owner, member) ? Reason::cross_user_leak : Reason::session_shared,
         fmt::format("{} received what {} alone was told (its canary)", members_[member].name,
                     members_[owner].name));
  }
}

void IsolationWatch::note_ids(std::size_t member, std::string_view payload, bool own) {
  if (const auto document = text::Document::parse(json_in(payload)))
    note_ids(member, document->root(), own, 0);
}

void IsolationWatch::note_ids(std::size_t member, text::Json value, bool own, int depth) {
  if (depth == json_depth_max) return;
  for (std::size_t i = 0; value.kind() == text::Json::Kind::array && i < value.size(); ++i)
    note_ids(member, value.item(i), own, depth + 1);
  if (value.kind() != text::Json::Kind::object) return;
  for (const auto& [name, found] : value.members()) {
    const bool wanted = found.string() && std::ranges::find(ids_, name) != ids_.end();
    if (!wanted) {
      note_ids(member, found, own, depth + 1);
    } else if (const auto id = *found.string(); !id.empty() && id.size() <= id_bytes_max) {
      const std::string key = std::string(name) + " " + std::string(id);
      if (seen_ids_.size() == ids_max && !seen_ids_.contains(key)) return;
      auto& entry = seen_ids_[key];
      (own ? entry.owners : entry.viewers).insert(member);
    }
  }
}

void IsolationWatch::judge_id(const std::string& shown, const Id& id,
                              std::optional<Failure>& worst) const {
  auto tell = [&](Reason reason, std::size_t a, std::string_view verb, std::size_t b) {
    Failure failure{reason, fmt::format("{} {} {} ({})", members_[a].name, verb, members_[b].name,
                                        text::json_quote(text::shorten(shown, 100)))};
    if (worse(failure, worst)) worst = std::move(failure);
  };
  for (const std::size_t a : id.owners)
    for (const std::size_t b : id.owners)
      if (a < b && other_user(a, b)) tell(Reason::session_shared, b, "was given an id of", a);
  for (const std::size_t viewer : id.viewers) {
    const auto theirs = [&](std::size_t owner) { return !other_user(owner, viewer); };
    if (id.owners.empty() || std::ranges::any_of(id.owners, theirs)) continue;
    tell(Reason::cross_user_leak, viewer, "received an id of", *id.owners.begin());
  }
  const bool long_enough = shown.size() - shown.find(' ') > id_bytes_min;
  for (const std::size_t a : id.viewers)
    for (const std::size_t b : id.viewers)
      if (id.owners.empty() && long_enough && a < b && other_user(a, b))
        tell(Reason::session_shared, b, "saw an id that stands also in messages to", a);
}

// A message that another session of the same user received as well.
bool IsolationWatch::fanned_out(const Unasked& message) const {
  if (same_user_ == SameUser::forbid) return false;
  for (std::size_t other = 0; other < members_.size(); ++other)
    if (other != message.member && !other_user(other, message.member) && !members_[other].silent &&
        hashes_[other].contains(message.hash))
      return true;
  return false;
}

std::optional<Failure> IsolationWatch::finding() const {
  std::optional<Failure> worst = worst_;
  for (const auto& [shown, id] : seen_ids_) judge_id(shown, id, worst);
  for (const auto& message : unasked_) {
    Failure failure{Reason::foreign_event,
                    fmt::format("{} asked nothing and received {}", members_[message.member].name,
                                message.type.empty() ? "a message" : message.type)};
    if (!fanned_out(message) && worse(failure, worst)) worst = std::move(failure);
  }
  return worst;
}

}  // namespace sonde
