#include "daemon/core/alert_json.hpp"

#include <fmt/format.h>

#include "probes/text/json.hpp"

namespace sonde {

std::string json_of(const Labels& labels) {
  std::string all = "{";
  for (const auto& [name, value] : labels)
    all += fmt::format("{}{}:{}", all.size() > 1 ? "," : "", text::json_quote(name),
                       text::json_quote(value));
  return all + "}";
}

std::string show(const Labels& labels) {
  std::string all = "{";
  for (const auto& [name, value] : labels)
    all += fmt::format("{}{}={}", all.size() > 1 ? ", " : "", name, text::json_quote(value));
  return all + "}";
}

const std::string& value_of(const Labels& labels, const std::string& name) {
  static const std::string none;
  const auto found = labels.find(name);
  return found == labels.end() ? none : found->second;
}

bool is_watchdog(const Labels& labels) { return value_of(labels, "severity") == "none"; }

const std::string& name_of(const Alert& alert) { return value_of(alert.labels, "alertname"); }

const std::string& summary_of(const Alert& alert) {
  const std::string& summary = value_of(alert.annotations, "summary");
  return summary.empty() ? name_of(alert) : summary;
}

}  // namespace sonde
