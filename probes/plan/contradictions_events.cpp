#include "probes/plan/contradictions_events.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "probes/chat/chat.hpp"

namespace sonde::plan {
namespace {

const std::vector<dialect::EventSpec>& events_in(const ProbeParts& parts) {
  static const std::vector<dialect::EventSpec> none;
  return parts.chat == nullptr ? none : parts.chat->rules.events;
}

std::string at_event(const dialect::EventSpec& spec) { return "events." + spec.id; }

bool is_asked_for(const dialect::EventSpec& spec) {
  return !spec.forbid && spec.terminal != dialect::Terminal::bad;
}

void counts_are_possible(const ProbeParts& parts, ContradictionReport& report) {
  for (const auto& spec : events_in(parts))
    if (spec.max > 0 && spec.min > spec.max)
      report.wrong(at_event(spec), "min is greater than max");
}

void chat_can_end(const ProbeParts& parts, ContradictionReport& report) {
  if (parts.chat == nullptr) return;
  const dialect::EventRules& rules = parts.chat->rules;
  for (const auto& spec : rules.events) {
    const bool ends =
        std::ranges::find(rules.terminal_all_of, spec.id) != rules.terminal_all_of.end();
    if (ends && !is_asked_for(spec))
      report.wrong("terminal_all_of",
                   "'" + spec.id + "' must not come, or is a bad end, so no chat ends");
    if (spec.forbid && spec.terminal == dialect::Terminal::ok)
      report.wrong(at_event(spec), "it must not come, and it is the end of the chat");
  }
  const bool ends = std::ranges::any_of(rules.events, [](const dialect::EventSpec& spec) {
    return spec.terminal == dialect::Terminal::ok;
  });
  if (!ends && rules.terminal_all_of.empty())
    report.wrong("events",
                 "no event ends the chat, so every run ends by its timeout; give one "
                 "'terminal: ok', or name some in 'terminal_all_of'");
}

void answer_has_a_place(const ProbeParts& parts, ContradictionReport& report) {
  if (parts.chat == nullptr) return;
  const dialect::Dialect& dialect = *parts.chat->session.dialect;
  if (dialect.answer.at.empty())
    report.wrong("dialect", "'" + dialect.name +
                                "' does not say where the answer stands, so there is none; "
                                "add 'answer' to it");
}

const dialect::EventSpec* event_named(const ProbeParts& parts, std::string_view id) {
  const auto found = std::ranges::find(events_in(parts), id, &dialect::EventSpec::id);
  return found == events_in(parts).end() ? nullptr : &*found;
}

// Events that an event refers to have to be possible, and different from it.
void others_can_come(const ProbeParts& parts, ContradictionReport& report) {
  const auto comes = [&](const dialect::EventSpec& spec, const std::string& id) {
    const dialect::EventSpec* other = event_named(parts, id);
    return id.empty() || (id != spec.id && other != nullptr && !other->forbid);
  };
  for (const auto& spec : events_in(parts)) {
    if (!is_asked_for(spec)) continue;
    if (spec.min > 0 && spec.required_if.empty() && !comes(spec, spec.pairs_with))
      report.wrong(at_event(spec), "it closes '" + spec.pairs_with +
                                       "', which never opens it, so no run can pass; name another "
                                       "event in pairs_with");
    if (!comes(spec, spec.required_if))
      report.warn(at_event(spec), "required_if names '" + spec.required_if +
                                      "', after which it never comes, so it is never required");
  }
}

// A required event cannot come after the end.
void end_comes_last(const ProbeParts& parts, ContradictionReport& report) {
  if (parts.chat == nullptr || !parts.chat->rules.terminal_all_of.empty()) return;
  const auto& events = events_in(parts);
  const auto ends = [](const dialect::EventSpec& spec) {
    return spec.terminal == dialect::Terminal::ok;
  };
  if (std::ranges::count_if(events, ends) != 1) return;
  const dialect::EventSpec& end = *std::ranges::find_if(events, ends);
  for (const auto& spec : events) {
    const bool later = std::ranges::find(spec.after, end.id) != spec.after.end() ||
                       std::ranges::find(end.before, spec.id) != end.before.end();
    if (later && is_asked_for(spec) && spec.min > 0 && spec.required_if.empty())
      report.wrong(at_event(spec), "it has to come after '" + end.id +
                                       "', which ends the chat; name both in terminal_all_of");
  }
}

// Whether the dialect determines the type and the owner of a frame.
void frames_are_recognised(const ProbeParts& parts, ContradictionReport& report) {
  if (parts.chat == nullptr) return;
  const dialect::Dialect& dialect = *parts.chat->session.dialect;
  const std::string name = "the dialect '" + dialect.name + "' ";
  if (dialect.type.empty())
    report.wrong("dialect", name +
                                "does not say where the type of a frame stands, so no event is "
                                "recognised; add 'type' to it");
  if (!dialect.only_run && dialect.correlate.empty())
    report.wrong("dialect", name + "says only_run: false and no 'correlate', so no event is ours");
  const auto forbidden = [&](const std::string& id) {
    const dialect::EventSpec* spec = event_named(parts, id);
    return spec != nullptr && spec->forbid;
  };
  if (!dialect.answer.of.empty() && std::ranges::all_of(dialect.answer.of, forbidden))
    report.wrong("events",
                 "the answer stands in '" + dialect.answer.of.front() + "', which must not come");
}

// Checks the order by after and before; reports at least one event of each cycle.
void order_is_possible(const ProbeParts& parts, ContradictionReport& report) {
  std::map<std::string, std::set<std::string>> earlier;
  for (const auto& spec : events_in(parts)) {
    if (!is_asked_for(spec)) continue;
    earlier[spec.id].insert(spec.after.begin(), spec.after.end());
    for (const auto& id : spec.before) earlier[id].insert(spec.id);
  }
  // Removes events without a predecessor and events without a successor; the rest form cycles.
  for (bool more = true; more;) {
    const auto waits = [&](const std::set<std::string>& before) {
      return std::ranges::any_of(before, [&](const auto& id) { return earlier.contains(id); });
    };
    const auto is_awaited = [&](const std::string& id) {
      return std::ranges::any_of(earlier, [&](const auto& row) { return row.second.contains(id); });
    };
    const auto free = std::ranges::find_if(
        earlier, [&](const auto& row) { return !waits(row.second) || !is_awaited(row.first); });
    more = free != earlier.end();
    if (more) earlier.erase(free);
  }
  if (earlier.empty()) return;
  std::string names;
  for (const auto& [id, others] : earlier) names += (names.empty() ? "" : ", ") + id;
  report.wrong("events",
               "'after' and 'before' of " + names + " make a circle, which no order satisfies");
}

void events_are_told_apart(const ProbeParts& parts, ContradictionReport& report) {
  const auto types_of = [](const dialect::EventSpec& spec) {
    return spec.types.empty() ? std::vector{spec.id} : spec.types;
  };
  const auto& events = events_in(parts);
  for (auto spec = events.begin(); spec != events.end(); ++spec) {
    if (!is_asked_for(*spec) || (spec->min == 0 && spec->terminal == dialect::Terminal::no))
      continue;
    for (auto first = events.begin(); first != spec; ++first) {
      const auto takes = [&](const std::string& type) { return dialect::has_type(*first, type); };
      if (first->json.empty() && std::ranges::all_of(types_of(*spec), takes))
        report.wrong(at_event(*spec), "every frame of its type is the event '" + first->id +
                                          "' first; tell the two apart by 'json' of that one");
    }
  }
}

void chat_times_fit(const ProbeParts& parts, ContradictionReport& report) {
  if (parts.chat == nullptr) return;
  const Span timeout = parts.common->timeout;
  const dialect::EventRules& rules = parts.chat->rules;
  const Common& common = *parts.common;
  if (rules.settle >= timeout) report.warn("settle", not_shorter("it", rules.settle, common));
  if (rules.gap_max >= timeout) report.warn("gap_max", not_shorter("it", rules.gap_max, common));
  for (const auto& spec : rules.events)
    if (spec.within >= timeout)
      report.warn(at_event(spec) + ".within", not_shorter("it", spec.within, common));
}

void messages_fit(const ProbeParts& parts, ContradictionReport& report) {
  if (parts.chat == nullptr) return;
  std::size_t least = 0;
  for (const auto& spec : events_in(parts))
    if (is_asked_for(spec) && spec.required_if.empty()) least += static_cast<std::size_t>(spec.min);
  const auto most = static_cast<std::size_t>(parts.chat->session.socket.line.limits.frames);
  if (least > most)
    report.wrong("limits.frames", "it is less than the " + std::to_string(least) +
                                      " events that have to come; raise it");
}

}  // namespace

std::span<const Contradiction> event_contradictions() {
  static constexpr Contradiction table[] = {
      {"an event can come as often as it has to", counts_are_possible},
      {"a chat can end", chat_can_end},
      {"the answer has a place", answer_has_a_place},
      {"frames are recognised, and whose they are", frames_are_recognised},
      {"an event needs no event that never comes", others_can_come},
      {"what has to come comes before the end", end_comes_last},
      {"events can come in the order that is wanted", order_is_possible},
      {"events of one type are told apart", events_are_told_apart},
      {"what has to come is no more than may come", messages_fit},
      {"times of a chat end before its timeout", chat_times_fit},
  };
  return table;
}

}  // namespace sonde::plan
