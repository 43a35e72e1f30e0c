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

// `aggregate without (instance, pod, location, MORE) (expr)`, because several daemons may watch one
// path.
std::string across(std::string_view aggregate, std::string_view more, std::string_view expr);

// Excludes probes that were under maintenance within the span, because the growth of a counter
// during that time cannot be separated.
std::string outside_maintenance(std::string_view expr, Span span);

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
