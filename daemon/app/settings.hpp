#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/mistake.hpp"
#include "config/section.hpp"
#include "daemon/alert/rule_settings.hpp"
#include "daemon/app/instance.hpp"
#include "daemon/judge/window_facts.hpp"
#include "daemon/maintenance/downtime_settings.hpp"
#include "daemon/notify/heartbeat.hpp"
#include "daemon/notify/receivers.hpp"
#include "daemon/page/public_page.hpp"
#include "daemon/schedule/egress_settings.hpp"
#include "daemon/store/settings.hpp"
#include "probes/plan/plan.hpp"

namespace sonde::app {

// Which program sends alerts; only one of them may.
enum class AlertingBy : std::uint8_t { embedded, prometheus };
std::span<const config::Named<AlertingBy>> names_of(const AlertingBy*);

// `metrics:`: what is exported in addition to what alerts need.
struct MetricsSettings {
  std::vector<judge::ReportedWindow> windows;
};
const config::Section<MetricsSettings>& section_of(const MetricsSettings*);

// The whole file, as declared by the components that use its keys.
struct File {
  std::vector<std::string> include;
  plan::PlanFile plan;
  std::map<std::string, alert::RuleSettings> alerts;
  AlertingBy alerting = AlertingBy::embedded;
  store::StorageSettings storage;
  MetricsSettings metrics;
  std::map<std::string, maintenance::MaintenanceConfig> maintenance;
  std::optional<schedule::EgressSettings> egress;
  notify::ReceiverEntries receivers;
  std::optional<notify::HeartbeatSettings> heartbeat;
  page::PublicSettings page;
};
const config::Section<File>& section_of(const File*);

// The settings from a valid file. Immutable; a reload makes new ones.
struct Settings {
  std::vector<std::shared_ptr<const Check>> checks;   // that this daemon runs
  std::vector<std::shared_ptr<const Check>> of_file;  // also those that other shards run
  std::vector<alert::RuleSettings> rules;
  AlertingBy alerting = AlertingBy::embedded;
  std::string location;
  store::StorageSettings storage;
  judge::ShownWindows windows;  // that metrics show
  std::vector<maintenance::Downtime> maintenance;
  std::vector<notify::ReceiverEntry> receivers;
  std::optional<notify::HeartbeatSettings> heartbeat;
  page::PublicSettings page;  // the public page
  int workers = 1;
  std::shared_ptr<const schedule::EgressSettings> egress;  // null: no references
  std::string hash;  // changes exactly when the text of the file or of an included file changes
  std::string yaml;  // the file and what it includes, without secrets: effective_yaml()
};

// About how many series of metrics these probes have while none fails.
std::size_t expected_series(const Settings& settings);

// Loads and checks everything, in the same way for `check`, `run`, `serve` and a reload. nullopt:
// there are mistakes. Warnings are reported in any case.
std::optional<Settings> load_settings(const std::filesystem::path& file, config::Mistakes& mistakes,
                                      const Instance& instance = {});

// Logs every mistake and warning of a load, and returns the mistakes as one text.
std::string log_mistakes(const config::Mistakes& mistakes);

}  // namespace sonde::app
