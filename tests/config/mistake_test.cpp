#include "config/mistake.hpp"

#include <gtest/gtest.h>

#include "tests/config/helpers.hpp"

namespace sonde::config::mistake_test {
namespace {

Place at(const char* file, int line, int column) {
  return {std::make_shared<const std::string>(file), line, column};
}

const std::vector<std::string_view> keys{"every", "timeout", "target", "expect", "url"};

TEST(Nearest, FindsASlipOfTheFinger) {
  EXPECT_EQ(nearest("evry", keys), "every");
  EXPECT_EQ(nearest("tiemout", keys), "timeout");
  EXPECT_EQ(nearest("Timeout", keys), "timeout");
  EXPECT_EQ(nearest("targets", keys), "target");
  EXPECT_EQ(nearest("ulr", keys), "url");
}

TEST(Nearest, StaysSilentWhenNothingIsNear) {
  EXPECT_EQ(nearest("password", keys), "");
  EXPECT_EQ(nearest("", keys), "");
  EXPECT_EQ(nearest("x", {"y"}), "");
  EXPECT_EQ(nearest(std::string(1'000'000, 'e'), keys), "");
}

TEST(NoSuch, NamesTheThingAndTheNearestOne) {
  EXPECT_EQ(no_such("event", "strated", {"ended", "started"}),
            "there is no event 'strated'; did you mean 'started'?");
  EXPECT_EQ(no_such("", "x", {"ended"}), "there is no 'x'");
}

TEST(Mistakes, ShowWhereAndWhat) {
  const Mistake mistake{at("sonde.yaml", 12, 5), "probes.chat.evry", "unknown key"};
  EXPECT_EQ(show(mistake), "sonde.yaml:12:5: probes.chat.evry: unknown key");
}

TEST(Mistakes, ShowAWarningAsOne) {
  const Mistake mistake{at("sonde.yaml", 12, 5), "alerts.A", "no heartbeat", true};
  EXPECT_EQ(show(mistake), "sonde.yaml:12:5: warning: alerts.A: no heartbeat");
}

TEST(Mistakes, ShowOnlyWhatIsKnownOfThePlace) {
  EXPECT_EQ(show(Mistake{at("sonde.yaml", 0, 0), "", "is empty"}), "sonde.yaml: is empty");
  EXPECT_EQ(show(Mistake{{}, "a.b", "is odd"}), "a.b: is odd");
}

TEST(Mistakes, GiveNoOrdersToATerminal) {
  EXPECT_EQ(show(Mistake{{}, "a\nb", "\x1b[31mred"}), "a?b: ?[31mred");
}

TEST(Mistakes, SayOnceWhatSeveralProbesHaveInCommon) {
  Mistakes mistakes;
  for (const char* probe : {"chat", "login", "upgrade"}) {
    mistakes.add(at("a.yaml", 1, 1), std::string("probes.") + probe, "no address");
    mistakes.warn(at("a.yaml", 2 + static_cast<int>(probe[0] == 'u'), 1),
                  std::string("probes.") + probe, "slow");
  }
  EXPECT_EQ(lines(mistakes),
            "a.yaml:1:1: probes.chat, probes.login and probes.upgrade: no address\n"
            "a.yaml:2:1: warning: probes.chat, probes.login and probes.upgrade: slow\n");
}

TEST(Mistakes, AtSeveralPlacesAreEachSaidThere) {
  Mistakes mistakes;
  mistakes.add(at("a.yaml", 1, 1), "probes.a.x", "unknown key");
  mistakes.add(at("a.yaml", 2, 1), "probes.b.x", "unknown key");
  EXPECT_EQ(lines(mistakes),
            "a.yaml:1:1: probes.a.x: unknown key\na.yaml:2:1: probes.b.x: unknown key\n");
}

TEST(Mistakes, NameSixOfThoseThatShareAWarning) {
  Mistakes mistakes;
  for (char probe = 'a'; probe < 'a' + 9; ++probe)
    mistakes.warn(at("a.yaml", 1, 1), std::string(1, probe), "slow");
  EXPECT_EQ(lines(mistakes), "a.yaml:1:1: warning: a, b, c, d, e and 4 more: slow\n");
}

TEST(Mistakes, NoteEachSkippedSecretOnce) {
  Mistakes mistakes(SecretUse::skip);
  EXPECT_FALSE(mistakes.reads_secrets());
  mistakes.skipped("file a");
  mistakes.skipped("file b");
  mistakes.skipped("file a");
  EXPECT_EQ(mistakes.skipped(), (std::vector<std::string>{"file a", "file b"}));
}

TEST(Mistakes, ComeInTheOrderOfFilesAndLines) {
  Mistakes mistakes;
  mistakes.add(at("b.yaml", 1, 1), "", "fourth");
  mistakes.add(at("a.yaml", 9, 7), "", "third");
  mistakes.warn(at("a.yaml", 9, 2), "", "second");
  mistakes.add(at("a.yaml", 2, 1), "", "first");
  mistakes.add({}, "", "last");
  EXPECT_EQ(lines(mistakes),
            "a.yaml:2:1: first\na.yaml:9:2: warning: second\na.yaml:9:7: third\n"
            "b.yaml:1:1: fourth\nlast\n");
}

TEST(Mistakes, AreToldOnce) {
  Mistakes mistakes;
  for (int i = 0; i < 3; ++i) mistakes.add(at("a.yaml", 2, 1), "x", "twice");
  EXPECT_EQ(mistakes.sorted().size(), 1U);
}

TEST(Mistakes, WarningsAreNone) {
  Mistakes mistakes;
  mistakes.warn({}, "", "unwise");
  EXPECT_FALSE(mistakes.any());
  mistakes.add({}, "", "wrong");
  EXPECT_TRUE(mistakes.any());
}

TEST(Mistakes, AreBoundedAndSaySo) {
  Mistakes mistakes;
  for (int i = 0; i < 10'000; ++i) mistakes.warn(at("a.yaml", i + 1, 1), "", "unwise");
  EXPECT_FALSE(mistakes.any());
  for (int i = 0; i < 10'000; ++i) mistakes.add(at("a.yaml", i + 1, 1), "", "wrong");
  EXPECT_TRUE(mistakes.any());
  EXPECT_EQ(mistakes.sorted().size(), 2 * (Mistakes::count_max + 1));
  EXPECT_NE(lines(mistakes).find("\nwarning: there are more, not shown here\n"), std::string::npos);
}

TEST(Quote, CutsLongTextsBetweenCharacters) {
  EXPECT_EQ(quote("abc"), "'abc'");
  EXPECT_EQ(quote(std::string(61, 'a')), "'" + std::string(60, 'a') + "...'");
  EXPECT_EQ(quote(std::string(59, 'a') + "\xC3\xA4" + "b"), "'" + std::string(59, 'a') + "...'");
}

}  // namespace
}  // namespace sonde::config::mistake_test
