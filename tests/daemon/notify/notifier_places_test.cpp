#include <gmock/gmock.h>

#include "tests/daemon/notify/notifier_fixture.hpp"

namespace sonde::notify::notifier_places_test {
namespace {
using test::at;
using test::ended;
using test::made_alert;
using test::NotifierTest;
using testing::AllOf;
using testing::HasSubstr;

// What a reload, or a restart with another configuration, makes of places.
struct NotifierPlacesTest : NotifierTest {
  test::SecretFile one{"key-one"}, two{"key-two"};
  test::Server server{test::Handler([](const test::Request&) {
    return test::Script{test::answer(202, R"({"status":"success"})")};
  })};

  std::string pagerduty(const test::SecretFile& key, const std::string& name = "oncall") const {
    return name + ": { pagerduty: { routing_key: " + key.yaml() + ", url: \"" + server.url() +
           "\" }, group_interval: 1s }";
  }
  void restart(const std::string& yaml) {
    crash();
    boot();
    configure(yaml);
  }
  std::string body(std::size_t i) { return server.requests(i + 1).at(i).body; }
};

TEST_F(NotifierPlacesTest, AnotherServiceIsTriggeredAndTheOldOneResolved) {
  configure(pagerduty(one));
  update({made_alert()});
  run_until_sent(1);
  configure(pagerduty(two));
  update({made_alert()});
  run_until([&] { return server.requests().size() >= 3; });
  EXPECT_THAT(body(0), AllOf(HasSubstr("key-one"), HasSubstr("trigger")));
  EXPECT_THAT((std::vector{body(1), body(2)}),
              testing::UnorderedElementsAre(AllOf(HasSubstr("key-one"), HasSubstr("resolve")),
                                            AllOf(HasSubstr("key-two"), HasSubstr("trigger"))));
}

TEST_F(NotifierPlacesTest, AKeyThatIsReplacedInItsFileIsAnotherServiceToo) {
  for (const bool reload : {true, false}) {
    one.replace("key-one");
    configure(pagerduty(one));
    update({made_alert()});
    run_until([&] { return facts().queue_length == 0; });
    const std::size_t sent = server.requests().size();
    one.replace("key-three");
    if (reload) configure(pagerduty(one));
    now += std::chrono::seconds(15);
    update({made_alert()});
    run_until([&] { return server.requests().size() >= sent + 2; });
    EXPECT_THAT((std::vector{body(sent), body(sent + 1)}),
                testing::UnorderedElementsAre(AllOf(HasSubstr("key-one"), HasSubstr("resolve")),
                                              AllOf(HasSubstr("key-three"), HasSubstr("trigger"))));
    now += std::chrono::seconds(15);
    update({made_alert()});
    idle();
    EXPECT_EQ(server.requests().size(), sent + 2);
    configure("{}");
    run_until([&] { return server.requests().size() >= sent + 3; });
    EXPECT_THAT(body(sent + 2), AllOf(HasSubstr("key-three"), HasSubstr("resolve")));
  }
}

TEST_F(NotifierPlacesTest, AKeyThatCannotBeReadForAWhileChangesNothing) {
  configure(pagerduty(one));
  update({made_alert()});
  run_until_sent(1);
  one.replace("");
  now += std::chrono::seconds(15);
  update({ended(made_alert(), 70)});
  now += std::chrono::seconds(15);
  update({ended(made_alert(), 70)});
  run_until_sent(2);
  EXPECT_THAT(body(1), AllOf(HasSubstr("key-one"), HasSubstr("resolve")));
}

std::string dedup_key(const std::string& body) {
  const auto at = body.find("\"dedup_key\"");
  return at == body.npos ? "" : body.substr(at, body.find_first_of(",}", at) - at);
}

TEST_F(NotifierPlacesTest, EntriesThatShareAServiceHaveIncidentsOfTheirOwn) {
  const std::string both = pagerduty(one, "duty") + "\n" + pagerduty(one, "low");
  configure(both);
  update({made_alert()});
  run_until([&] { return facts(0).sent == 1 && facts(1).sent == 1; });
  EXPECT_NE(dedup_key(body(0)), dedup_key(body(1)));
  note();
  const std::vector triggered{dedup_key(body(0)), dedup_key(body(1))};
  configure(pagerduty(one, "duty"));
  run_until([&] { return server.requests().size() >= 3; });
  EXPECT_THAT(body(2), HasSubstr("resolve"));
  restart(pagerduty(one, "duty"));
  now = at(600);
  update({ended(made_alert(), 500)});
  run_until_sent(1);
  EXPECT_THAT(body(3), HasSubstr("resolve"));
  EXPECT_THAT((std::vector{dedup_key(body(2)), dedup_key(body(3))}),
              testing::UnorderedElementsAreArray(triggered));
}

TEST_F(NotifierPlacesTest, WhatIsOpenEndsUnderItsKeyThoughAnotherEntryLeadsThereNow) {
  configure(pagerduty(one, "duty"));
  update({made_alert()});
  run_until_sent(1);
  configure(pagerduty(one, "duty") + "\n" + pagerduty(one, "low"));
  update({made_alert()});
  run_until_sent(1, 1);
  EXPECT_NE(dedup_key(body(0)), dedup_key(body(1)));
  now = at(600);
  update({ended(made_alert(), 500)});
  run_until([&] { return facts(0).sent == 2 && facts(1).sent == 2; });
  EXPECT_THAT((std::vector{dedup_key(body(2)), dedup_key(body(3))}),
              testing::UnorderedElementsAre(dedup_key(body(0)), dedup_key(body(1))));
}

TEST_F(NotifierPlacesTest, AWebhookUrlThatIsReplacedInItsFileIsToldWhatFires) {
  for (const std::string kind : {"slack", "webhook"}) {
    const test::SecretFile url{server.url("/old/" + kind)};
    configure("team: { " + kind + ": { url: " + url.yaml() + " } }");
    update({made_alert()});
    run_until_sent(1);
    const std::size_t sent = server.requests().size();
    url.replace(server.url("/new/" + kind));
    now += std::chrono::seconds(15);
    update({made_alert()});
    run_until([&] { return server.requests().size() > sent; });
    EXPECT_EQ(server.requests(sent + 1).at(sent).target(), "/new/" + kind);
  }
}

TEST_F(NotifierPlacesTest, WhatAWrongKeyKeptFromBeingToldIsToldUnderTheNextOne) {
  for (const bool crashes : {false, true}) {
    std::atomic<int> status = 400;
    const test::Server picky{test::Handler([&](const test::Request&) {
      return test::Script{test::answer(status, R"({"status":"success"})")};
    })};
    one.replace("wrong");
    const std::string yaml = "oncall: { pagerduty: { routing_key: " + one.yaml() + ", url: \"" +
                             picky.url() + "\" }, group_interval: 1s, group_wait: 0s }";
    configure(yaml);
    update({made_alert()});
    run_until_sent(1);
    now += std::chrono::seconds(5);
    update({ended(made_alert(), 65)});
    note();
    if (crashes) crash();
    status = 202;
    one.replace("right");
    if (crashes) boot();
    if (crashes) configure(yaml);
    now += std::chrono::seconds(15);
    update({ended(made_alert(), 65)});
    const auto notified = [&] {
      for (const auto& request : picky.requests())
        if (testing::Matches(AllOf(HasSubstr("right"), HasSubstr("trigger"),
                                   HasSubstr("it ended at")))(request.body))
          return true;
      return false;
    };
    run_until(notified);
    configure("{}");
    now = at(60);
  }
}

TEST_F(NotifierPlacesTest, AnotherServiceIsTriggeredAfterARestart) {
  configure(pagerduty(one));
  update({made_alert()});
  run_until_sent(1);
  restart(pagerduty(two));
  update({made_alert()});
  run_until_sent(1);
  EXPECT_THAT(body(1), AllOf(HasSubstr("key-two"), HasSubstr("trigger")));
}

TEST_F(NotifierPlacesTest, ARenamedReceiverKnowsWhatItWasSent) {
  configure(pagerduty(one));
  update({made_alert()});
  run_until_sent(1);
  const std::size_t kept = store.size();
  configure(pagerduty(one, "night"));
  update({made_alert()});
  idle();
  note();
  EXPECT_EQ(server.requests().size(), 1U);
  EXPECT_EQ(store.size(), kept);
  for (const auto& [key, text] : store) EXPECT_TRUE(key.starts_with("night ")) << key;
  now = at(600);
  update({ended(made_alert(), 500)});
  run_until_sent(2);
  EXPECT_THAT(body(1), HasSubstr("resolve"));
}

TEST_F(NotifierPlacesTest, AReceiverThatIsRenamedWhileTheDaemonIsDownKnowsWhatItWasSent) {
  configure(pagerduty(one));
  update({made_alert()});
  run_until_sent(1);
  const std::size_t kept = store.size();
  restart(pagerduty(one, "night"));
  update({made_alert()});
  idle();
  note();
  EXPECT_EQ(server.requests().size(), 1U);
  EXPECT_EQ(store.size(), kept);
  restart(pagerduty(one, "night"));
  now = at(600);
  update({ended(made_alert(), 500)});
  run_until_sent(1);
  EXPECT_THAT(body(1), HasSubstr("resolve"));
}

TEST_F(NotifierPlacesTest, AWebhookWithAnotherPathIsAnotherPlace) {
  const auto hook = [&](const std::string& path) {
    return "team: { webhook: { url: \"" + server.url(path) + "\" } }";
  };
  configure(hook("/a"));
  update({made_alert()});
  run_until_sent(1);
  configure(hook("/b"));
  update({made_alert()});
  run_until([&] { return server.requests().size() >= 2; });
  EXPECT_EQ(server.requests(2).at(1).target(), "/b");
}

}  // namespace
}  // namespace sonde::notify::notifier_places_test
