#include "probes/talk/hear.hpp"

#include <algorithm>

namespace sonde::talk {
namespace {

bool is_event(const EventSpec& spec, std::string_view type) {
  return spec.types.empty() ? spec.id == type
                            : std::ranges::find(spec.types, type) != spec.types.end();
}

bool is_welcome(const Dialect& dialect, const Ready& ready, std::string_view type, text::Json frame,
                text::Names& names) {
  if (std::ranges::find(ready.type, type) != ready.type.end()) return true;
  if (!dialect.ready.type.empty() && matches(dialect.ready, type, frame, names)) return true;
  return std::ranges::any_of(dialect.rules_of_events.events, [&](const EventSpec& spec) {
    return spec.terminal != Terminal::bad && is_event(spec, type);
  });
}

}  // namespace

Heard hear(const Dialect& dialect, const Ready& ready, std::string_view payload,
           text::Names& names) {
  const auto document = text::Document::parse(payload);
  if (!document) return Heard::other;
  const text::Json frame = document->root();
  const std::string_view type = first_text(dialect.type, frame);
  if (const SessionRule* rule = rule_for(dialect, type, frame, names))
    return rule->fail == name(Reason::auth_rejected_after_accept) ? Heard::refusal : Heard::other;
  return is_welcome(dialect, ready, type, frame, names) ? Heard::welcome : Heard::other;
}

}  // namespace sonde::talk
