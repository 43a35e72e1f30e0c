#include <algorithm>
#include <array>

#include "probes/dialect/dialect_use.hpp"
#include "probes/dialect/refused_by.hpp"

namespace sonde::dialect {
namespace {

// Whether a value that is as `given` may be as `wanted`: for all that is said of it, or for one of
// the values that are named.
bool may_be(const text::Comparison& wanted, const text::Comparison& given) {
  std::vector<std::string> values = given.one_of;
  if (given.equals && given.equals->names().empty()) values.push_back(given.equals->text());
  if (wanted.equals && given.equals && wanted.equals->text() == given.equals->text()) return true;
  text::Names nobody;
  return std::ranges::any_of(values, [&](const std::string& value) {
    const auto document = text::Document::of(
        std::array{std::pair<std::string_view, std::string_view>("value", value)});
    return !text::mismatch(wanted, document.root().member("value"), nobody);
  });
}

// Whether a message of one of these types, which is as `json` says, fits the frame.
bool may_fit(const FrameMatch& frame, const std::vector<std::string>& types,
             const text::Comparisons& json) {
  const auto listed = [&](const std::string& type) {
    return std::ranges::find(frame.type, type) != frame.type.end();
  };
  if (!frame.type.empty() && std::ranges::none_of(types, listed)) return false;
  return std::ranges::all_of(frame.json, [&](const auto& row) {
    const auto given = json.find(row.first);
    return given != json.end() && may_be(row.second, given->second);
  });
}

std::string good_message(const FrameMatch& frame, const Ready& ready, const Dialect& dialect) {
  const bool awaited = !ready.type.empty() || !ready.json.empty();
  if (awaited && may_fit(frame, ready.type, ready.json)) return "the ready message";
  if (!dialect.ready.type.empty() && may_fit(frame, dialect.ready.type, dialect.ready.json))
    return "the ready message";
  for (const auto& spec : dialect.rules_of_events.events) {
    const bool good = !spec.forbid && spec.terminal != Terminal::bad;
    const auto types = spec.types.empty() ? std::vector{spec.id} : spec.types;
    if (good && may_fit(frame, types, spec.json)) return "the event " + spec.id;
  }
  return "";
}

}  // namespace

bool check(const RefusedBy& refused_by, const Ready& ready, const Dialect& dialect,
           const config::Reader& reader, const config::Place& place) {
  const auto at = reader.at("refused_by");
  const std::string message =
      refused_by.frame ? good_message(*refused_by.frame, ready, dialect) : "";
  if (!message.empty())
    at.at("frame").wrong(place, "it matches " + message + " of a good session as well");
  const bool awaited = !ready.type.empty() || !ready.json.empty() || ready.identity.at;
  const bool silent = refused_by.silence > Span{} && !awaited && !acknowledges(dialect);
  if (silent)
    at.at("silence").wrong(place,
                           "a good session is silent as well: no ready message is awaited of it");
  return message.empty() && !silent;
}

}  // namespace sonde::dialect
