#include "daemon/app/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <thread>

#include "config/effective.hpp"
#include "config/file.hpp"
#include "config/literal_secret.hpp"
#include "config/load.hpp"
#include "config/schema.hpp"
#include "daemon/alert/rule_builtin.hpp"
#include "daemon/core/objective.hpp"
#include "daemon/judge/window.hpp"
#include "daemon/log/log.hpp"
#include "daemon/metrics/counts.hpp"

namespace sonde::app {
namespace {

int workers_of(const plan::PlanFile& plan) {
  if (plan.workers > 0) return plan.workers;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()) - 1);
}

// FNV-1a over the merged file: fast; resistance to forgery is not needed.
std::string hash_of(const config::Value& root) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (char c : config::to_json(root, false))
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return fmt::format("{:016x}", hash);
}

// Whether all sections that define probes are valid; otherwise probes that `alerts:` and
// `maintenance:` refer to may be missing.
bool plan_is_right(const config::Mistakes& mistakes) {
  constexpr std::array<std::string_view, 5> others = {"alerts", "maintenance", "receivers",
                                                      "heartbeat", "page"};
  return std::ranges::all_of(mistakes.sorted(), [&](const config::Mistake& mistake) {
    return mistake.warning || std::ranges::any_of(others, [&](std::string_view key) {
             return mistake.path.starts_with(key);
           });
  });
}

// Names of all alerts that may fire, built-in ones included.
std::vector<std::string> names_of(const std::map<std::string, alert::RuleSettings>& alerts,
                                  const Settings& settings) {
  const auto own = alert::builtin_instances(settings.checks);
  std::vector<std::string> names;
  names.reserve(alerts.size() + own.size());
  for (const auto& [name, rule] : alerts) names.push_back(name);
  for (const auto& instance : own) names.push_back(instance.rule->name);
  return names;
}

// The rate that a subject of alerts compares, if it compares one.
std::optional<RateOf> rate_of(alert::AlertOf of) {
  if (of == alert::AlertOf::auth_success) return RateOf::auth;
  if (of == alert::AlertOf::event_delivery) return RateOf::delivery;
  if (of == alert::AlertOf::probe_success) return RateOf::success;
  return std::nullopt;
}

// Those that an alert looks at, those that the file lists, and those of the dashboard: auth success
// of 10m and delivery of 1h.
judge::ShownWindows shown_windows(const std::vector<alert::RuleSettings>& rules,
                                  const MetricsSettings& metrics) {
  judge::ShownWindows shown{
      .success = {}, .auth = {std::chrono::minutes(10)}, .delivery = {std::chrono::hours(1)}};
  const auto whole = [](Span span) {
    return std::chrono::duration_cast<std::chrono::seconds>(span);
  };
  for (const alert::RuleSettings& rule : rules) {
    const bool burns = rule.of == alert::AlertOf::burn_rate;
    const std::optional<RateOf> rate = rate_of(burns ? rule.rate : rule.of);
    if (!rate) continue;
    for (const Span over : rule.over) shown.of(*rate).insert(whole(over));
    for (const BurnPair& pair : burns ? std::span(kBurnPairs) : std::span<const BurnPair>())
      for (const BurnWindow& window : {pair.lengthy, pair.brief})
        shown.of(*rate).insert(whole(window.length));
  }
  for (const judge::ReportedWindow window : metrics.windows) {
    const auto length = judge::kWindows.at(static_cast<std::size_t>(window)).length;
    for (auto* const rate : {&shown.success, &shown.auth, &shown.delivery}) rate->insert(length);
  }
  return shown;
}

bool is_no_folder(const std::filesystem::path& path) {
  std::error_code error;
  return !path.empty() && std::filesystem::exists(path, error) &&
         !std::filesystem::is_directory(path, error);
}

// Whether the public page shows targets that are watched, and a logo that is an image.
void check_page(Settings& settings, const config::Value& page, const config::Reader& reader) {
  for (const std::string& name : settings.page.targets)
    if (std::ranges::none_of(settings.checks,
                             [&](const auto& check) { return check->target == name; }))
      reader.at("public").wrong(page.place, "no probe watches a target '" + name + "'");
  if (settings.page.logo.empty()) return;
  if (const auto read = page::read_logo(settings.page); !read)
    reader.at("logo").wrong(page.place, read.error());
}

// Warns about valid settings with which no one would be notified.
void warn_of_gaps(const Settings& settings, const config::Value& root, config::Mistakes& mistakes) {
  const bool embedded = settings.alerting == AlertingBy::embedded;
  const bool has_receivers = embedded && !settings.receivers.empty();
  if (has_receivers && !settings.heartbeat)
    mistakes.warn(root.place, "heartbeat", "missing: if this daemon dies, no one is notified");
  if (has_receivers && settings.rules.empty())
    mistakes.warn(root.place, "alerts", "missing: the receivers never get a message");
  if (has_receivers && !settings.location.empty())
    mistakes.warn(root.place, "location",
                  "if other locations watch the same targets, each of them pages; then write "
                  "'alerting: prometheus'");
  if (embedded && !has_receivers && !settings.rules.empty())
    mistakes.warn(
        root.place, "receivers",
        "missing: alerts are shown but no one is notified; if Prometheus sends them, write "
        "'alerting: prometheus'");
  const std::string open = config::open_to_others(settings.storage.path);
  if (const auto* storage = root.find("storage"); storage && !open.empty())
    mistakes.warn(storage->place, "storage.path", open);
}

}  // namespace

const config::Section<MetricsSettings>& section_of(const MetricsSettings*) {
  static const auto keys = config::Section<MetricsSettings>().key(
      "windows", &MetricsSettings::windows, "Windows of the rates, beside those of the alerts.");
  return keys;
}

std::span<const config::Named<AlertingBy>> names_of(const AlertingBy*) {
  static constexpr config::Named<AlertingBy> names[] = {{"embedded", AlertingBy::embedded},
                                                        {"prometheus", AlertingBy::prometheus}};
  return names;
}

const config::Section<File>& section_of(const File*) {
  static const auto keys =
      config::Section<File>()
          .key("include", &File::include, "Further files, merged; patterns relative to this one.")
          .also(&File::plan, config::section<plan::PlanFile>())
          .key("alerts", &File::alerts, "When somebody is notified, by the name of the alert.",
               {.filled = true})
          .key("alerting", &File::alerting,
               "Who notifies the receivers: this daemon, or Prometheus with the rules of `sonde "
               "rules`; "
               "several locations need the latter.")
          .key("storage", &File::storage, "What survives a restart, and where it is kept.")
          .key("maintenance", &File::maintenance,
               "When no one is notified of alerts, by the name of the window; probing and "
               "recording go "
               "on.",
               {.filled = true})
          .key("metrics", &File::metrics, "What is exported in addition to what alerts need.")
          .key("egress", &File::egress,
               "Servers that show whether our own network works: while none of them answers, "
               "failures without any answer do not count against a target.")
          .key("receivers", &File::receivers, "Who is notified of alerts, by name.")
          .key("heartbeat", &File::heartbeat,
               "A request to a service outside that raises the alarm when the requests stop.")
          .key("page", &File::page, "What the page at /public shows to people outside.");
  return keys;
}

std::size_t expected_series(const Settings& settings) {
  std::size_t all = 0;
  for (const auto& check : settings.checks) {
    const auto has = [&](Step step) {
      return std::ranges::find(check->steps, step) != check->steps.end();
    };
    const std::size_t auth = has(Step::login) + has(Step::upgrade);
    all += metrics::series_of(*check) + 2 * settings.windows.success.size() +
           3 * auth * settings.windows.auth.size() +
           3 * check->events.size() * settings.windows.delivery.size();
  }
  // Deliveries by outcome and reason, the queue, and a histogram; see metrics' receiver families.
  constexpr std::size_t of_receiver = 22;
  for (const auto& receiver : settings.receivers) all += of_receiver * receiver.places.size();
  return all;
}

std::optional<Settings> load_settings(const std::filesystem::path& path, config::Mistakes& mistakes,
                                      const Instance& instance) {
  auto root = config::load(path, mistakes);
  if (!root) return std::nullopt;
  warn_of_shared_accounts(*root, instance, mistakes);
  fill_in(*root, instance, mistakes);
  File file;
  const config::Reader reader(mistakes);
  config::section<File>().read(*root, reader, file);
  Settings settings{.checks = make_checks(file.plan, *root, mistakes),
                    .of_file = {},
                    .rules = {},
                    .alerting = file.alerting,
                    .location = file.plan.location,
                    .storage = file.storage,
                    .windows = {},
                    .maintenance = {},
                    .receivers = std::move(file.receivers.all),
                    .heartbeat = std::move(file.heartbeat),
                    .page = std::move(file.page),
                    .workers = workers_of(file.plan),
                    .egress = {},
                    .hash = hash_of(*root),
                    .yaml = config::effective_yaml(*root)};
  if (file.egress) settings.egress = std::make_shared<const schedule::EgressSettings>(*file.egress);
  if (const auto* heartbeat = root->find("heartbeat"))
    notify::vet_headers(*heartbeat, reader.at("heartbeat"));
  const auto* storage = root->find("storage");
  if (storage != nullptr && mistakes.reads_secrets() && is_no_folder(file.storage.path))
    reader.at("storage").at("path").wrong(
        storage->place, "a folder is expected here, and '" + file.storage.path + "' is a file");
  if (plan_is_right(mistakes)) {
    settings.rules = make_rules(file.alerts, *root, settings.checks, mistakes);
    settings.windows = shown_windows(settings.rules, file.metrics);
    settings.maintenance = make_downtimes(file.maintenance, *root, settings.checks, mistakes);
    if (const auto* receivers = root->find("receivers"))
      vet_receivers(settings.receivers, settings.checks, names_of(file.alerts, settings),
                    *receivers, reader.at("receivers"));
    if (const auto* page = root->find("page")) check_page(settings, *page, reader.at("page"));
  }
  settings.of_file = settings.checks;
  if (settings.checks.empty() && !mistakes.any())
    mistakes.add(root->place, "probes", "there is no probe: nothing would be watched");
  if (mistakes.any()) return std::nullopt;
  warn_of_gaps(settings, *root, mistakes);
  config::warn_of_literal_secrets(*root, mistakes);
  return settings;
}

std::string log_mistakes(const config::Mistakes& mistakes) {
  std::string all;
  for (const auto& mistake : mistakes.sorted()) {
    log::say(mistake.warning ? log::Level::warning : log::Level::error, config::show(mistake));
    if (!mistake.warning) all += config::show(mistake) + "\n";
  }
  return all;
}

}  // namespace sonde::app
