#include "probes/dialect/event.hpp"

#include <algorithm>

namespace sonde::dialect {

std::span<const config::Named<Terminal>> names_of(const Terminal*) {
  static constexpr config::Named<Terminal> all[] = {
      {"no", Terminal::no}, {"ok", Terminal::ok}, {"bad", Terminal::bad}};
  return all;
}

std::span<const config::Named<Unknown>> names_of(const Unknown*) {
  static constexpr config::Named<Unknown> all[] = {
      {"ignore", Unknown::ignore}, {"count", Unknown::count}, {"fail", Unknown::fail}};
  return all;
}

const config::Section<EventSpec>& section_of(const EventSpec*) {
  static const auto keys =
      config::Section<EventSpec>()
          .key("type", &EventSpec::types, "Its types on the wire; without them, its name.")
          .key("json", &EventSpec::json, "Further conditions for a frame to be this event.")
          .key("min", &EventSpec::min, "How often it must come.", {.min = 0, .max = 1000})
          .key("max", &EventSpec::max, "How often it may come; 0: any number.",
               {.min = 0, .max = 1000})
          .key("after", &EventSpec::after, "Events whose first must come before its first.")
          .key("before", &EventSpec::before, "Events whose first must come after its first.")
          .key("pairs_with", &EventSpec::pairs_with, "The event that opens what this one closes.")
          .key("pair_key", &EventSpec::pair_key,
               "Where the key of a pair stands; the first filled place. Without: by counting.")
          .key("required_if", &EventSpec::required_if,
               "An event; this one is required once that one came.")
          .key("fields", &EventSpec::fields, "Places that must not be empty.")
          .key("within", &EventSpec::within, "How long after the send it may come; 0s: any time.")
          .key("forbid", &EventSpec::forbid, "It must not come.")
          .key("terminal", &EventSpec::terminal, "Whether it ends the run, well or badly.")
          .key("detail", &EventSpec::detail, "Where a bad end says why; the first filled place.")
          .removable();
  return keys;
}

bool has_type(const EventSpec& spec, std::string_view type) {
  return spec.types.empty() ? spec.id == type : std::ranges::count(spec.types, type) > 0;
}

const config::Section<EventRules>& section_of(const EventRules*) {
  static const auto keys =
      config::Section<EventRules>()
          .key("events", &EventRules::events, "What is expected of each event, by its name.")
          .key("terminal_all_of", &EventRules::terminal_all_of,
               "Events that end the run together, in any order.")
          .key("gap_max", &EventRules::gap_max, "The longest silence between events; 0s: any.")
          .key("settle", &EventRules::settle,
               "How long to look for duplicates and late events after the end.", {.max = 60})
          .key("unknown_events", &EventRules::unknown,
               "What happens to events that the dialect does not name.")
          .key("foreign_events", &EventRules::foreign, "What happens to events of another run.")
          .key("tool_events", &EventRules::tool_events,
               "Events that come if the agent uses a tool; missing together, they are "
               "tool_not_used.")
          .removable();
  return keys;
}

namespace {

// Reports the names in `used` that are not events.
bool all_known(const std::vector<std::string>& used, std::string_view key,
               const std::vector<std::string_view>& known, const config::Reader& reader,
               const config::Place& place) {
  bool good = true;
  for (const auto& id : used) {
    if (id.empty() || std::ranges::count(known, id) > 0) continue;
    reader.at(key).wrong(place, config::no_such("event", id, known));
    good = false;
  }
  return good;
}

}  // namespace

bool check(const EventRules& rules, const config::Reader& reader, const config::Place& place) {
  std::vector<std::string_view> known;
  known.reserve(rules.events.size());
  for (const auto& spec : rules.events) known.push_back(spec.id);
  bool good = all_known(rules.terminal_all_of, "terminal_all_of", known, reader, place);
  good &= all_known(rules.tool_events, "tool_events", known, reader, place);
  for (const auto& spec : rules.events) {
    const auto at = reader.at("events").at(spec.id);
    good &= all_known(spec.after, "after", known, at, place);
    good &= all_known(spec.before, "before", known, at, place);
    good &= all_known({spec.pairs_with}, "pairs_with", known, at, place);
    good &= all_known({spec.required_if}, "required_if", known, at, place);
  }
  return good;
}

void forget(std::vector<EventSpec>& events, const std::string& id) {
  std::erase_if(events, [&](const EventSpec& spec) { return spec.id == id; });
  for (EventSpec& spec : events) {
    std::erase(spec.after, id);
    std::erase(spec.before, id);
    for (std::string* other : {&spec.pairs_with, &spec.required_if})
      if (*other == id) other->clear();
  }
}

std::vector<std::string> event_names(const EventRules& rules) {
  std::vector<std::string> all;
  for (const auto& spec : rules.events)
    if (!spec.forbid && spec.terminal != Terminal::bad) all.push_back(spec.id);
  return all;
}

}  // namespace sonde::dialect

namespace sonde::config {

bool Codec<std::vector<dialect::EventSpec>>::read(const Value& v, const Reader& r, const Rule& rule,
                                                  std::vector<dialect::EventSpec>& out) {
  if (!expect(v, r, Value::Kind::map)) return false;
  bool good = true;
  for (const auto& [id, place, value] : v.entries) {
    auto spec = std::ranges::find(out, id, &dialect::EventSpec::id);
    if (value.takes_away()) {
      const bool was_there = spec != out.end();
      if (was_there) dialect::forget(out, id);
      good &= take_away({id, place, value}, r, was_there);
      continue;
    }
    if (spec == out.end()) {
      spec = out.emplace(out.end());
      spec->id = id;
    }
    if (value.kind == Value::Kind::map)
      good &= Codec<dialect::EventSpec>::read(value, r.at(id), rule, *spec);
    else
      good &= Codec<std::vector<std::string>>::read(value, r.at(id), {.filled = true}, spec->types);
  }
  return good;
}

Value Codec<std::vector<dialect::EventSpec>>::schema(const Rule&) {
  return schema_named(or_nothing(schema_any_of(
      {Codec<std::vector<std::string>>::schema({}), Codec<dialect::EventSpec>::schema({})})));
}

}  // namespace sonde::config
