#include "daemon/notify/receivers.hpp"

#include <gmock/gmock.h>

#include "config/schema.hpp"
#include "tests/daemon/core/hand_view.hpp"
#include "tests/daemon/notify/receiver_fixture.hpp"

namespace sonde::notify::receivers_test {
namespace {

using test::made_alert;
using testing::HasSubstr;

std::string notified(const std::string& yaml) { return test::Receivers(yaml).notified(); }

TEST(Receivers, AreNamedAndOfOneKindEach) {
  const test::Receivers receivers(
      "b: { alertmanager: { urls: [http://a:1, http://a:2] } }\n"
      "a: { webhook: { url: http://a }, group_wait: 1s, repeat_interval: 1h }\n");
  EXPECT_EQ(receivers.notified(), "");
  ASSERT_EQ(receivers.entries.all.size(), 2U);
  EXPECT_EQ(receivers.entries.all[0].name, "b");
  EXPECT_EQ(receivers.entries.all[0].places.size(), 2U);
  EXPECT_EQ(receivers.entries.all[1].routing.grouping.group_wait, std::chrono::seconds(1));
  EXPECT_EQ(receivers.entries.all[1].routing.grouping.group_interval, std::chrono::minutes(5));
}

TEST(Receivers, MistakesSayWhereAndWhat) {
  EXPECT_THAT(notified("a: {}"), HasSubstr("receivers.a: a receiver needs one of: alertmanager, "
                                           "webhook, slack, pagerduty"));
  EXPECT_THAT(notified("a: { webhok: { url: http://a } }"),
              HasSubstr("receivers.a.webhok: unknown key; did you mean 'webhook'?"));
  EXPECT_THAT(notified("a: { webhook: { url: http://a }, alertmanager: { urls: [http://b] } }"),
              HasSubstr("receivers.a.alertmanager: a receiver is of one kind"));
  EXPECT_THAT(notified("a: { webhook: { url: ws://a } }"),
              HasSubstr("receivers.a.webhook.url: expected an http or https URL"));
  EXPECT_THAT(notified("a: { webhook: { url: http://a, timeout: 2m } }"),
              HasSubstr("receivers.a.webhook.timeout"));
  EXPECT_THAT(notified("a: { alertmanager: { urls: [] } }"),
              HasSubstr("receivers.a.alertmanager.urls"));
  EXPECT_THAT(notified("a: { webhook: { url: http://a }, when: { severity: fatal } }"),
              HasSubstr("receivers.a.when.severity"));
  EXPECT_THAT(notified("a: { alertmanager: { urls: http://a }, group_wait: 1s }"),
              HasSubstr("receivers.a.group_wait: an Alertmanager groups and repeats"));
}

TEST(Receivers, WhenListsHaveToMatchAll) {
  const When when{.target = {"staging", "production"}, .alert = {}, .severity = {Severity::info}};
  EXPECT_TRUE(matches(when, made_alert("A", "production", Severity::info)));
  EXPECT_FALSE(matches(when, made_alert("A", "production", Severity::critical)));
  EXPECT_FALSE(matches(when, made_alert("A", "test", Severity::info)));
  EXPECT_TRUE(matches({}, made_alert()));
  EXPECT_FALSE(matches({.target = {}, .alert = {"B"}, .severity = {}}, made_alert("A")));
}

std::string vetted(const std::string& when, const std::string& headers = "") {
  const std::string yaml =
      "a: { webhook: { url: http://a, headers: { " + headers + " } }, when: { " + when + " } }";
  test::Receivers receivers(yaml);
  HandView view;
  view.add("login", "staging");
  const auto root = config::parse(yaml, "test.yaml", receivers.mistakes);
  vet_receivers(receivers.entries.all, view.checks(), {"AuthOutage", "Watchdog"}, *root,
                config::Reader(receivers.mistakes, "receivers"));
  return receivers.notified();
}

TEST(Receivers, WhenNamesWhatThereIs) {
  EXPECT_EQ(vetted("target: staging, alert: [AuthOutage, Watchdog]"), "");
  EXPECT_THAT(vetted("target: stagin"), HasSubstr("receivers.a.when.target: there is no probe of "
                                                  "the target 'stagin'; did you mean 'staging'?"));
  EXPECT_THAT(vetted("alert: AuthOutrage"),
              HasSubstr("receivers.a.when.alert: there is no alert 'AuthOutrage'; did you mean"));
}

TEST(Receivers, HeadersAreThoseThatARequestCanCarry) {
  EXPECT_EQ(vetted("", "X-Key: a b"), "");
  EXPECT_THAT(vetted("", "\"X Key\": a"),
              HasSubstr("receivers.a.webhook.headers: \"X Key\" is no name of a header"));
  EXPECT_THAT(vetted("", "X-Key: \"a\\nb\""), HasSubstr("holds control characters"));
}

TEST(Receivers, SchemaAndTableHaveEveryKind) {
  const std::string schema = config::to_json(config::Codec<ReceiverEntries>::schema({}), false);
  const auto rows = config::Rows<ReceiverEntries>::below("receivers", {});
  for (const auto& kind : receiver_kinds()) {
    EXPECT_THAT(schema, HasSubstr("\"" + std::string(kind.name) + "\""));
    EXPECT_TRUE(std::ranges::any_of(rows, [&](const auto& row) {
      return row.path == "receivers.NAME." + std::string(kind.name);
    }));
  }
}

}  // namespace
}  // namespace sonde::notify::receivers_test
