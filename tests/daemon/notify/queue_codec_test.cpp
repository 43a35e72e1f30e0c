#include "daemon/notify/queue_codec.hpp"

#include <gtest/gtest.h>

#include "tests/daemon/core/made_alert.hpp"

namespace sonde::notify::queue_codec_test {
namespace {

using test::at;

TEST(QueueNote, GivesBackWhatItWasGiven) {
  Pending pending{.alert = test::held_back(test::ended(test::made_alert("A\"\n"), 12.345)),
                  .notified = at(7.5),
                  .notified_firing = true,
                  .tried = true,
                  .refused = at(9)};
  pending.alert.group = "i1";
  pending.alert.incident = "0123456789abcdef";
  const auto back = pending_of(note_of(pending));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->alert.labels, pending.alert.labels);
  EXPECT_EQ(back->alert.annotations, pending.alert.annotations);
  EXPECT_EQ(back->alert.severity, pending.alert.severity);
  EXPECT_EQ(back->alert.target, pending.alert.target);
  EXPECT_EQ(back->alert.starts, pending.alert.starts);
  EXPECT_EQ(back->alert.ended, pending.alert.ended);
  EXPECT_EQ(back->alert.notified, false);
  EXPECT_EQ(back->alert.group, "i1");
  EXPECT_EQ(back->alert.incident, "0123456789abcdef");
  EXPECT_EQ(back->alert.source_url, pending.alert.source_url);
  EXPECT_EQ(back->notified, pending.notified);
  EXPECT_EQ(back->notified_firing, true);
  EXPECT_EQ(back->tried, true);
  EXPECT_EQ(back->refused, pending.refused);
}

TEST(QueueNote, WhatIsMissingStaysMissing) {
  const auto back = pending_of(note_of(Pending{.alert = test::made_alert()}));
  ASSERT_TRUE(back);
  EXPECT_FALSE(back->notified || back->notified_firing || back->tried || back->refused);
  EXPECT_TRUE(back->fires());
}

TEST(QueueNote, TakesNothingThatItDidNotWrite) {
  for (const auto* text : {"", "{", "[]", "{}", R"({"version":2,"alert":{}})",
                           R"({"version":1,"alert":{"labels":{},"severity":"info","starts":1}})",
                           R"({"version":1,"alert":{"labels":{"a":"b"},"severity":"x"}})"})
    EXPECT_FALSE(pending_of(text)) << text;
  EXPECT_FALSE(place_of("{}"));
  EXPECT_FALSE(place_of(note_of(Pending{.alert = test::made_alert()})));
}

TEST(QueueNote, RemembersWhereAPlaceWasReached) {
  const auto back = place_of(note_of(PlaceNote{.last = {"am", "192.0.2.1"}, .quiet_until = at(3)}));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->last.host, "am");
  EXPECT_EQ(back->last.address, "192.0.2.1");
  EXPECT_EQ(back->quiet_until, at(3));
}

}  // namespace
}  // namespace sonde::notify::queue_codec_test
