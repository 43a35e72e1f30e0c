#pragma once
#include <optional>
#include <vector>

#include "config/section.hpp"
#include "probes/dialect/dialect.hpp"
#include "probes/dialect/ending.hpp"
#include "probes/dialect/ready.hpp"

namespace sonde::dialect {

// How a server refuses whoever must not enter: `refused_by:` of a socket. What is listed stands in
// the place of the default. Beside it the dialect's rules refuse, and its refusal_codes.
struct RefusedBy {
  // Of the answer to the upgrade. A 404 is one, because a good token was upgraded a moment ago.
  std::vector<int> status = {401, 403, 404};
  std::vector<int> close = usual_refusal_codes();
  std::optional<FrameMatch> frame;  // a message, whatever the rules say of it
  // The upgrade is accepted, and nothing welcomes for so long, and for as long as ready.within,
  // until which a good session may be silent; 0: that refuses none.
  Span silence{};
};
const config::Section<RefusedBy>& section_of(const RefusedBy*);

bool refuses(const RefusedBy& refused_by, int status);
bool refuses(const RefusedBy& refused_by, const Ending& ending, const Dialect& dialect);

// Reports what is no status and no Close code; true if there is none.
bool check(const RefusedBy& refused_by, const config::Reader& reader, const config::Place& place);
// Reports what a good session does as well, so that nobody could tell a refusal from it: its ready
// message, an event, or silence where no message says that it is ready. True if there is none.
bool check(const RefusedBy& refused_by, const Ready& ready, const Dialect& dialect,
           const config::Reader& reader, const config::Place& place);

}  // namespace sonde::dialect

namespace sonde::config {
// The section, and then `check`.
template <>
struct Codec<dialect::RefusedBy> {
  static bool read(const Value&, const Reader&, const Rule&, dialect::RefusedBy& out);
  static Value schema(const Rule&);
  static std::string show(const dialect::RefusedBy&) { return ""; }
};
}  // namespace sonde::config
