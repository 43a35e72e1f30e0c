#include "daemon/rules/promql.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "daemon/rules/prometheus_file.hpp"
#include "probes/text/json.hpp"

namespace sonde::rules {
namespace {

std::string regex_of(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\.+*?()|[]{}^$").contains(c)) out += '\\';
    out += c;
  }
  return out;
}

std::string joined(const std::vector<std::string>& parts, std::string_view by) {
  return fmt::format("{}", fmt::join(parts, by));
}

}  // namespace

std::string equals(std::string_view label, std::string_view value) {
  return fmt::format("{}={}", label, text::json_quote(value));
}

namespace {
std::string pattern_of(const std::vector<std::string>& values) {
  std::vector<std::string> patterns;
  patterns.reserve(values.size());
  for (const auto& value : values) patterns.push_back(regex_of(value));
  return text::json_quote(joined(patterns, "|"));
}
}  // namespace

std::string one_of(std::string_view label, const std::vector<std::string>& values) {
  if (values.size() == 1) return equals(label, values.front());
  return fmt::format("{}=~{}", label, pattern_of(values));
}

std::string none_of(std::string_view label, const std::vector<std::string>& values) {
  return fmt::format("{}!~{}", label, pattern_of(values));
}

Matchers matchers(const Selector& selector) {
  Matchers out;
  if (!selector.probe.empty()) out.push_back(one_of("probe", selector.probe));
  if (!selector.kind.empty()) out.push_back(one_of("kind", selector.kind));
  if (!selector.target.empty()) out.push_back(one_of("target", selector.target));
  return out;
}

Matchers both(Matchers some, const Matchers& more) {
  some.insert(some.end(), more.begin(), more.end());
  return some;
}

std::string series(std::string_view name, const Matchers& matchers) {
  if (matchers.empty()) return std::string(name);
  return fmt::format("{}{{{}}}", name, joined(matchers, ", "));
}

std::string range(std::string_view name, const Matchers& matchers, Span span) {
  return fmt::format("{}[{}]", series(name, matchers), prometheus_duration(span));
}

std::string lately(std::string_view name, const Matchers& matchers) {
  return fmt::format("({} or last_over_time({}))", series(name, matchers),
                     range(name, matchers, std::chrono::minutes(1)));
}

namespace {

// The labels of Sonde's series that tell alerts or their parts from each other.
constexpr std::string_view own_labels[] = {"probe", "kind",   "target",    "step",
                                           "event", "reason", "host_port", "le"};

std::string by_own_labels(std::string_view aggregate, std::string_view place,
                          std::string_view except, std::string_view expr) {
  std::string labels(place);
  for (const auto label : own_labels)
    if (!fmt::format(", {},", except).contains(fmt::format(", {},", label)))
      labels += fmt::format(", {}", label);
  return fmt::format("{} by ({}) ({})", aggregate, labels, expr);
}

}  // namespace

std::string by_location(std::string_view aggregate, std::string_view except,
                        std::string_view expr) {
  return by_own_labels(aggregate, "job, location", except, expr);
}

std::string across(std::string_view aggregate, std::string_view except, std::string_view expr) {
  return by_own_labels(aggregate, "job", except, expr);
}

std::string outside_maintenance(std::string_view expr, Span span) {
  return fmt::format("{}\nunless {} (max_over_time({}) == 1)", block(expr), kOnProbe,
                     range("sonde_maintenance_active", {}, span));
}

std::string age_of(std::string_view series) {
  return fmt::format(
      "(max by ({1}) (sonde_time_seconds) - {2} group_right () {0} or timestamp({0}) - {0})",
      series, kDaemon, kOnDaemon);
}

std::string all(const std::vector<std::string>& parts) { return joined(parts, "\nand "); }
std::string any(const std::vector<std::string>& parts) { return joined(parts, "\nor\n"); }

std::string block(std::string_view expr) {
  std::string out = "(\n  ";
  for (const char c : expr) {
    out += c;
    if (c == '\n') out += "  ";
  }
  return out + "\n)";
}

std::string against(std::string_view part, std::string_view op, Share share,
                    std::string_view whole) {
  while (share.in % 10 == 0 && share.of % 10 == 0) {
    share.in /= 10;
    share.of /= 10;
  }
  const auto times = [](std::uint64_t factor, std::string_view what) {
    return factor == 1 ? std::string(what) : fmt::format("{} * {}", factor, what);
  };
  return fmt::format("{} {} {}", times(share.in, part), op, times(share.of, whole));
}

std::string number(double value) { return fmt::format("{}", value); }

}  // namespace sonde::rules
