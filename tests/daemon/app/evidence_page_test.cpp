#include "daemon/app/evidence_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sonde::app::evidence_page_test {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;

Check chat() {
  Check check;
  check.name = "chat";
  check.kind = "chat";
  check.target = "staging";
  return check;
}

EvidenceRow failed(int second) {
  return {.id = second,
          .check = "chat/chat/staging",
          .ended = WallTime(std::chrono::seconds(1'764'079'320 + second)),
          .took = std::chrono::milliseconds(214),
          .verdict = Verdict::of(Step::upgrade, {Reason::server_error, "HTTP 500"}),
          .transcript = true};
}

TEST(EvidencePage, SaysWhenWhereWhyAndWhatThatMeans) {
  EXPECT_EQ(evidence_page(chat(), {failed(2), failed(1)},
                          {.newest = "{\"probe\":\"chat\"}", .proof = ""}),
            "chat (chat) on staging\n\n"
            "2025-11-25 14:02:02 UTC  fail upgrade/server_error  214 ms: HTTP 500\n"
            "2025-11-25 14:02:01 UTC  fail upgrade/server_error  214 ms: HTTP 500\n"
            "\nserver_error: The service fails (5xx).\n"
            "\nThe newest transcript:\n{\"probe\":\"chat\"}\n");
}

TEST(EvidencePage, ShowsTheConcludedCauseAndTheTranscriptThatProvesIt) {
  EvidenceRow row = failed(1);
  row.verdict.concluded = Reason::server_error_before_auth;
  EXPECT_THAT(evidence_page(chat(), {row}, {.newest = "{}", .proof = "{\"experiments\":[]}"}),
              AllOf(HasSubstr("fail upgrade/server_error, concluded server_error_before_auth  214"),
                    HasSubstr("\nserver_error_before_auth: "),
                    EndsWith("\nThe transcript with the experiments that separated the causes:\n"
                             "{\"experiments\":[]}\n")));
}

TEST(EvidencePage, WhatATargetSaidForgesNoLineAndSteersNoTerminal) {
  EvidenceRow row = failed(1);
  row.verdict.detail =
      "x\n2025-11-25 14:02:03 UTC  pass\x1b[2J\x9b"
      "31m\u202e" +
      std::string("\0", 1);
  EXPECT_EQ(evidence_page(chat(), {row}, {.newest = "{\"body\":\"\u009b\x7f\"}", .proof = ""}),
            "chat (chat) on staging\n\n"
            "2025-11-25 14:02:01 UTC  fail upgrade/server_error  214 ms: "
            "x\\n2025-11-25 14:02:03 UTC  pass\\x1b[2J\\x9b31m\\u{202e}\\x00\n"
            "\nserver_error: The service fails (5xx).\n"
            "\nThe newest transcript:\n{\"body\":\"\\u{9b}\\x7f\"}\n");
}

TEST(EvidencePage, SaysThatThereIsNone) {
  EXPECT_EQ(evidence_page(chat(), {}, {}),
            "chat (chat) on staging\n\nNo run that failed is remembered.\n");
}

}  // namespace
}  // namespace sonde::app::evidence_page_test
