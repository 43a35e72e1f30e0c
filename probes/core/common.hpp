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

// Whether and how failures are diagnosed: `off`, or a mapping.
struct Diagnose {
  bool off = false;
  Span timeout = std::chrono::seconds(15);
  int max_per_hour = 6;
};
const config::Section<Diagnose>& section_of(const Diagnose*);

// The keys that every probe has; they are allowed in `defaults:` too.
struct Common {
  Span every = std::chrono::seconds(30);
  Span timeout = std::chrono::seconds(10);
  std::string login;  // a name in `logins:`
  std::string as;     // a name in `identities:`; those of the target take precedence
  Retry retry;
  Diagnose diagnose;
  int in_flight = 1;
  Span negative_auth_min_interval = std::chrono::seconds(30);
};
const config::Section<Common>& section_of(const Common*);

// The keys that identify a probe.
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
