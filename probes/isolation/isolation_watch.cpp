#include "probes/isolation/isolation_watch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "probes/isolation/isolation_ids.hpp"
#include "probes/isolation/message_shape.hpp"
#include "probes/text/ascii.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::isolation {
namespace {

constexpr std::size_t ids_max = 4096, unasked_max = 64, hashes_max = 8192;
constexpr std::size_t id_bytes_max = 128, random_piece_min = 8;
constexpr int json_depth_max = 16, envelope_depth_max = 1;

int gravity(Reason reason) {
  if (reason == Reason::cross_user_leak) return 3;
  return reason == Reason::session_shared ? 2 : 1;
}

bool worse(const Failure& failure, const std::optional<Failure>& than) {
  return !than || gravity(failure.reason) > gravity(than->reason);
}

constexpr std::size_t random_bytes_min = 6;  // two texts rarely share this many

// Length of the common prefix of two texts.
std::size_t common_start(std::string_view a, std::string_view b) {
  return static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

// The text and, if its random part is known, its start and its end with enough of that part.
std::vector<std::string> forms_of(std::string_view text, std::string_view another) {
  std::vector<std::string> forms = {std::string(text)};
  if (another.empty() || another == text) return forms;
  const std::size_t start = common_start(text, another);
  const std::string back(text.rbegin(), text.rend()), other_back(another.rbegin(), another.rend());
  const std::size_t end = common_start(back, other_back);
  if (start + random_bytes_min + end >= text.size()) return forms;
  const std::size_t least = std::max(random_bytes_min, random_piece_min);
  forms.emplace_back(text.substr(0, std::max(start + random_bytes_min, random_piece_min)));
  if (start + least + end <= text.size())
    forms.emplace_back(text.substr(text.size() - end - least));
  return forms;
}

}  // namespace

IsolationWatch::IsolationWatch(session::SameUser same_user, std::vector<std::string> ids)
    : same_user_(same_user), ids_() {
  for (const auto& id : ids) ids_.insert(plain_name(id));
}

std::size_t IsolationWatch::add(Member member) {
  members_.push_back(std::move(member));
  streams_.emplace_back();
  heard_.emplace_back();
  return members_.size() - 1;
}

void IsolationWatch::owns(std::size_t member, std::string_view canary, std::string_view another,
                          std::string_view what) {
  owned_.push_back({member, std::string(what), text::lowered(canary), forms_of(canary, another)});
  for (const auto& form : owned_.back().forms) needles_.add(form, owned_.size() - 1);
}

void IsolationWatch::greeted(std::size_t member, std::string_view payload) {
  scan(member, payload);
  note_ids(member, payload, Way::given);
  heard_[member].early_shapes.insert(shape_of(payload));
}

void IsolationWatch::sent(std::size_t member, std::string_view payload) {
  note_ids(member, payload, Way::sent);
}

void IsolationWatch::received(std::size_t member, std::string_view payload, bool asked,
                              bool is_event) {
  scan(member, payload);
  note_ids(member, payload, is_event ? Way::received : Way::announced);
  Heard& heard = heard_[member];
  if (heard.contents.size() >= hashes_max) return;
  heard.contents.insert(content_of(payload));
  heard.shapes.insert(shape_of(payload));
  if (!asked) heard.early_shapes.insert(shape_of(payload));
}

void IsolationWatch::unasked(std::size_t member, std::string_view payload, std::string_view type,
                             bool is_event) {
  if (unasked_.size() == unasked_max) return;
  unasked_.push_back(
      {member, content_of(payload), shape_of(payload), text::shorten(type, 60), is_event});
}

bool IsolationWatch::other_user(std::size_t a, std::size_t b) const {
  return members_[a].user != members_[b].user;
}

bool IsolationWatch::foreign(std::size_t owner, std::size_t member) const {
  if (owner == member) return false;
  return other_user(owner, member) || same_user_ == session::SameUser::forbid;
}

void IsolationWatch::scan(std::size_t member, std::string_view payload) {
  for (const std::size_t owned : streams_[member].take(payload, needles_))
    if (foreign(owned_[owned].member, member)) leaked_.emplace(owned, member);
}

// Whether a text that the member may receive contains it as well: equal or nested texts do not
// identify a member.
bool IsolationWatch::is_own(const Owned& owned, std::size_t member) const {
  return std::ranges::any_of(owned_, [&](const Owned& other) {
    const auto says = [&](const auto& form) { return other.text.contains(text::lowered(form)); };
    return !foreign(other.member, member) && std::ranges::any_of(owned.forms, says);
  });
}

std::optional<Failure> IsolationWatch::judge_leak(std::size_t owned, std::size_t member) const {
  if (is_own(owned_[owned], member)) return std::nullopt;
  const std::size_t owner = owned_[owned].member;
  return Failure{other_user(owner, member) ? Reason::cross_user_leak : Reason::session_shared,
                 fmt::format("{} received what was meant for {} alone ({})", members_[member].name,
                             members_[owner].name, owned_[owned].what)};
}

void IsolationWatch::note_ids(std::size_t member, std::string_view payload, Way way) {
  if (const auto document = text::Document::parse(json_in(payload)))
    note_ids(member, document->root(), way, 0);
}

void IsolationWatch::note_ids(std::size_t member, text::Json value, Way way, int depth) {
  if (depth == json_depth_max) return;
  for (std::size_t i = 0; value.kind() == text::Json::Kind::array && i < value.size(); ++i)
    note_ids(member, value.item(i), way, depth + 1);
  if (value.kind() != text::Json::Kind::object) return;
  for (const auto& [name, found] : value.members()) {
    const std::string plain = plain_name(name.substr(0, id_bytes_max));
    const bool wanted = (found.string() || found.number()) && ids_.contains(plain);
    if (!wanted) {
      note_ids(member, found, way, depth + 1);
    } else if (const auto id = found.text(); !is_nobodys(id) && id.size() <= id_bytes_max) {
      note_id(member, {plain, id}, name, way, depth);
    }
  }
}

// An id that we sent first and that comes back was not given by the server; one that was given
// first and then sent is not ours.
void IsolationWatch::note_id(std::size_t member, const IdKey& key, std::string_view name, Way way,
                             int depth) {
  if (seen_ids_.size() == ids_max && !seen_ids_.contains(key)) return;
  Id& id = seen_ids_[key];
  if (id.name.empty()) id.name = name;
  const bool given =
      id.owners.contains(member) || (id.seen.contains(member) && !may_be_counter(key.second));
  if (way != Way::sent) id.seen.insert(member);
  // A broadcast may announce who is present, but no part of a user's chat.
  const bool public_id = way == Way::announced && names_somebody(key.first);
  const bool seen = way == Way::received || (way == Way::announced && !public_id);
  if (seen) id.viewers.insert(member);
  // Deeper in a message a user is its author, such as the agent.
  if (seen && (depth <= envelope_depth_max || !names_user(key.first))) id.readers.insert(member);
  if (way == Way::sent) (given ? id.owners : id.senders).insert(member);
  if (way == Way::given && !id.senders.contains(member)) id.owners.insert(member);
}

// The number of ids with that name that the server gave a user or, if not `given`, sent to the
// user, and whether one of them is the user's alone. Ids that we sent first do not count.
IsolationWatch::OfUser IsolationWatch::ids_of(std::size_t member, std::string_view plain,
                                              bool given) const {
  OfUser of;
  for (auto row = seen_ids_.lower_bound({std::string(plain), ""});
       row != seen_ids_.end() && row->first.first == plain; ++row) {
    const Id& id = row->second;
    if (!id.senders.empty()) continue;
    bool his = false, others = false;
    for (const std::size_t one : given ? id.owners : id.seen)
      (other_user(one, member) ? others : his) = true;
    of.count += his ? 1 : 0;
    of.own |= his && !others;
  }
  return of;
}

// Two users who both got an id, or both saw an id without an owner, share it, unless the common id
// is of a third party: the agent, or a list of who is present. In that case each has an id of its
// own, or several.
bool IsolationWatch::is_common(const std::string& plain, std::size_t a, std::size_t b, bool given,
                               Known& known) const {
  const auto [row, fresh] = known.try_emplace({plain, a, b, given});
  if (!fresh) return row->second;
  row->second = have_common(plain, a, b, given);
  return row->second;
}

bool IsolationWatch::have_common(const std::string& plain, std::size_t a, std::size_t b,
                                 bool given) const {
  const OfUser first = ids_of(a, plain, given), second = ids_of(b, plain, given);
  if (first.own && second.own) return true;
  return names_somebody(plain) && first.count > 1 && second.count > 1;
}

void IsolationWatch::judge_id(const IdKey& key, const Id& id, std::optional<Failure>& worst,
                              Known& known) const {
  const auto& [plain, value] = key;
  auto tell = [&](Reason reason, std::size_t a, std::string_view verb, std::size_t b) {
    const std::string shown = id.name + " " + value;
    Failure failure{reason, fmt::format("{} {} {} ({})", members_[a].name, verb, members_[b].name,
                                        text::json_quote(text::shorten(shown, 100)))};
    if (worse(failure, worst)) worst = std::move(failure);
  };
  for (const std::size_t a : id.owners)
    for (const std::size_t b : id.owners)
      // A broadcast may come before a session is ready: where each has an id of that name of its
      // own, the one in common is not a session.
      if (a < b && other_user(a, b) && !is_common(plain, a, b, true, known) &&
          !is_common(plain, a, b, false, known))
        tell(Reason::session_shared, b, "was given an id of", a);
  // An id that sessions of two users send about themselves was made by us, and identifies no user.
  for (const std::size_t a : id.senders)
    for (const std::size_t b : id.senders)
      if (other_user(a, b)) return;
  std::set<std::size_t> owners = id.owners;
  owners.insert(id.senders.begin(), id.senders.end());
  for (const std::size_t viewer : id.viewers) {
    const auto theirs = [&](std::size_t owner) { return !other_user(owner, viewer); };
    if (owners.empty() || std::ranges::any_of(owners, theirs)) continue;
    tell(Reason::cross_user_leak, viewer, "received an id of", *owners.begin());
  }
  if (!owners.empty() || (may_be_counter(value) && !names_user(plain))) return;
  for (const std::size_t a : id.readers)
    for (const std::size_t b : id.readers)
      if (a < b && other_user(a, b) && !is_common(plain, a, b, false, known))
        tell(Reason::session_shared, b, "saw an id that stands also in messages to", a);
}

// A message that another session of the same user received as well.
bool IsolationWatch::fanned_out(const Unasked& message) const {
  if (same_user_ == session::SameUser::forbid) return false;
  for (std::size_t other = 0; other < members_.size(); ++other)
    if (other != message.member && !other_user(other, message.member) && !members_[other].silent &&
        heard_[other].contents.contains(message.content))
      return true;
  return false;
}

// Such a broadcast reached the active members before they had sent anything, like a greeting; or it
// reached every user, like news.
bool IsolationWatch::told_to_all(const Unasked& message) const {
  if (message.is_event) return false;
  std::set<std::string_view> users, disclosed;
  for (std::size_t other = 0; other < members_.size(); ++other) {
    if (members_[other].silent) continue;
    const Heard& heard = heard_[other];
    if (!other_user(other, message.member) && heard.early_shapes.contains(message.shape))
      return true;
    users.insert(members_[other].user);
    if (heard.shapes.contains(message.shape)) disclosed.insert(members_[other].user);
  }
  return users.size() > 1 && disclosed == users;
}

std::optional<Failure> IsolationWatch::finding() const {
  std::optional<Failure> worst;
  for (const auto& [owned, member] : leaked_)
    if (auto failure = judge_leak(owned, member); failure && worse(*failure, worst))
      worst = std::move(failure);
  Known known;
  for (const auto& [key, id] : seen_ids_) judge_id(key, id, worst, known);
  for (const auto& message : unasked_) {
    Failure failure{Reason::foreign_event,
                    fmt::format("{} asked nothing and received {}", members_[message.member].name,
                                message.type.empty() ? "a message" : message.type)};
    if (!fanned_out(message) && !told_to_all(message) && worse(failure, worst))
      worst = std::move(failure);
  }
  return worst;
}

}  // namespace sonde::isolation
