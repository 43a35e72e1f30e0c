#include "daemon/rules/prometheus_quorum.hpp"

#include <fmt/format.h>

#include "daemon/rules/promql.hpp"

namespace sonde::rules {
namespace {

// Not older than three intervals and a timeout; without a network, than one.
std::string recent() {
  const std::string age = age_of("sonde_probe_last_run_timestamp_seconds");
  return fmt::format(
      "{0}\n<= 3 * sonde_probe_interval_seconds + sonde_probe_timeout_seconds\n"
      "unless (\n"
      "  {0}\n  > sonde_probe_interval_seconds + sonde_probe_timeout_seconds\n"
      "  and {1} sonde_egress_up == 0\n"
      ")",
      age, kOnDaemon);
}

}  // namespace

std::vector<PrometheusRule> prometheus_voters() {
  const std::string seen = "group without () " + block(recent());
  const std::string voted = lately(kSeen, {});
  const std::string others = fmt::format("({} unless on (job, probe, kind, target) {})",
                                         lately("sonde_probe_interval_seconds", {}), voted);
  return {{.record = std::string(kSeen), .expr = seen},
          {.record = std::string(kVoting), .expr = any({voted, "group without () " + others})}};
}

std::string of_voters(std::string_view expr) {
  return fmt::format("{} and {} {}", expr, kOnProbe, kVoting);
}

std::string at_voters(std::string_view expr) {
  return fmt::format("{} and on (job, location, probe, kind, target) {}", expr, kVoting);
}

namespace {
std::string parens(std::string_view expr) {
  return expr.contains('\n') ? block(expr) : fmt::format("({})", expr);
}
}  // namespace

std::string over_locations(std::string_view aggregate, std::string_view expr) {
  return fmt::format("{} without (location) {}", aggregate, parens(expr));
}

std::string total(std::string_view expr) { return over_locations("sum", expr); }

namespace {
std::string share_of(std::string_view some, std::string_view op, std::string_view all) {
  return fmt::format("2 * count without (location, sonde_rule) {} {} count without (location) {}",
                     parens(some), op, parens(all));
}
}  // namespace

std::string most(std::string_view some, std::string_view all) { return share_of(some, ">", all); }
std::string half(std::string_view some, std::string_view all) { return share_of(some, ">=", all); }

PrometheusRule at_locations(std::string_view record, const alert::RuleSettings& rule,
                            std::string_view expr) {
  return {.record = std::string(record),
          .expr = "group without () " + block(expr),
          .labels = {{"sonde_rule", rule.name}}};
}

std::string of_rule(std::string_view record, const alert::RuleSettings& rule) {
  return series(record, {equals("sonde_rule", rule.name)});
}

std::string within(std::string_view expr, std::string_view locations) {
  if (locations.empty()) return std::string(expr);
  return fmt::format("{} and ignoring (sonde_rule) {}", expr, locations);
}

std::string there(const std::function<std::string(std::string_view locations)>& value,
                  std::string_view locations) {
  return any({value(locations), value("")});
}

}  // namespace sonde::rules
