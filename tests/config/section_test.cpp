#include "config/section.hpp"

#include <gtest/gtest.h>

#include "tests/config/helpers.hpp"
#include "tests/config/sample.hpp"

namespace sonde::config::section_test {
namespace {

using namespace std::chrono_literals;

// Reads `yaml` into `out`, and gives what was told.
std::string read(std::string_view yaml, Sample& out, bool complete = true) {
  Mistakes mistakes;
  const auto root = parse(yaml, "s.yaml", mistakes);
  EXPECT_TRUE(root) << lines(mistakes);
  if (!root) return "";
  const bool good = sample_section().read(*root, Reader(mistakes), out, complete);
  EXPECT_EQ(good, !mistakes.any());
  return lines(mistakes);
}

std::string read(std::string_view yaml) {
  Sample out;
  return read(yaml, out);
}

TEST(Section, ReadsKeysAndLeavesTheOthers) {
  Sample out;
  EXPECT_EQ(read("url: x\nretries: 2\nvars: {a: b}\ntargets: one\n", out), "");
  EXPECT_EQ(out.url, "x");
  EXPECT_EQ(out.retries, 2);
  EXPECT_EQ(out.share, 0.5);
  EXPECT_EQ(out.vars.at("a"), "b");
  EXPECT_EQ(out.targets, std::vector<std::string>{"one"});
}

TEST(Section, ReadsTheKeysOfItsParts) {
  Sample out;
  EXPECT_EQ(read("url: x\nevery: 5s\n", out), "");
  EXPECT_EQ(out.pace.every, 5s);
  EXPECT_EQ(out.pace.timeout, 10s);
}

TEST(Section, ReadsSectionsInListsMapsAndOptionals) {
  Sample out;
  EXPECT_EQ(read("url: x\ntls: {ca: a}\nmore: [{ca: b}, {ca: c, verify: false}]\n"
                 "named: {n: {ca: d}}\n",
                 out),
            "");
  EXPECT_EQ(out.tls->ca, "a");
  EXPECT_EQ(out.more.at(1).ca, "c");
  EXPECT_FALSE(out.more.at(1).verify);
  EXPECT_EQ(out.named.at("n").ca, "d");
}

TEST(Section, TellsEveryMistakeAtOnce) {
  EXPECT_EQ(read("evry: 5s\n"
                 "timeout: 15\n"
                 "retries: 9\n"
                 "tls: {cb: x}\n"
                 "more: [{ca: a}, {ca: [b], verify: maybe}]\n"
                 "named: {n: {ca: d, min_version: 1.1}}\n"),
            "s.yaml:1:1: evry: unknown key; did you mean 'every'?\n"
            "s.yaml:1:1: url: this key is required: Where to look.\n"
            "s.yaml:2:10: timeout: a duration such as 15s is expected here, not '15': the unit is "
            "missing\n"
            "s.yaml:3:10: retries: must be at most 5, is 9\n"
            "s.yaml:4:6: tls.ca: this key is required: The file of the authorities that are "
            "trusted.\n"
            "s.yaml:4:7: tls.cb: unknown key; did you mean 'ca'?\n"
            "s.yaml:5:22: more[1].ca: a text is expected here, not a list\n"
            "s.yaml:5:35: more[1].verify: true or false is expected here, not 'maybe'\n"
            "s.yaml:6:33: named.n.min_version: '1.1' is not known here; did you mean '1.2'?\n");
}

TEST(Section, NamesTheKnownKeysWhenNoneIsNear) {
  EXPECT_EQ(read("url: x\ntls: {ca: a, zzzzzz: 1}\n"),
            "s.yaml:2:14: tls.zzzzzz: unknown key; known here: ca, min_version, verify\n");
}

TEST(Section, LayersAreReadOneOverTheOther) {
  Sample out;
  EXPECT_EQ(read("every: 7s\nretries: 1\ntls: {verify: false}\nvars: {a: x, b: y}\n", out, false),
            "");
  EXPECT_EQ(read("url: u\nretries: 2\ntls: {ca: c}\nvars: {a: z}\n", out), "");
  EXPECT_EQ(out.pace.every, 7s);
  EXPECT_EQ(out.retries, 2);
  EXPECT_FALSE(out.tls->verify);
  EXPECT_EQ(out.tls->ca, "c");
  EXPECT_EQ(out.vars, (std::map<std::string, std::string>{{"a", "z"}, {"b", "y"}}));
}

TEST(Section, ALayerTellsUnknownKeysToo) {
  Sample out;
  EXPECT_EQ(read("evry: 7s\n", out, false),
            "s.yaml:1:1: evry: unknown key; did you mean 'every'?\n");
}

TEST(Section, ReadsOnlyWhatItKnowsIfAsked) {
  Mistakes mistakes;
  Sample out;
  const auto root = parse("url: u\nkind: chat\n", "s.yaml", mistakes);
  EXPECT_TRUE(sample_section().read_known(*root, Reader(mistakes), out));
  EXPECT_EQ(out.url, "u");
  EXPECT_EQ(lines(mistakes), "");
}

TEST(Section, RefusesWhatIsNoMapping) {
  EXPECT_EQ(read("url: u\ntls: on\n"), "s.yaml:2:6: tls: a mapping is expected here, not a text\n");
}

TEST(Section, ListsEveryKeyWithItsDefault) {
  std::string table;
  for (const KeyRow& row : sample_section().table("probes.NAME"))
    table += row.path + " (" + row.type + ") = " + row.fallback + "\n";
  EXPECT_EQ(table,
            "probes.NAME.every (duration) = 30s\n"
            "probes.NAME.timeout (duration) = 10s\n"
            "probes.NAME.url (text) = \n"
            "probes.NAME.retries (integer) = 0\n"
            "probes.NAME.share (number) = 0.5\n"
            "probes.NAME.body_max (size) = 1MB\n"
            "probes.NAME.targets (list of text) = []\n"
            "probes.NAME.vars (names, each with text) = \n"
            "probes.NAME.named (names, each with mapping) = \n"
            "probes.NAME.named.NAME.ca (text) = \n"
            "probes.NAME.named.NAME.min_version (1.2 | 1.3) = 1.2\n"
            "probes.NAME.named.NAME.verify (boolean) = true\n"
            "probes.NAME.tls (mapping) = \n"
            "probes.NAME.tls.ca (text) = \n"
            "probes.NAME.tls.min_version (1.2 | 1.3) = 1.2\n"
            "probes.NAME.tls.verify (boolean) = true\n"
            "probes.NAME.more (list of mapping) = []\n"
            "probes.NAME.more[].ca (text) = \n"
            "probes.NAME.more[].min_version (1.2 | 1.3) = 1.2\n"
            "probes.NAME.more[].verify (boolean) = true\n"
            "probes.NAME.password (secret) = \n");
}

}  // namespace
}  // namespace sonde::config::section_test
