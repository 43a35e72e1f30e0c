#include <gtest/gtest.h>

#include "config/schema.hpp"
#include "tests/config/helpers.hpp"

namespace sonde::config::parse_test {
namespace {

std::string json_of(std::string_view yaml) {
  Mistakes mistakes;
  const auto root = parse(yaml, "s.yaml", mistakes);
  EXPECT_EQ(lines(mistakes), "");
  return root ? to_json(*root, false) : "";
}

TEST(Parse, KeepsTheOrderAndTheKindsOfValues) {
  EXPECT_EQ(json_of("b: 1\na: [x, {y: z}]\nc:\n  d: true\n"),
            R"({"b":1,"a":["x",{"y":"z"}],"c":{"d":true}})");
}

TEST(Parse, KeepsTheTextOfScalarsAndWhetherTheyWereQuoted) {
  EXPECT_EQ(value_of("v: 1.10").text, "1.10");
  EXPECT_FALSE(value_of("v: 1.10").quoted);
  EXPECT_TRUE(value_of("v: '1.10'").quoted);
  EXPECT_TRUE(value_of("v: \"1.10\"").quoted);
  EXPECT_TRUE(value_of("v: |\n  1.10\n").quoted);
  EXPECT_TRUE(value_of("v: !!str 1.10").quoted);
  EXPECT_FALSE(value_of("v: !!int '5'").quoted);
}

TEST(Parse, TakesNullForNothing) {
  for (const char* yaml : {"v:", "v: ~", "v: null"})
    EXPECT_EQ(value_of(yaml).kind, Value::Kind::none) << yaml;
  EXPECT_EQ(value_of("v: ''").kind, Value::Kind::scalar);
  EXPECT_EQ(value_of("v: 'null'").kind, Value::Kind::scalar);
}

TEST(Parse, KnowsATildeFromAKeyWithoutAValue) {
  for (const char* yaml :
       {"v: ~", "v:  ~  # none", "{v: ~}", "\xef\xbb\xbfv: ~", "# \xc3\xa4\r\nv: ~\r\n"})
    EXPECT_TRUE(value_of(yaml).takes_away()) << yaml;
  for (const char* yaml : {"v:", "v: null", "v: '~'", "v:\nw: ~", "{v: , w: ~}", "v: ~x"})
    EXPECT_FALSE(value_of(yaml).takes_away()) << yaml;
}

TEST(Parse, KnowsThePlaces) {
  Mistakes mistakes;
  const auto root = parse("# first\na:\n  b: [1, two]\n", "s.yaml", mistakes);
  ASSERT_TRUE(root);
  const Value& list = root->entries[0].value.entries[0].value;
  EXPECT_EQ(show(root->entries[0].place), "s.yaml:2:1");
  EXPECT_EQ(show(root->entries[0].value.entries[0].place), "s.yaml:3:3");
  EXPECT_EQ(show(list.items[1].place), "s.yaml:3:10");
}

TEST(Parse, FollowsAliases) {
  EXPECT_EQ(json_of("a: &x {b: 1}\nc: *x\nd: [*x, *x]\n"),
            R"({"a":{"b":1},"c":{"b":1},"d":[{"b":1},{"b":1}]})");
}

TEST(Parse, MergesMappings) {
  EXPECT_EQ(json_of("a: &x {b: 1, c: 2}\nd: {c: 3, <<: *x}\n"),
            R"({"a":{"b":1,"c":2},"d":{"c":3,"b":1}})");
  EXPECT_EQ(json_of("a: &x {b: 1}\nc: &y {b: 2, d: 3}\ne: {<<: [*x, *y]}\n"),
            R"({"a":{"b":1},"c":{"b":2,"d":3},"e":{"b":1,"d":3}})");
  EXPECT_EQ(told("a: {<<: 5}\n"), "s.yaml:1:9: a: << takes in mappings, and this is none\n");
}

TEST(Parse, TakesAByteOrderMarkAndDocumentMarks) {
  EXPECT_EQ(told("\xEF\xBB\xBF---\na: 1\n...\n"), "");
  EXPECT_EQ(told("%YAML 1.2\n---\na: 1\n"), "");
  EXPECT_EQ(told("a: 1\r\nb: 2\r\n"), "");
}

TEST(Parse, ShowsBothPlacesOfAKeyGivenTwiceAndGoesOn) {
  Mistakes mistakes;
  const auto root = parse("a: 1\nb:\n - x: 1\n   x: 2\na: 3\n", "s.yaml", mistakes);
  EXPECT_EQ(lines(mistakes),
            "s.yaml:4:4: b[0].x: is given twice; first at s.yaml:3:4\n"
            "s.yaml:5:1: a: is given twice; first at s.yaml:1:1\n");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->find("a")->text, "1");
}

TEST(Parse, RefusesWhatIsNoMapping) {
  EXPECT_EQ(told(""), "s.yaml: is empty; a mapping is expected\n");
  EXPECT_EQ(told("# only this\n"), "s.yaml: is empty; a mapping is expected\n");
  EXPECT_EQ(told("---\n"), "s.yaml: is empty; a mapping is expected\n");
  EXPECT_EQ(told("- a\n"), "s.yaml:1:1: a mapping is expected here\n");
  EXPECT_EQ(told("hello\n"), "s.yaml:1:1: a mapping is expected here\n");
}

TEST(Parse, RefusesASecondDocument) {
  EXPECT_EQ(told("a: 1\n---\nb: 2\n"), "s.yaml:2:1: a second document; join them\n");
}

TEST(Parse, RefusesTagsOfOnesOwn) {
  EXPECT_EQ(told("a: !secret x\n"), "s.yaml:1:4: the tag '!secret' is not known here\n");
  EXPECT_EQ(told("a: !!binary aGk=\n"),
            "s.yaml:1:4: the tag 'tag:yaml.org,2002:binary' is not known here\n");
  EXPECT_EQ(told("a: !!map {b: 1}\nc: !!seq [1]\n"), "");
}

TEST(Parse, RefusesKeysThatAreNoText) {
  EXPECT_EQ(told("a: {[b]: 1}\n"),
            "s.yaml:1:5: a: a key must be a text, not a list or a mapping; or is a bracket "
            "not closed?\n");
  EXPECT_EQ(told("a: {~: 1}\n"), "s.yaml:1:5: a: a key must be a text\n");
  EXPECT_EQ(told("a: &x [1]\nb: {*x : 1}\n"), "s.yaml:2:5: b: a key must be a text\n");
}

TEST(Parse, SaysThatATemplateNeedsQuotes) {
  const std::string text = "a value that starts with {{ must be quoted\n";
  EXPECT_EQ(told("a: {{x}}\n"), "s.yaml:1:4: " + text);
  EXPECT_EQ(told("a: {{target.http}}/api/health\n"), "s.yaml:1:4: " + text);
  EXPECT_EQ(told("a:\n  - {{x}}\n"), "s.yaml:2:5: " + text);
  EXPECT_EQ(told("a: {b: {{x}}, c: 1}\n"), "s.yaml:1:8: " + text);
  EXPECT_EQ(told("a: [{{x}}]\n"), "s.yaml:1:5: " + text);
  EXPECT_EQ(told("a: {{x}}\nb: \"{{y}}\"\nc: {{z}}/p # {{w}}\n"),
            "s.yaml:1:4: " + text + "s.yaml:3:4: " + text);
  EXPECT_EQ(told("a: \"{{x}}\"\nb: '{{x}}'\nc: it's {{x}}\nd: {e: {f: 1}}\n"), "");
}

TEST(Parse, ShowsWhereWhatIsNotClosedWasOpened) {
  EXPECT_EQ(told("a: 1\nb: [1, 2\nc: 3\n"), "s.yaml:2:4: this [ is not closed\n");
  EXPECT_EQ(told("a: 1\nb: {c: 2\nd: 3\n"), "s.yaml:2:4: this { is not closed\n");
  EXPECT_EQ(told("a: 1\nb: 'x\nc: 3\n"),
            "s.yaml:2:1: a quote is opened after this and not closed\n");
  EXPECT_EQ(told("a: 1\nb: \"x"), "s.yaml:2:1: a quote is opened after this and not closed\n");
  EXPECT_EQ(told("a: |+\n x\n\n"), "");
}

TEST(Parse, SaysWhereItIsNoYaml) {
  EXPECT_EQ(told("a: 1\nb: c: d\n"), "s.yaml:2:5: this is not YAML: illegal map value\n");
  EXPECT_NE(told("a: *nobody\n").find("s.yaml:1:4: this is not YAML"), std::string::npos);
}

TEST(Parse, SaysWhichIndentationIsBroken) {
  const std::string begin = "targets:\n  t:\n    http: a\n";
  const auto has = [&](const std::string& yaml, const std::string& text) {
    EXPECT_NE(told(yaml).find(text), std::string::npos) << yaml << told(yaml);
  };
  has(begin + "   ws: b\n", "s.yaml:4:4: is indented by 3 spaces, and no line above it is");
  has(begin + "   ws: b\n", "here by 2 or 4 spaces");
  has(begin + "     ws: b\n",
      "s.yaml:4:6: is indented by 5 spaces, more than the line above it (4");
  has(begin + " u: b\n", "s.yaml:4:2: is indented by 1 space, and no line above it is");
  has("# note\n" + begin + "\n    # note\n   ws: b\n", "s.yaml:7:4: is indented by 3 spaces");
  has("a:\n  b c\n  d: 1\n", "s.yaml:2:3: the colon after the key is missing");
  has("a:\n  b\n    d: 1\n", "s.yaml:2:3: the colon after the key is missing");
}

}  // namespace
}  // namespace sonde::config::parse_test
