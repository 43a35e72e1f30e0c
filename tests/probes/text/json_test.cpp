#include "probes/text/json.hpp"

#include <gtest/gtest.h>

#include "probes/text/pointer.hpp"

namespace sonde::text::json_test {
namespace {

Document parsed(std::string_view text) {
  auto document = Document::parse(text);
  EXPECT_TRUE(document.has_value()) << text;
  return *std::move(document);
}

TEST(Json, AnswersEveryKindOfValue) {
  const auto document = parsed(R"({"s":"x","n":1.5,"b":true,"z":null,"a":[1,2],"o":{"k":"v"}})");
  const Json root = document.root();
  EXPECT_EQ(root.member("s").string(), "x");
  EXPECT_EQ(root.member("n").number(), 1.5);
  EXPECT_EQ(root.member("b").boolean(), true);
  EXPECT_EQ(root.member("z").kind(), Json::Kind::null);
  EXPECT_EQ(root.member("a").size(), 2U);
  EXPECT_EQ(root.member("a").item(1).number(), 2);
  EXPECT_EQ(root.member("o").members().at(0).first, "k");
}

TEST(Json, HalfOfAnEscapedSurrogatePairIsReplacedAsInABrowser) {
  const auto document = parsed(
      R"(["cut \ud83d","\uDE00x","\ud83d\u0041","\ud83d\ud83d\ude00","\\ud83d","\ud83d\ude00"])");
  const std::string replaced = "\xEF\xBF\xBD", smile = "\xF0\x9F\x98\x80";
  const Json root = document.root();
  EXPECT_EQ(root.item(0).string(), "cut " + replaced);
  EXPECT_EQ(root.item(1).string(), replaced + "x");
  EXPECT_EQ(root.item(2).string(), replaced + "A");
  EXPECT_EQ(root.item(3).string(), replaced + smile);
  EXPECT_EQ(root.item(4).string(), "\\ud83d");
  EXPECT_EQ(root.item(5).string(), smile);
  for (const char* wrong : {R"(["\ud83"])", R"(["\ud83d)", R"(["\ud83d\u"])", R"(["\ud83d" x])"})
    EXPECT_FALSE(Document::parse(wrong)) << wrong;
}

TEST(Json, ABodyIsReadAsABrowserReadsIt) {
  const std::string mark = "\xEF\xBB\xBF";
  EXPECT_TRUE(Document::parse_body(mark + "{}"));
  EXPECT_FALSE(Document::parse_body(mark + mark + "{}"));
  const auto latin = Document::parse_body("[\"Z\xfcrich\", \"\xe2\x82|\xf0\x9f\x98\"]");
  ASSERT_TRUE(latin);
  EXPECT_EQ(latin->root().item(0).string(), "Z\xEF\xBF\xBDrich");
  EXPECT_EQ(latin->root().item(1).string(), "\xEF\xBF\xBD|\xEF\xBF\xBD");
  for (const char* wrong : {"{'a':1}", "[NaN]", "[1,]", "{} x", "\xff\xfe[\0]\0", ""})
    EXPECT_FALSE(Document::parse_body(wrong)) << wrong;
  EXPECT_FALSE(Document::parse_body(std::string_view("{}\0", 3)));
}

TEST(Json, OutsideOfBodiesAByteOrderMarkAndOtherCharsetsAreMistakes) {
  EXPECT_FALSE(Document::parse("\xEF\xBB\xBF{}"));
  EXPECT_FALSE(Document::parse("[\"Z\xfcrich\"]"));
}

TEST(Json, ThatIsNotThereAnswersNothing) {
  const Json nothing = parsed("{}").root().member("x");
  EXPECT_FALSE(nothing);
  EXPECT_FALSE(nothing.string() || nothing.number() || nothing.boolean());
  EXPECT_FALSE(nothing.member("y").item(3));
  EXPECT_EQ(nothing.text(), "");
}

TEST(Json, KeepsTheDigitsOfNumbersOfMoreThan64Bits) {
  const std::string longer = "123456789012345678901234567890", below = "-98765432109876543210";
  const auto document =
      parsed(R"({"id": )" + longer + R"(, "n": [)" + below +
             R"(, 18446744073709551615, 0.12345678901234567890123], "text": ")" + longer + R"("})");
  const Json id = document.root().member("id");
  EXPECT_EQ(id.text(), longer);
  EXPECT_EQ(id.kind(), Json::Kind::number);
  EXPECT_FALSE(id.string());
  EXPECT_DOUBLE_EQ(id.number().value_or(0), 123456789012345678901234567890.0);
  EXPECT_EQ(document.root().member("n").item(0).text(), below);
  EXPECT_EQ(document.root().member("n").item(1).text(), "18446744073709551615");
  EXPECT_TRUE(document.root().member("text").string());
  EXPECT_TRUE(document.root().text().starts_with("{\"id\":" + longer + ",\"n\":[" + below + ","))
      << document.root().text();
}

TEST(Json, ThatIsWrongIsWrongWithLongNumbersToo) {
  for (const std::string wrong :
       {"{\"a\": 0123456789012345678901234}", "[1234567890123456789012345",
        "[12345678901234567890.]", "\"1234567890123456789012345"})
    EXPECT_FALSE(Document::parse(wrong)) << wrong;
}

TEST(Json, ShowsValuesAsAPersonWouldReadThem) {
  const auto document = parsed(R"([2146.0, 9007199254740993, "a\"b", true, null, {"k":1}, 0.1])");
  const char* shown[] = {"2146", "9007199254740993", "a\"b", "true", "null", "{\"k\":1}", "0.1"};
  for (std::size_t i = 0; i < std::size(shown); ++i)
    EXPECT_EQ(document.root().item(i).text(), shown[i]);
}

TEST(Json, RefusesWhatIsNotOneJsonText) {
  for (const char* text : {"", "{", "{} {}", "{'a':1}", "nul", "\"\xff\"", "[1,]"})
    EXPECT_FALSE(Document::parse(text).has_value()) << text;
}

TEST(Json, RefusesDepthsThatWouldEatTheStack) {
  EXPECT_TRUE(Document::parse(std::string(60, '[') + std::string(60, ']')).has_value());
  EXPECT_FALSE(Document::parse(std::string(100'000, '[')).has_value());
}

TEST(Json, SurvivesTheMoveOfItsDocument) {
  auto document = parsed(R"({"long":"0123456789012345678901234567890123456789"})");
  const Json root = document.root();
  const Document moved = std::move(document);
  EXPECT_EQ(root.member("long").string()->size(), 40U);
}

TEST(Json, HoldsTextsThatAreLargerThanItsFirstBuffer) {
  const auto document = parsed('"' + std::string(100'000, 'x') + '"');
  EXPECT_EQ(document.root().string()->size(), 100'000U);
}

TEST(JsonQuote, EscapesWhatJsonForbids) {
  EXPECT_EQ(json_quote("a\"b\\c\n\x01"), "\"a\\\"b\\\\c\\n\\u0001\"");
  EXPECT_EQ(json_escape("gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80"),
            "gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80");
}

TEST(JsonQuote, ReplacesBytesThatAreNotUtf8) {
  for (const char* wrong : {"\xFF", "\xC0\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE2\x82"})
    EXPECT_TRUE(Document::parse(json_quote(wrong)).has_value());
  EXPECT_EQ(json_escape("a\xFFz"), "a\xEF\xBF\xBDz");
}

TEST(JsonQuote, WhatDeceivesAReaderIsEscapedAndMeansTheSame) {
  EXPECT_EQ(json_quote("\x1b[2J\x7f\u009b\u202e\u2028\ufeff"),
            R"("\u001b[2J\u007f\u009b\u202e\u2028\ufeff")");
  EXPECT_EQ(json_quote("\U000E0041"), R"("\udb40\udc41")");
  for (const char* text : {"a\u202eb", "\u009b31m", "x\U000E0041y", "\u2066\u2069", "\x7f"}) {
    const auto parsed = Document::parse(json_quote(text));
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(parsed->root().text(), text);
  }
}

TEST(Pointer, FindsPlacesAfterRfc6901) {
  const auto document = parsed(R"({"foo":["bar","baz"],"":0,"a/b":1,"m~n":8,"o":{"k":"v"}})");
  const std::pair<const char*, const char*> places[] = {{"/foo/0", "bar"}, {"/foo/1", "baz"},
                                                        {"/", "0"},        {"/a~1b", "1"},
                                                        {"/m~0n", "8"},    {"/o/k", "v"}};
  for (const auto& [place, text] : places)
    EXPECT_EQ(Pointer::parse(place)->at(document.root()).text(), text) << place;
  EXPECT_EQ(Pointer::parse("")->at(document.root()).size(), 5U);
}

TEST(Pointer, ToAPlaceThatIsNotThereIsNothing) {
  const auto document = parsed(R"({"foo":["bar"]})");
  for (const char* place : {"/x", "/foo/1", "/foo/-", "/foo/00", "/foo/x", "/foo/0/deep"})
    EXPECT_FALSE(Pointer::parse(place)->at(document.root())) << place;
}

TEST(Pointer, SaysWhatIsWrongWithIt) {
  EXPECT_EQ(Pointer::parse("$.data").error(),
            "a JSON Pointer begins with '/', as in '/data/event'");
  EXPECT_FALSE(Pointer::parse("/a~2").has_value());
  EXPECT_FALSE(Pointer::parse("/a~").has_value());
}

TEST(Document, IsMadeOfTextsOfWhichTheFirstOfANameStays) {
  const std::pair<std::string_view, std::string_view> texts[] = {
      {"a", "x\"y"}, {"b", ""}, {"a", "later"}};
  EXPECT_EQ(Document::of(texts).root().text(), R"({"a":"x\"y","b":""})");
  EXPECT_EQ(Document::of({}).root().text(), "{}");
}

TEST(Document, UnfoldsTheJsonInATextThatIsJson) {
  auto document = *Document::parse(R"({"id":"{\"channel\":\"chat\"}","n":1,"bad":"{"})");
  EXPECT_TRUE(document.unfold(document.root().member("id")));
  EXPECT_EQ(document.root().member("id").member("channel").text(), "chat");
  EXPECT_FALSE(document.unfold(document.root().member("id")));
  EXPECT_FALSE(document.unfold(document.root().member("n")));
  EXPECT_FALSE(document.unfold(document.root().member("bad")));
  EXPECT_FALSE(document.unfold({}));
  EXPECT_EQ(document.root().member("bad").text(), "{");
}

TEST(Document, ReplacesATextAndKeepsCopies) {
  auto document = *Document::parse(R"({"a":"4142","n":1})");
  const Json a = document.root().member("a");
  document.replace(a, "AB");
  document.replace(document.root().member("n"), "no text");
  const std::string_view kept = document.keep(std::string("kept"));
  const Document moved = std::move(document);
  EXPECT_EQ(moved.root().text(), R"({"a":"AB","n":1})");
  EXPECT_EQ(kept, "kept");
}

TEST(Json, SaysWhereATextStopsBeingJson) {
  EXPECT_EQ(Document::parse(R"({"a":1,})").error(), "not JSON: syntax error at byte 7");
  EXPECT_EQ(json_place(R"({"status":"ok","load":NaN})"), R"(in `{"status":"ok","load":NaN}`)");
  EXPECT_EQ(json_place(R"({"status":"ok","parts":["db","cache")"),
            R"(behind `k","parts":["db","cache"`)");
  EXPECT_EQ(json_place("[1] 2"), "in `[1] 2`");
  EXPECT_EQ(json_place(""), "behind ``");
}

}  // namespace
}  // namespace sonde::text::json_test
