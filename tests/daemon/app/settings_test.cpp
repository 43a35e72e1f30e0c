#include "daemon/app/settings.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace sonde::app::settings_test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view base = R"(
targets: { demo: { http: "http://127.0.0.1:1" } }
probes: { up: { kind: health, target: demo, url: "{{target.http}}/health" } }
)";
constexpr std::string_view alerts =
    "alerts: { Down: { of: consecutive_failures, above: 2, severity: critical } }\n";
constexpr std::string_view receivers =
    "receivers: { pager: { webhook: { url: \"http://127.0.0.1:1\" } } }\n";

// Every mistake and warning of a file, a line each.
std::string notified(const std::string& text, bool right) {
  std::string folder = testing::TempDir() + "sonde-settings-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) return "no folder";
  const std::filesystem::path file = std::filesystem::path(folder) / "sonde.yaml";
  std::ofstream(file) << text;
  config::Mistakes mistakes;
  EXPECT_EQ(load_settings(file, mistakes).has_value(), right) << text;
  std::string all;
  for (const auto& mistake : mistakes.sorted()) all += config::show(mistake) + "\n";
  std::filesystem::remove_all(folder);
  return all;
}
std::string notified(std::initializer_list<std::string_view> parts, bool right) {
  std::string text(base);
  for (const auto part : parts) text += part;
  return notified(text, right);
}
std::string warned(std::initializer_list<std::string_view> parts) { return notified(parts, true); }

TEST(SettingsTest, AlertsOfWhichNobodyIsToldAreWarnedOf) {
  EXPECT_THAT(warned({alerts}), HasSubstr("receivers: missing"));
  EXPECT_THAT(warned({alerts, "alerting: prometheus\n"}), Not(HasSubstr("receivers")));
  EXPECT_THAT(warned({alerts, receivers}), Not(HasSubstr("receivers: missing")));
}

TEST(SettingsTest, AReceiverMayAwaitAlertsOfTheFileAndThoseOfTheDaemon) {
  EXPECT_THAT(warned({alerts, R"(receivers: { pager: { webhook: { url: "http://127.0.0.1:1" },
    when: { alert: [Down, Watchdog, SondeBlind, SondeProbeStalled] } } })"}),
              Not(HasSubstr("receivers")));
}

TEST(SettingsTest, ReceiversThatAreNeverToldAnythingAreWarnedOf) {
  EXPECT_THAT(warned({receivers}), HasSubstr("alerts: missing"));
}

TEST(SettingsTest, WhatAMistakeTookAwayIsNotCalledMissing) {
  const std::string text = notified({"alerts: { Down: { of: latencies } }\n", receivers}, false);
  EXPECT_THAT(text, HasSubstr("alerts.Down.of: 'latencies' is not known here"));
  EXPECT_THAT(text, Not(HasSubstr(": missing:")));
}

TEST(SettingsTest, ADaemonWhoseDeathNobodyWouldHearOfIsWarnedOf) {
  EXPECT_THAT(warned({alerts, receivers}), HasSubstr("heartbeat: missing"));
  EXPECT_THAT(warned({alerts, receivers, "heartbeat: { url: \"http://127.0.0.1:1\" }\n"}),
              Not(HasSubstr("heartbeat")));
}

// A line of the file that is a mistake, and a part of its text.
TEST(SettingsTest, WhatCannotWorkIsAMistakeBeforeItRuns) {
  std::string file = testing::TempDir() + "sonde-secret-XXXXXX";
  const int descriptor = mkstemp(file.data());
  ASSERT_GE(descriptor, 0);
  ASSERT_EQ(write(descriptor, "no address", 10), 10);
  close(descriptor);
  const std::vector<std::pair<std::string, std::string>> mistakes{
      {"storage: { path: " + file + " }\n", "a folder is expected here"},
      {"heartbeat: { url: { file: " + file + " } }\n", "holds no http or https URL"},
      {"heartbeat: { url: \"http://127.0.0.1:1\", headers: { \"X Y\": a } }\n",
       "heartbeat.headers: \"X Y\" is no name of a header"},
      {"receivers: { w: { webhook: { url: { file: " + file + " } } } }\n",
       "holds no http or https URL"},
      {"receivers: { w: { webhook: { url: \"http://127.0.0.1:1\", headers: { \"X Y\": a } } } }\n",
       "webhook.headers: \"X Y\" is no name of a header"},
  };
  for (const auto& [line, text] : mistakes)
    EXPECT_THAT(notified({std::string_view(line)}, false), HasSubstr(text)) << line;
  std::filesystem::remove(file);
}

TEST(SettingsTest, AMaintenanceWindowThatIsOverIsWarnedOf) {
  const auto window = [](std::string_view when) {
    return warned({"maintenance: { move: { reason: x, ", when, " } }\n"});
  };
  EXPECT_THAT(window("from: 2020-01-01T00:00, for: 1h"),
              HasSubstr("maintenance.move: it is over, and has no effect"));
  EXPECT_THAT(window("from: 2100-01-01T00:00, for: 1h"), Not(HasSubstr("is over")));
  EXPECT_THAT(window("at: \"02:00\", for: 1h"), Not(HasSubstr("is over")));
}

TEST(SettingsTest, LocationsThatWouldEachPageAreWarnedOf) {
  EXPECT_THAT(warned({alerts, receivers, "location: eu\n"}), HasSubstr("alerting: prometheus"));
  EXPECT_THAT(warned({alerts, receivers, "location: eu\nalerting: prometheus\n"}),
              Not(HasSubstr("location")));
}

}  // namespace
}  // namespace sonde::app::settings_test
