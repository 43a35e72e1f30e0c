#include "daemon/page/incidents_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/page/hand_overview.hpp"

namespace sonde::page::incidents_page_test {
namespace {

using std::chrono::minutes;
using testing::HasSubstr;
using testing::Not;

AlertRecord record(const std::string& name, const std::string& incident, WallTime starts,
                   std::optional<WallTime> ended) {
  AlertRecord made;
  made.labels = {
      {"alertname", name}, {"severity", "critical"}, {"target", "shop"}, {"probe", "chat"}};
  made.summary = name + " <b>says</b> so";
  made.incident = incident;
  made.starts = starts;
  made.ended = ended;
  return made;
}

std::string page(std::vector<AlertRecord> records) {
  return incidents_page({.now = noon, .version = "1", .target = "", .records = std::move(records)});
}

TEST(IncidentsPage, AnIncidentIsOneSectionWithItsAlerts) {
  const std::string html = page({record("ChatSlow", "i2", noon - minutes(5), {}),
                                 record("Down", "i2", noon - minutes(9), {}),
                                 record("Old", "i1", noon - minutes(90), noon - minutes(60))});
  const auto open = html.find("id=\"i2\""), past = html.find("id=\"i1\"");
  ASSERT_NE(open, html.npos);
  ASSERT_LT(open, past);
  const std::string first = html.substr(open, past - open);
  EXPECT_THAT(first, HasSubstr("2 alerts"));
  EXPECT_THAT(first, HasSubstr("Down"));
  EXPECT_THAT(first, HasSubstr("ChatSlow"));
  EXPECT_THAT(first, HasSubstr("lasted 9 min"));
  EXPECT_THAT(first, HasSubstr("/feeds/shop.atom"));
  EXPECT_THAT(html.substr(past), HasSubstr("lasted 30 min"));
  EXPECT_THAT(html, HasSubstr("2 alerts fire"));
}

TEST(IncidentsPage, TextsOfATargetStayTexts) {
  EXPECT_THAT(page({record("Down", "i1", noon - minutes(1), {})}),
              testing::AllOf(HasSubstr("&lt;b&gt;says"), Not(HasSubstr("<b>says"))));
}

TEST(IncidentsPage, SaysWhoWasSentWhatAndWhoLooksAfterIt) {
  auto made = record("Down", "i1", noon - minutes(9), {});
  made.notifications = {{.receiver = "pager",
                         .firing = true,
                         .first = noon - minutes(8),
                         .last = noon - minutes(2),
                         .count = 3}};
  made.undelivered = {{.receiver = "mail", .firing = true, .at = noon - minutes(6)}};
  made.acknowledged = Acknowledgement{.by = "ann", .comment = "looking", .at = noon - minutes(7)};
  const std::string html = page({made});
  EXPECT_THAT(html, HasSubstr("pager was sent the alert at"));
  EXPECT_THAT(html, HasSubstr("3 times until"));
  EXPECT_THAT(html, HasSubstr("mail had not taken the alert by"));
  EXPECT_THAT(html, HasSubstr("acknowledged by ann at"));
  EXPECT_THAT(html, HasSubstr("looking"));
}

TEST(IncidentsPage, WithoutAlertsSaysThatNoneFired) {
  EXPECT_THAT(page({}), HasSubstr("No alert has fired"));
}

}  // namespace
}  // namespace sonde::page::incidents_page_test
