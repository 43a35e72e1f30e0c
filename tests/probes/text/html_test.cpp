#include "probes/text/html.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace sonde::text {
namespace {

std::string times(std::string_view what, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += what;
  return all;
}

TEST(Html, GivesTheFormWithItsHiddenFields) {
  const Html html = parse_html(R"(<!doctype html><html><body>
    <form id=f action="/login?next=%2F&amp;a=1" method=POST>
      <input type=hidden name="_xsrf" value="2|a&amp;b&#39;c">
      <input name=login> <input type=PASSWORD name=password>
      <button name=go value=1>Go</button>
    </form></body></html>)");
  ASSERT_EQ(html.forms.size(), 1U);
  const Form& form = html.forms[0];
  EXPECT_EQ(form.id, "f");
  EXPECT_EQ(form.action, "/login?next=%2F&a=1");
  EXPECT_EQ(form.method, "post");
  ASSERT_EQ(form.fields.size(), 4U);
  ASSERT_NE(form.field("_xsrf"), nullptr);
  EXPECT_EQ(form.field("_xsrf")->value, "2|a&b'c");
  EXPECT_EQ(form.field("_xsrf")->type, "hidden");
  EXPECT_EQ(form.field("login")->type, "text");
  EXPECT_EQ(form.field("go")->type, "submit");
  EXPECT_TRUE(form.has_type("password"));
  EXPECT_EQ(form.field("nothing"), nullptr);
}

TEST(Html, TakesWhatABrowserWouldSendOfSelectsTextareasAndTicks) {
  const Html html = parse_html(
      "<form><select name=a><option value=1>one<option value=2 selected>two</select>"
      "<select name=b><option> first <option>second</select>"
      "<textarea name=c>\n x &lt; y</textarea>"
      "<input type=checkbox name=d checked><input type=radio name=e value=v></form>");
  ASSERT_EQ(html.forms.size(), 1U);
  const Form& form = html.forms[0];
  ASSERT_EQ(form.fields.size(), 5U);
  EXPECT_EQ(form.method, "get");
  EXPECT_EQ(form.field("a")->value, "2");
  EXPECT_EQ(form.field("b")->value, "first");
  EXPECT_EQ(form.field("c")->value, " x < y");
  EXPECT_EQ(form.field("d")->value, "on");
  EXPECT_TRUE(form.field("d")->checked);
  EXPECT_EQ(form.field("e")->value, "v");
  EXPECT_FALSE(form.field("e")->checked);
}

TEST(Html, GivesAFieldToTheFormThatItNames) {
  const Html html = parse_html(
      "<form id=a></form><form id=b><input name=x form=a><input name=y></form>"
      "<input name=z form=b><input name=nobody>");
  ASSERT_EQ(html.forms.size(), 2U);
  EXPECT_NE(html.forms[0].field("x"), nullptr);
  EXPECT_NE(html.forms[1].field("y"), nullptr);
  EXPECT_NE(html.forms[1].field("z"), nullptr);
  EXPECT_EQ(html.forms[0].fields.size() + html.forms[1].fields.size(), 3U);
}

TEST(Html, NamesEachScriptOnceAndTheBase) {
  const Html html = parse_html(
      "<head><base href=' /app/ '><base href=/other/><meta name=csrf-token content='a\"b'>"
      "<link rel=modulepreload href=/assets/vendor.js><link rel=stylesheet href=/a.css>"
      "<link rel=preload as=script href=/assets/chunk.js>"
      "<script type=module src=/assets/index-1a2b.js></script>"
      "<script>var a = '<script src=\"/not.js\">';</script>"
      "<script src=/assets/chunk.js></script><!-- <script src=/old.js></script> -->");
  EXPECT_EQ(html.base, "/app/");
  const std::vector<std::string> wanted = {"/assets/vendor.js", "/assets/chunk.js",
                                           "/assets/index-1a2b.js"};
  EXPECT_EQ(html.scripts, wanted);
  ASSERT_EQ(html.metas.size(), 1U);
  EXPECT_EQ(html.metas[0].second, "a\"b");
}

TEST(Html, SurvivesWhatIsNoPage) {
  for (std::string_view text :
       {"", "{\"a\":1}", "<", "<form", "<form><input name=", "\xff\xfe\x00"})
    EXPECT_LE(parse_html(text).forms.size(), 1U) << text;
  EXPECT_TRUE(parse_html(std::string("<scr\0ipt src=/a.js>", 19)).scripts.empty());
}

TEST(Html, IsBoundedInDepthCountAndSize) {
  EXPECT_TRUE(parse_html(times("<div>", 50'000)).truncated);
  EXPECT_FALSE(parse_html(times("<div>", 200)).truncated);
  EXPECT_TRUE(parse_html(times("<form></form>", 1000)).truncated);
  EXPECT_EQ(parse_html(times("<form></form>", 1000)).forms.size(), 32U);
  EXPECT_EQ(parse_html("<form>" + times("<input name=a>", 9000)).forms[0].fields.size(), 256U);
  const std::string huge = "<form><input name=a value='" + std::string(1'000'000, 'x') + "'>";
  EXPECT_LE(parse_html(huge).forms.at(0).fields.at(0).value.size(), 64U * 1024U);
  EXPECT_TRUE(parse_html(std::string(3'000'000, ' ') + "<form>").forms.empty());
}

// Parsers that search their stack for each end tag take a minute for such a page.
TEST(Html, ReadsHostilePagesInLinearTime) {
  const auto began = std::chrono::steady_clock::now();
  for (const char* tag : {"<div>", "<b>", "<a><b>", "<table><tr>", "</x>", "<p></form>", "<!--",
                          "&", "<select><option>", "<a b=", "<form><p>"})
    parse_html("<form>" + times("<i>", 500) + times(tag, 400'000));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(30));
}

}  // namespace
}  // namespace sonde::text
