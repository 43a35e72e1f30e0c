#include "probes/dialect/expectation_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "probes/text/utf8.hpp"

namespace sonde::dialect {

using State = Expectation::State;

std::string first_filled(const std::vector<text::Pointer>& places, text::Json root) {
  for (const auto& place : places) {
    const text::Json found = place.at(root);
    if (!found || found.kind() == text::Json::Kind::null) continue;
    std::string text = found.text();
    if (!text.empty()) return text;
  }
  return "";
}

namespace {

std::size_t hash(std::string_view text) { return std::hash<std::string_view>{}(text); }

// Whether the value means that there is no id: empty, 0 as a number, or a UUID of zeros.
bool is_nil(std::string_view id) { return id.find_first_not_of("0-") == id.npos; }

bool is(const EventSpec& spec, const Incoming& message, text::Names& names) {
  return has_type(spec, message.type) && !text::mismatch(spec.json, message.body, names);
}

}  // namespace

State::State(const EventRules& event_rules, Instant sent_at, text::Names& known)
    : rules(event_rules), names(known), sent(sent_at), last_own(sent_at) {
  tallies.reserve(rules.events.size());
  for (const auto& spec : rules.events) tallies.emplace_back().spec = &spec;
  for (std::size_t i = 0; i < tallies.size(); ++i) {
    const Tally* opener = named(rules.events[i].pairs_with);
    if (opener) pairings.emplace_back(static_cast<std::size_t>(opener - tallies.data()), i);
  }
}

Tally* State::tally_of(const Incoming& message) {
  for (auto& tally : tallies)
    if (is(*tally.spec, message, names)) return &tally;
  return nullptr;
}

const Tally* State::named(std::string_view id) const {
  for (const auto& tally : tallies)
    if (tally.spec->id == id) return &tally;
  return nullptr;
}

bool State::required(const EventSpec& spec) const {
  if (spec.forbid || spec.terminal == Terminal::bad) return false;
  if (spec.required_if.empty()) return spec.min > 0;
  const Tally* condition = named(spec.required_if);
  return condition && condition->seen();
}

void State::note(const Tally& tally, EventState state, Instant at) {
  // An answer may be read before its send is reported as completed.
  notes.push_back({tally.spec->id, state, std::max(at - sent, Span{})});
}

// The silence before the first own frame counts for the longest silence, but only a silence between
// own frames is a stall; before the first, the deadline of the run decides.
void State::silence(Instant now) {
  if (terminal_at) return;
  const Span quiet = now - last_own;
  longest = std::max(longest, quiet);
  stalled = stalled || (any_own && rules.gap_max > Span{} && quiet > rules.gap_max);
}

std::string State::see_unknown(const Incoming& message) {
  if (rules.unknown == Unknown::ignore) return "";
  ++unknown;
  if (rules.unknown == Unknown::count) return "";
  if (terminal_at) return see_late(text::shorten(message.type, 60), message.at);
  keep_first(faults.unknown, fmt::format("an event of the unknown type '{}' came after {:.3f} s",
                                         text::shorten(message.type, 60), since_send(message.at)));
  return "its type is unknown";
}

std::string State::see_own(const Incoming& message) {
  silence(message.at);
  if (!terminal_at) last_own = message.at;
  any_own = true;
  Tally* tally = tally_of(message);
  return tally ? see_event(*tally, message) : see_unknown(message);
}

std::string State::see_event(Tally& tally, const Incoming& message) {
  const EventSpec& spec = *tally.spec;
  const double at = since_send(message.at);
  last_name = spec.id;
  if (!first_event) first_event = message.at;
  const bool known_id =
      !is_nil(message.event_id) && !tally.ids.insert(hash(message.event_id)).second;
  const bool too_many =
      spec.max > 0 && tally.own + tally.late >= static_cast<std::uint32_t>(spec.max);
  if (terminal_at) return see_after(tally, message, known_id || too_many);
  if (known_id || too_many) {
    ++tally.duplicated;
    note(tally, EventState::duplicate, message.at);
    keep_first(faults.duplicate,
               known_id
                   ? fmt::format("{} came again after {:.3f} s with the same event id", spec.id, at)
                   : fmt::format("{} came again after {:.3f} s; at most {} may come", spec.id, at,
                                 spec.max));
    return "it is a duplicate";
  }
  see_first(tally, message.at);
  return count(tally, message);
}

void State::see_first(Tally& tally, Instant at) {
  if (tally.first) return;
  tally.first = at;
  tally.position = notes.size();
}

// After the end of the run, any event is wrong for that reason alone.
std::string State::see_after(Tally& tally, const Incoming& message, bool duplicate) {
  see_first(tally, message.at);
  ++tally.after_terminal;
  ++(duplicate ? tally.duplicated : tally.own);
  note(tally, EventState::after_terminal, message.at);
  pair(tally, message);
  return see_late(tally.spec->id, message.at);
}

std::string State::see_late(const std::string& what, Instant at) {
  keep_first(faults.after_terminal, fmt::format("{} came {:.3f} s after {} had ended the run", what,
                                                seconds(at - *terminal_at), terminal_name));
  return "the run was over";
}

std::string State::count(Tally& tally, const Incoming& message) {
  const EventSpec& spec = *tally.spec;
  const double at = since_send(message.at);
  std::string wrong = see_order(tally);
  const bool late = spec.within > Span{} && message.at - sent > spec.within;
  if (late) {
    ++tally.late;
    note(tally, EventState::late, message.at);
    keep_first(faults.late, fmt::format("{} came after {:.3f} s; its limit is {:.3f} s", spec.id,
                                        at, seconds(spec.within)));
    wrong = "it is late";
  } else {
    ++tally.own;
    note(tally, EventState::received, message.at);
  }
  for (const auto& place : spec.fields) {
    if (!first_filled({place}, message.body).empty()) continue;
    keep_first(faults.malformed,
               fmt::format("{} (after {:.3f} s) has no {}", spec.id, at, place.text()));
    wrong = "it has no " + place.text();
  }
  if (spec.forbid) {
    keep_first(faults.forbidden,
               fmt::format("{} came after {:.3f} s; it must not come", spec.id, at));
    wrong = "it must not come";
  }
  if (spec.terminal == Terminal::bad) {
    const std::string why = text::shorten(first_filled(spec.detail, message.body), 200);
    keep_first(faults.agent_error, fmt::format("{} came after {:.3f} s{}{}", message.type, at,
                                               why.empty() ? "" : ": ", why));
    wrong = "the agent failed";
  }
  pair(tally, message);
  end_if_terminal(tally, message.at);
  return wrong;
}

// Events that should have come before and have not; whether that is an order fault or a loss is
// known at the end.
std::string State::see_order(const Tally& tally) const {
  for (const auto& id : tally.spec->after) {
    const Tally* other = named(id);
    if (other && !other->seen() && required(*other->spec)) return id + " had not come before it";
  }
  return "";
}

void State::pair(const Tally& tally, const Incoming& message) {
  const auto index = static_cast<std::size_t>(&tally - tallies.data());
  for (auto& pairing : pairings) {
    if (index != pairing.opener() && index != pairing.closer()) continue;
    const auto& places = rules.events[pairing.closer()].pair_key;
    const std::string text = first_filled(places, message.body);
    const auto key = text.empty() ? std::nullopt : std::optional(hash(text));
    if (index == pairing.opener())
      pairing.opened(key);
    else
      pairing.closed(key);
  }
}

void State::end_if_terminal(const Tally& tally, Instant at) {
  if (terminal_at) return;
  const auto& all = rules.terminal_all_of;
  const auto seen = [this](const std::string& id) {
    const Tally* other = named(id);
    return other && other->seen();
  };
  const bool over =
      all.empty() ? tally.spec->terminal == Terminal::ok : std::ranges::all_of(all, seen);
  if (!over) return;
  terminal_at = at;
  terminal_name = tally.spec->id;
}

void Pairing::note(bool open, std::optional<std::size_t> key) {
  keyed_ = keyed_ && key;
  notes_.push_back({open, key.value_or(0)});
}

Pairing::Result Pairing::judge() const {
  std::map<std::size_t, long> balance;  // negative: closed before it was opened
  bool early = false;
  for (const auto& [open, key] : notes_) {
    long& count = balance[keyed_ ? key : 0];
    count += open ? 1 : -1;
    early = early || count < 0;
  }
  Result result = early ? Result::out_of_order : Result::fine;
  for (const auto& [key, count] : balance) {
    if (count < 0) return Result::unopened;
    if (count > 0) result = Result::unclosed;
  }
  return result;
}

}  // namespace sonde::dialect
