#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/alert/rule_settings.hpp"

namespace sonde::rules {

// Builds PromQL. If the arguments are well-formed, so are the results.

// `probe="chat"`, `target=~"staging|production"`, ...; all have to match.
using Matchers = std::vector<std::string>;
Matchers matchers(const Selector& selector);
std::string equals(std::string_view label, std::string_view value);
std::string one_of(std::string_view label, const std::vector<std::string>& values);
std::string none_of(std::string_view label, const std::vector<std::string>& values);
Matchers both(Matchers some, const Matchers& more);

// `name{a="b"}`, and `name{a="b"}[5m]` for a range.
std::string series(std::string_view name, const Matchers& matchers);
std::string range(std::string_view name, const Matchers& matchers, Span span);

// `(name{a="b"} or last_over_time(name{a="b"}[1m]))`: Prometheus forgets a daemon's series with the
// first scrape that fails, which is no reason to take away its vote.
std::string lately(std::string_view name, const Matchers& matchers);

// What joins the series of one daemon, and those of one of its probes. Daemons of several locations
// may have the same instance: 127.0.0.1:9811 beside a collector, or the name of a pod.
inline constexpr std::string_view kDaemon = "job, instance, location";
inline constexpr std::string_view kOnDaemon = "on (job, instance, location)";
inline constexpr std::string_view kOnProbe = "on (job, instance, location, probe, kind, target)";

// `aggregate by (job, location, ...) (expr)` with the labels that Sonde's own series have; without
// `except`, "" or "probe, kind". What else a scrape adds (instance, pod, namespace, region) does
// not count: two daemons of a location that differ in it are one location.
std::string by_location(std::string_view aggregate, std::string_view except, std::string_view expr);
// The same without `location`, because several daemons may watch one path.
std::string across(std::string_view aggregate, std::string_view except, std::string_view expr);

// Excludes probes that were under maintenance within the span, because the growth of a counter
// during that time cannot be separated.
std::string outside_maintenance(std::string_view expr, Span span);

// How long ago a time was that a daemon wrote, at the last scrape and by the daemon's own clock:
// one that differs from Prometheus' makes nothing older, and nothing ages between two scrapes. Of a
// daemon that does not say its time, by Prometheus' clock.
std::string age_of(std::string_view series);

// Joined with `and` or `or`, one line each; a single part is unchanged.
std::string all(const std::vector<std::string>& parts);
std::string any(const std::vector<std::string>& parts);
// In parentheses on separate lines.
std::string block(std::string_view expr);

// `100 * part > 10 * whole` for 10 of 100: with integers, because a division would round, and a
// value exactly at the bound must not exceed it.
struct Share {
  std::uint64_t of = 0, in = 1'000'000;
};
std::string against(std::string_view part, std::string_view op, Share share,
                    std::string_view whole);

std::string number(double value);

}  // namespace sonde::rules
