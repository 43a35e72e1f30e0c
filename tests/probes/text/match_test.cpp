#include "probes/text/match.hpp"

#include <gtest/gtest.h>

#include "config/load.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::text::match_test {
namespace {

// The first mismatch of `json` against `expect`, written as in the configuration.
std::string mismatch_of(std::string_view expect, std::string_view json) {
  config::Mistakes mistakes;
  Comparisons wanted;
  const auto value = config::parse(expect, "t.yaml", mistakes);
  if (value)
    config::Codec<Comparisons>::read(*value->find("json"), config::Reader(mistakes), {}, wanted);
  for (const auto& mistake : mistakes.sorted()) return show(mistake);
  Names names;
  names.set("me", "alice");
  return mismatch(wanted, Document::parse(json)->root(), names).value_or("");
}

struct Case {
  const char* expect;
  const char* json;
  const char* mismatch;
};

TEST(Comparison, SaysWhatWasWantedAndWhatWasFound) {
  const Case cases[] = {
      {"json: { /status: healthy }", R"({"status":"healthy"})", ""},
      {"json: { /status: healthy }", R"({"status":"degraded"})",
       "/status: wanted \"healthy\", got \"degraded\""},
      {"json: { /status: healthy }", "{}", "/status: wanted \"healthy\", got nothing"},
      {"json: { /n: 2146 }", R"({"n":2146.0})", ""},
      {"json: { /n: 2146 }", R"({"n":"2,146"})", ""},
      {"json: { /n: 2146 }", R"({"n":2147})", "/n: wanted 2146, got 2147"},
      {"json: { /ok: true }", R"({"ok":true})", ""},
      {"json: { /ok: true }", R"({"ok":false})", "/ok: wanted \"true\", got false"},
      {"json: { /u: '{{me}}' }", R"({"u":"alice"})", ""},
      {"json: { /u: '{{me}}' }", R"({"u":"bob"})", "/u: wanted \"alice\", got \"bob\""},
      {"json: { /u: '{{you}}' }", R"({"u":"bob"})", "/u: nothing is known of 'you'"},
      {"json: { /s: { one_of: [ok, healthy] } }", R"({"s":"ok"})", ""},
      {"json: { /s: { one_of: [ok, 5] } }", R"({"s":"bad"})",
       "/s: wanted one of \"ok\", 5, got \"bad\""},
      {"json: { /s: { matches: '^v[0-9]+$' } }", R"({"s":"v12"})", ""},
      {"json: { /s: { matches: '^v[0-9]+$' } }", R"({"s":"w"})",
       "/s: wanted a match of ^v[0-9]+$, got \"w\""},
      {"json: { /s: { not_matches: '^demo-' } }", R"({"s":"demo-1"})",
       "/s: wanted no match of ^demo-, got \"demo-1\""},
      {"json: { /s: { not_matches: '^demo-' } }", "{}", "/s: wanted it to be there, got nothing"},
      {"json: { /n: { min: 1, max: 3 } }", R"({"n":3})", ""},
      {"json: { /n: { min: 1, max: 3 } }", R"({"n":4})", "/n: wanted at most 3, got 4"},
      {"json: { /n: { min: 1 } }", R"({"n":0.5})", "/n: wanted at least 1, got 0.5"},
      {"json: { /n: { min: 1 } }", R"({"n":"x"})", "/n: wanted a number, got \"x\""},
      {"json: { /e: { absent: true } }", "{}", ""},
      {"json: { /e: { absent: true } }", R"({"e":1})", "/e: wanted nothing, got 1"},
      {"json: { /e: { present: false } }", R"({"e":null})", "/e: wanted nothing, got null"},
      {"json: { /e: { present: true } }", R"({"e":null})", ""},
      {"json: { /e: { present: true } }", "{}", "/e: wanted it to be there, got nothing"},
      {"json: { '': { matches: 'x' } }", R"("y")", "wanted a match of x, got \"y\""},
  };
  for (const auto& [expect, json, want] : cases)
    EXPECT_EQ(mismatch_of(expect, json), want) << expect << " " << json;
}

TEST(Comparison, CutsWhatItShows) {
  const std::string json = R"({"s":")" + std::string(5000, 'x') + "\"}";
  EXPECT_LT(mismatch_of("json: { /s: ok }", json).size(), 200U);
}

TEST(Comparison, TellsMistakesAtTheirPlaces) {
  EXPECT_EQ(mismatch_of("json:\n  /s: { matchs: x }", "{}"),
            "t.yaml:2:9: /s.matchs: unknown key; did you mean 'matches'?");
  EXPECT_EQ(mismatch_of("json:\n  s: x", "{}"),
            "t.yaml:2:3: s: a JSON Pointer begins with '/', as in '/data/event'");
}

TEST(SameValue, ComparesNumbersAsNumbersAndTextsAsTexts) {
  for (const char* same : {"2146", "2,146", "2146.0", "+2146", "02146", "2.146e3", "214600E-2"})
    EXPECT_TRUE(same_value("2146", same)) << same;
  for (const char* other :
       {"12146", "21460", "2146.5", "-2146", "2,14,6", "2146x", "2146.", "", "21,46"})
    EXPECT_FALSE(same_value("2146", other)) << other;
  EXPECT_TRUE(same_value("0", "-0.00"));
  EXPECT_TRUE(same_value("healthy", "healthy"));
  EXPECT_FALSE(same_value("healthy", "Healthy"));
}

TEST(Contradiction, IsWhatNoValueSatisfies) {
  const auto pattern = [](const char* text) { return *Pattern::parse(text); };
  const Comparison none[] = {
      {},
      {.equals = "5", .min = 1, .max = 9},
      {.one_of = {"a", "5"}, .min = 1},
      {.one_of = {"up", "down"}, .matches = pattern("^u")},
      {.matches = pattern("a"), .not_matches = pattern("b")},
      {.equals = "{{identity.username}}", .matches = pattern("^x")},
      {.absent = true},
      {.present = false},
      {.min = 5, .max = 5},
  };
  for (const auto& wanted : none) EXPECT_EQ(contradiction(wanted), "");
  const Comparison all[] = {
      {.min = 5, .max = 1},
      {.equals = "x", .min = 1},
      {.equals = "0", .min = 1},
      {.equals = "x", .one_of = {"y"}},
      {.equals = "x", .matches = pattern("^y")},
      {.equals = "x", .not_matches = pattern("x")},
      {.one_of = {"a", "b"}, .matches = pattern("c")},
      {.matches = pattern("a"), .not_matches = pattern("a")},
      {.equals = "x", .absent = true},
      {.min = 1, .present = false},
      {.absent = true, .present = true},
  };
  for (const auto& wanted : all) EXPECT_NE(contradiction(wanted), "") << &wanted - all;
}

TEST(SameValue, KeepsLargeIntegersApart) {
  EXPECT_FALSE(same_value("9007199254740993", "9007199254740992"));
  EXPECT_TRUE(same_value("9007199254740993", "9,007,199,254,740,993.0"));
  EXPECT_FALSE(same_value("1e999999", "1e999998"));
}

TEST(Pattern, SearchesAnywhereUnlessAnchored) {
  EXPECT_TRUE(Pattern::parse("b+")->found_in("abbc"));
  EXPECT_FALSE(Pattern::parse("^b+")->found_in("abbc"));
  EXPECT_TRUE(Pattern::parse("(?i)LEGACY")->found_in("a legacy b"));
  EXPECT_FALSE(Pattern::parse("LEGACY")->found_in("a legacy b"));
}

TEST(Pattern, GivesItsGroups) {
  const auto groups = Pattern::parse("(\\w+)@(\\w+)?")->groups("to alice@ now");
  EXPECT_EQ(groups, (std::vector<std::string>{"alice@", "alice", ""}));
  EXPECT_TRUE(Pattern::parse("x")->groups("y").empty());
}

TEST(Pattern, RefusesWhatIsWrongOrTooBig) {
  EXPECT_EQ(Pattern::parse("a(b").error(), "wrong pattern: missing ): a(b");
  EXPECT_FALSE(Pattern::parse("((a{100}){100}){100}").has_value());
}

TEST(Shorten, NeverCutsInsideACharacter) {
  EXPECT_EQ(shorten("gr\xC3\xBC\xC3\x9F", 3), "gr...");
  EXPECT_EQ(shorten("short", 10), "short");
  EXPECT_EQ(utf8_count("gr\xC3\xBC\xC3\x9F"), 4U);
}

TEST(Utf8, IsSeenWhereverItIsWrong) {
  for (std::size_t before = 0; before < 20; ++before) {
    const std::string start(before, 'x');
    EXPECT_TRUE(is_utf8(start + "\xC3\xBC" + start));
    EXPECT_FALSE(is_utf8(start + "\xC3" + start)) << before;
    EXPECT_FALSE(is_utf8(start + "\xED\xA0\x80")) << "a surrogate";
  }
}

TEST(Pattern, NamesItsGroupsOrNumbersThem) {
  const auto pattern = Pattern::parse(R"(^(?P<packet>\d)(\d+)?(?P<data>\[.*))");
  EXPECT_EQ(pattern->group_names(), (std::vector<std::string>{"0", "packet", "2", "data"}));
  std::vector<std::string_view> found;
  ASSERT_TRUE(pattern->find("4[1]", found));
  EXPECT_EQ(found, (std::vector<std::string_view>{"4[1]", "4", "", "[1]"}));
  EXPECT_EQ(found[2].data(), nullptr) << "the group took no part";
  EXPECT_FALSE(pattern->find("[1]", found));
}

}  // namespace
}  // namespace sonde::text::match_test
