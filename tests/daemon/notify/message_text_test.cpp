#include "daemon/notify/message_text.hpp"

#include <gmock/gmock.h>

#include "tests/daemon/notify/receiver_fixture.hpp"

namespace sonde::notify::message_text_test {
namespace {

using test::at;
using test::ended;
using test::made_alert;
using test::message_of;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

TEST(MessageText, TitleSaysWhatFiresAndHowMuch) {
  EXPECT_EQ(title_of(message_of({made_alert()}), 200), "FIRING staging (1 alert)");
  EXPECT_EQ(title_of(message_of({made_alert("A"), ended(made_alert("B"), 9)}), 200),
            "FIRING staging (1 alert, 1 resolved)");
  EXPECT_EQ(title_of(message_of({ended(made_alert(), 9)}), 200), "RESOLVED staging");
}

TEST(MessageText, TitleNamesTheReceiverWhereNoTargetIsMeant) {
  EXPECT_EQ(title_of(message_of({made_alert()}, {}), 200), "FIRING team (1 alert)");
}

TEST(MessageText, ParagraphHasSinceUntilAndLinks) {
  Alert alert = ended(made_alert(), 90);
  alert.annotations["runbook_url"] = "https://run/book";
  EXPECT_EQ(paragraph_of(alert),
            "AuthSuccessRateLow (critical, resolved): login auth success 72.0 %, wanted 90 %\n"
            "since 2026-10-01 12:00:00 UTC until 2026-10-01 12:01:30 UTC\n"
            "Runbook: https://run/book\nAlert: http://127.0.0.1:9811/alerts/x");
}

TEST(MessageText, LeavesOutAlertsThatDoNotFitAndSaysHowMany) {
  std::vector<Alert> many;
  for (int i = 0; i < 50; ++i) many.push_back(made_alert("A" + std::to_string(i)));
  for (const std::size_t bytes_max : {100UL, 300UL, 1000UL, 4096UL}) {
    const std::string text = text_of(message_of(many), bytes_max);
    EXPECT_LE(text.size(), bytes_max);
    EXPECT_THAT(text, StartsWith("A0 (critical)"));
    EXPECT_THAT(text, HasSubstr("\n\nand "));
    EXPECT_THAT(text, EndsWith(" more"));
  }
}

TEST(MessageText, LeavesOutALinkThatIsTooLong) {
  Alert alert = made_alert();
  alert.annotations["evidence_url"] = "https://x/" + std::string(3000, 'a');
  EXPECT_EQ(links_of(alert).size(), 1U);
}

TEST(MessageText, SeverityIsThatOfTheWorstAlertThatFires) {
  const Alert gone = ended(made_alert("A"), 5);
  const Alert fires = made_alert("B", "staging", Severity::warning);
  EXPECT_EQ(severity_of(message_of({fires, gone})), Severity::warning);
  EXPECT_EQ(severity_of(message_of({gone})), Severity::critical);
}

TEST(MessageText, WhatIsSetAsideNeitherGradesNorCountsAsOpenAndIsMarked) {
  Alert looked_after = made_alert("A");
  looked_after.acknowledged = true;
  Message message = message_of(
      {made_alert("B", "staging", Severity::warning), looked_after, ended(made_alert("C"), 5)});
  EXPECT_EQ(severity_of(message), Severity::critical);
  EXPECT_EQ(title_of(message, 200), "FIRING staging (2 alerts, 1 resolved)");
  message.aside = 1;
  EXPECT_EQ(severity_of(message), Severity::warning);
  EXPECT_EQ(title_of(message, 200), "FIRING staging (1 alert, 1 acknowledged, 1 resolved)");
  EXPECT_THAT(paragraph_of(looked_after), HasSubstr("\nacknowledged\n"));
  looked_after.annotations["acknowledged"] = "by ann at noon";
  EXPECT_THAT(paragraph_of(looked_after), HasSubstr("\nacknowledged by ann at noon\n"));
}

TEST(MessageText, WhatIsOnlyKeptFiringRecoversAndTheHeadlineNamesWhatFailed) {
  Alert kept = made_alert("A");
  kept.annotations["summary"] = "login passes again";
  kept.failed = "login failed 4 times in a row";
  const Message alone = message_of({kept, ended(made_alert("B"), 5)});
  EXPECT_EQ(title_of(alone, 200), "RECOVERING staging (1 alert, 1 resolved)");
  EXPECT_EQ(headline_of(alone), "login failed 4 times in a row");
  const Message mixed = message_of({kept, made_alert("C")});
  EXPECT_EQ(title_of(mixed, 200), "FIRING staging (2 alerts)");
  EXPECT_EQ(headline_of(mixed), "recovering: login failed 4 times in a row");
  EXPECT_EQ(headline_of(message_of({ended(kept, 9)})), "login passes again");
}

TEST(MessageText, IncidentKeyIsOneForAllMessagesOfAnIncidentOfAnEntry) {
  Message begin = message_of({made_alert()});
  Message end = message_of({ended(made_alert(), 60)});
  EXPECT_EQ(incident_key(begin), incident_key(end));
  EXPECT_NE(incident_key(begin), incident_key(message_of({made_alert()}, {{"target", "other"}})));
  end.entry = "second";
  EXPECT_NE(incident_key(begin), incident_key(end));
}

TEST(MessageText, IncidentIdIsOneForAllMessagesOfAnIncidentAndNotOfTheNext) {
  Message begin = message_of({made_alert()}), next = begin;
  EXPECT_EQ(incident_id(begin), incident_key(begin));  // of a version without ids
  begin.incident = "0123456789abcdef";
  next.incident = "fedcba9876543210";
  EXPECT_EQ(incident_id(begin), "0123456789abcdef");
  EXPECT_EQ(incident_key(begin), incident_key(next));
  EXPECT_NE(incident_id(begin), incident_id(next));
  Message other = begin;
  other.entry = "second";
  EXPECT_TRUE(incident_id(other).starts_with("0123456789abcdef-"));
}

}  // namespace
}  // namespace sonde::notify::message_text_test
