#include "probes/dialect/greeting.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "probes/text/ascii.hpp"

namespace sonde::dialect {
namespace {

constexpr std::size_t ids_max = 16;  // a run has few: of its thread, itself, a message
constexpr std::size_t values_max = 64, value_max = 256;
constexpr int depth_max = 3;

// Names of members with the id of a session, without case, "_" and "-".
bool names_session(std::string_view plain) {
  constexpr std::array<std::string_view, 9> all = {"session",  "sessionid",  "sid",
                                                   "clientid", "socketid",   "connectionid",
                                                   "deviceid", "connection", "subscriberid"};
  return std::ranges::find(all, plain) != all.end();
}

std::string plain(std::string_view name) {
  std::string all = text::lowered(name.substr(0, value_max));
  std::erase_if(all, [](char c) { return c == '_' || c == '-'; });
  return all;
}

// Calls `take` with the plain name and the value of each id of a session in a message.
template <class Take>
void each_id(text::Json value, const Take& take, int depth = 0) {
  if (depth > depth_max) return;
  for (const auto& [name, member] : value.members()) {
    const std::string key = plain(name);
    const bool single = member.string() || member.number();
    if (!single) {
      each_id(member, take, depth + 1);
    } else if (names_session(key)) {
      std::string text = member.text();
      if (!text.empty() && text.size() <= value_max && text.find_first_not_of("0-") != text.npos)
        take(key, std::move(text));
    }
  }
}

}  // namespace

void SessionIds::learn(text::Json message) {
  each_id(message, [this](const std::string& name, std::string value) {
    auto& values = known_[name];
    if (values.size() < values_max) values.insert(std::move(value));
  });
}

SessionIds::Named SessionIds::named_by(text::Json frame) const {
  Named named = Named::nobody;
  each_id(frame, [&](const std::string& name, const std::string& value) {
    const auto known = known_.find(name);
    if (known == known_.end() || named == Named::us) return;
    named = known->second.contains(value) ? Named::us : Named::others;
  });
  return named;
}

// With an event that no other has to precede. Before the prompt the only message of a greeting may
// be its end, or no event; after it, that is the answer to somebody else.
bool Greeting::begins(const Moment& moment) const {
  if (!ids_.empty() || moment.answered) return false;
  const EventSpec* event = moment.event;
  if (event == nullptr || event->terminal != Terminal::no) return !moment.asked;
  return event->after.empty();
}

bool Greeting::has(const std::vector<std::string>& ids, text::Json frame, const Moment& moment) {
  if (ids.empty()) return false;
  const SessionIds::Named named = session.named_by(frame);
  if (named != SessionIds::Named::nobody) return named == SessionIds::Named::us;
  const auto known = [this](const std::string& id) {
    return std::ranges::find(ids_, id) != ids_.end();
  };
  const bool goes_on = std::ranges::any_of(ids, known);
  if (!goes_on && !begins(moment)) return false;
  const bool opens = moment.event != nullptr && moment.event->after.empty() &&
                     moment.event->terminal == Terminal::no;
  if (over_ && opens) return false;
  if (!goes_on) doubtful_ = moment.asked;
  over_ |= moment.event != nullptr && moment.event->terminal != Terminal::no;
  for (const std::string& id : ids)
    if (ids_.size() < ids_max && !known(id)) ids_.push_back(id);
  return true;
}

bool UntiedTurn::hear(const EventSpec& event, bool tied, bool over) {
  if (tied) {
    const bool begins_again = !std::exchange(tied_, true) && begun_by_.contains(&event);
    goes_on_ |= begins_again && !over;
    return begins_again || over;
  }
  if (goes_on_ && event.terminal != Terminal::no) goes_on_ = false;
  if (!tied_ && event.after.empty()) begun_by_.insert(&event);
  return false;
}

}  // namespace sonde::dialect
