#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/alert/rule_settings.hpp"

namespace sonde::rules {

// Pieces of PromQL as text. What they are made of is well-formed, so that what they make is.

// `probe="chat"`, `target=~"staging|production"`, ...; all of them have to match.
using Matchers = std::vector<std::string>;
Matchers matchers(const Selector& selector);
std::string equals(std::string_view label, std::string_view value);
std::string one_of(std::string_view label, const std::vector<std::string>& values);
std::string none_of(std::string_view label, const std::vector<std::string>& values);
Matchers both(Matchers some, const Matchers& more);

// `name{a="b"}`, and `name{a="b"}[5m]` of what lies within a span.
std::string series(std::string_view name, const Matchers& matchers);
std::string range(std::string_view name, const Matchers& matchers, Span span);

// `aggregate without (instance, pod, location, MORE) (expr)`: several daemons watch one path.
std::string across(std::string_view aggregate, std::string_view more, std::string_view expr);

// Without the probes that were under maintenance within a span: what a counter grew by then is not
// told apart.
std::string outside_maintenance(std::string_view expr, Span span);

// `all of them` and `any of them`, a line each; one of them stands as it is.
std::string all(const std::vector<std::string>& parts);
std::string any(const std::vector<std::string>& parts);
// In parentheses on lines of their own.
std::string block(std::string_view expr);

// `100 * part > 10 * whole` for 10 in 100: in whole numbers, because a division would round, and
// exactly the bound is not beyond it.
struct Share {
  std::uint64_t of = 0, in = 1'000'000;
};
std::string against(std::string_view part, std::string_view op, Share share,
                    std::string_view whole);

std::string number(double value);

}  // namespace sonde::rules
