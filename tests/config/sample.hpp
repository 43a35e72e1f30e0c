#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/section.hpp"

namespace sonde::config {

// A configuration with one key of each type.
struct Tls {
  std::string ca;
  std::string min_version = "1.2";
  bool verify = true;
};
inline const Section<Tls>& section_of(const Tls*) {
  static const auto keys =
      Section<Tls>()
          .key("ca", &Tls::ca, "The file of the authorities that are trusted.", {.required = true})
          .key("min_version", &Tls::min_version, "The oldest version.", {.one_of = {"1.2", "1.3"}})
          .key("verify", &Tls::verify, "Whether the certificate is verified.");
  return keys;
}

struct Pace {
  Span every = std::chrono::seconds(30);
  Span timeout = std::chrono::seconds(10);
};
inline const Section<Pace>& section_of(const Pace*) {
  static const auto keys =
      Section<Pace>()
          .key("every", &Pace::every, "The time from one run to the next.",
               {.min = 0.01, .max = 86400})
          .key("timeout", &Pace::timeout, "What a run may take.", {.min = 0.01});
  return keys;
}

struct Sample {
  Pace pace;
  std::string url;
  int retries = 0;
  double share = 0.5;
  std::size_t body_max = 1 << 20;
  std::vector<std::string> targets;
  std::map<std::string, std::string> vars;
  std::map<std::string, Tls> named;
  std::optional<Tls> tls;
  std::vector<Tls> more;
  Secret password;
};
inline const Section<Sample>& section_of(const Sample*) {
  static const auto keys =
      Section<Sample>()
          .also(&Sample::pace, config::section<Pace>())
          .key("url", &Sample::url, "Where to look.", {.required = true, .filled = true})
          .key("retries", &Sample::retries, "How often once more.", {.min = 0, .max = 5})
          .key("share", &Sample::share, "Of one | of all.", {.min = 0, .max = 1})
          .key("body_max", &Sample::body_max, "What a body may hold.", {.max = 1 << 30})
          .key("targets", &Sample::targets, "Their names.", {.max = 3, .filled = true})
          .key("vars", &Sample::vars, "Values of one's own.")
          .key("named", &Sample::named, "By name.", {.filled = true})
          .key("tls", &Sample::tls, "How connections are secured.")
          .key("more", &Sample::more, "A list of them.")
          .key("password", &Sample::password, "The secret.");
  return keys;
}

inline const Section<Sample>& sample_section() { return config::section<Sample>(); }

}  // namespace sonde::config
