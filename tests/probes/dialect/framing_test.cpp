#include "probes/dialect/framing.hpp"

#include <gmock/gmock.h>

#include "config/load.hpp"
#include "probes/dialect/frame.hpp"

namespace sonde::dialect::framing_test {
namespace {

using namespace std::string_literals;

Framing framing_of(std::string_view yaml) {
  Framing framing;
  config::Mistakes mistakes;
  const auto value = config::parse(yaml, "f.yaml", mistakes);
  section_of(&framing).read(*value, config::Reader(mistakes), framing);
  for (const auto& mistake : mistakes.sorted()) ADD_FAILURE() << show(mistake);
  return framing;
}

std::string opened(std::string_view yaml, std::string_view frame) {
  const auto document = open_frame(framing_of(yaml), frame);
  return document ? document->root().text() : "error: " + document.error();
}

std::vector<std::string_view> pieces(std::string_view yaml, std::string_view message) {
  return cut(framing_of(yaml), message).value_or(std::vector<std::string_view>{"none"});
}

TEST(Cut, LeavesAMessageWholeWhereNothingSplitsIt) {
  EXPECT_THAT(pieces("{}", "a\x1e b"), testing::ElementsAre("a\x1e b"));
  EXPECT_THAT(pieces("{}", ""), testing::ElementsAre(""));
}

TEST(Cut, SplitsFramesBehindOrBetweenTheirMarkAndDropsEmptyOnes) {
  const auto yaml = R"({ split: "\u001e" })";
  EXPECT_THAT(pieces(yaml, "{}\x1e{\"type\":6}\x1e"), testing::ElementsAre("{}", "{\"type\":6}"));
  EXPECT_THAT(pieces(yaml,
                     "a\x1e\x1e\x1e"
                     "b"),
              testing::ElementsAre("a", "b"));
  EXPECT_THAT(pieces(yaml, "\x1e"), testing::IsEmpty());
  EXPECT_THAT(pieces(R"({ split: "\r\n\r\n" })", "a\r\n\r\nb\r\n"),
              testing::ElementsAre("a", "b\r\n"));
}

TEST(Cut, HasABoundOnTheFramesOfAMessage) {
  const auto framing = framing_of("{ split: ';' }");
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "x;";
  EXPECT_EQ(cut(framing, many)->size(), 1000U);
  EXPECT_EQ(cut(framing, many + "x").error().reason, Reason::too_many_frames);
}

TEST(OpenFrame, ReadsJsonBehindAPrefix) {
  EXPECT_EQ(opened("{ strip: \")]}',\" }", ")]}',[1]"), "[1]");
  EXPECT_EQ(opened("{ strip: \")]}',\" }", "[1]"), "[1]");
  EXPECT_EQ(opened("{}", "x").substr(0, 16), "error: not JSON:");
}

TEST(OpenFrame, MakesMembersOfTheGroupsOfAText) {
  const auto yaml = R"({ codec: text, patterns: [ { match: '^4(?P<packet>\d)(\d+)?', type: event },
                         '(?P<data>\[.*)', { match: '^.', type: later } ] })";
  EXPECT_EQ(opened(yaml, R"(421["a"])"),
            R"({"text":"421[\"a\"]","type":"event","packet":"2","2":"1","data":"[\"a\"]"})");
  EXPECT_EQ(opened(yaml, "2"), R"({"text":"2","type":"later"})");
  EXPECT_EQ(opened(yaml, "\n"), "error: of no form that the dialect knows");
  EXPECT_EQ(opened("{ codec: text }", "any"), R"({"text":"any"})");
}

TEST(OpenFrame, ReplacesHexXmlAndJsonByWhatTheySay) {
  const auto yaml = R"({ codec: hex, patterns: ['^30(?P<payload>.*)$'], hex: /payload,
                         xml: /payload, json: [/payload, /payload/inner, /none] })";
  const std::string inner =
      "0"
      R"({"inner":"[1,&#123;]"})";
  EXPECT_EQ(opened(yaml, inner), "error: at /payload/inner not JSON: syntax error");
  EXPECT_EQ(opened(yaml,
                   "0"
                   R"({"inner":"[1,2]","text":"a &lt; b"})"),
            R"({"text":"307b22696e6e6572223a225b312c325d222c2274657874223a226120266c743b2062227d",)"
            R"("payload":{"inner":[1,2],"text":"a < b"}})");
  EXPECT_EQ(opened(yaml, "0plain"), R"({"text":"30706c61696e","payload":"plain"})");
}

TEST(OpenFrame, TellsWhatLooksLikeJsonAndIsNone) {
  const auto yaml = "{ json: /data }";
  EXPECT_EQ(opened(yaml, R"({"data":"no json"})"), R"({"data":"no json"})");
  EXPECT_EQ(opened(yaml, R"({"data":" {oops"})").substr(0, 24), "error: at /data not JSON");
  EXPECT_EQ(opened(yaml, R"({"data":{"a":1}})"), R"({"data":{"a":1}})");
}

TEST(OpenFrame, TakesBytesOfAnyKind) {
  EXPECT_EQ(opened("{ codec: hex }", "\0\xff"s), R"({"text":"00ff"})");
  const auto text =
      open_frame(framing_of("{ codec: hex, patterns: '(?P<x>.*)', hex: /x }"), "\xff");
  EXPECT_EQ(text->root().member("x").text(), "\xff");
}

TEST(TypeOfAFrame, IsATextOrElseANumber) {
  Dialect dialect;
  config::Mistakes mistakes;
  const auto value = config::parse("type: [/target, /type]", "", mistakes);
  config::Codec<Dialect>::read(*value, config::Reader(mistakes), {}, dialect);
  EXPECT_EQ(decode(dialect, R"({"type":1,"target":"run"})")->type, "run");
  EXPECT_EQ(decode(dialect, R"({"type":6})")->type, "6");
  EXPECT_EQ(decode(dialect, R"({"type":6,"target":7})")->type, "7");
  EXPECT_EQ(decode(dialect, R"({"type":[6]})")->type, "");
}

}  // namespace
}  // namespace sonde::dialect::framing_test
