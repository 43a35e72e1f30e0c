#pragma once
#include <string>
#include <vector>

#include "config/section.hpp"
#include "probes/core/clock.hpp"

namespace sonde {

struct Retry {
  int max = 0;
};
const config::Section<Retry>& section_of(const Retry*);

// Whether a failure is looked into: `off`, or a mapping.
struct Diagnose {
  bool off = false;
  Span timeout = std::chrono::seconds(15);
  int max_per_hour = 6;
};
const config::Section<Diagnose>& section_of(const Diagnose*);

// The keys that every probe has; `defaults:` has them too.
struct Common {
  Span every = std::chrono::seconds(30);
  Span timeout = std::chrono::seconds(10);
  std::string login;  // a name of `logins:`
  std::string as;     // a name of `identities:`, the target's own first
  Retry retry;
  Diagnose diagnose;
  int in_flight = 1;
  Span negative_auth_min_interval = std::chrono::seconds(30);
};
const config::Section<Common>& section_of(const Common*);

// The keys that say which probe this is.
struct ProbeHeader {
  std::string kind;
  std::vector<std::string> target;
};
const config::Section<ProbeHeader>& section_of(const ProbeHeader*);

}  // namespace sonde

namespace sonde::config {
template <>
struct Codec<Diagnose> {
  static bool read(const Value&, const Reader&, const Rule&, Diagnose& out);
  static Value schema(const Rule&);
  static std::string show(const Diagnose&) { return ""; }
};
}  // namespace sonde::config
