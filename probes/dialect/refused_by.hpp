#pragma once
#include <optional>
#include <vector>

#include "config/section.hpp"
#include "probes/dialect/dialect.hpp"
#include "probes/dialect/ending.hpp"
#include "probes/dialect/ready.hpp"

namespace sonde::dialect {

// How a server refuses clients without access: `refused_by:` of a socket. A configured list
// replaces its default. In addition the dialect's rules and its refusal_codes count as refusals.
struct RefusedBy {
  // Of the answer to the upgrade. Includes 404, because a valid token was upgraded a moment ago.
  std::vector<int> status = {401, 403, 404};
  std::vector<int> close = usual_refusal_codes();
  std::optional<FrameMatch> frame;  // a message, regardless of the rules
  // An accepted upgrade without a welcome for this time, and for ready.within, during which a valid
  // session may be silent, counts as a refusal; 0: it does not.
  Span silence{};
};
const config::Section<RefusedBy>& section_of(const RefusedBy*);

bool refuses(const RefusedBy& refused_by, int status);
bool refuses(const RefusedBy& refused_by, const Ending& ending, const Dialect& dialect);

// Reports invalid statuses and Close codes; returns whether there is none.
bool check(const RefusedBy& refused_by, const config::Reader& reader, const config::Place& place);
// Reports refusals that a valid session shows too, so that they cannot be distinguished: its ready
// message, an event, or silence if there is no ready message. Returns whether there is none.
bool check(const RefusedBy& refused_by, const Ready& ready, const Dialect& dialect,
           const config::Reader& reader, const config::Place& place);

}  // namespace sonde::dialect

namespace sonde::config {
// Reads the section, then calls `check`.
template <>
struct Codec<dialect::RefusedBy> {
  static bool read(const Value&, const Reader&, const Rule&, dialect::RefusedBy& out);
  static Value schema(const Rule&);
  static std::string show(const dialect::RefusedBy&) { return ""; }
};
}  // namespace sonde::config
