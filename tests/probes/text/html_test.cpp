#include "probes/text/html.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>

namespace sonde::text::html_test {
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

TEST(Html, SaysWhatIsDisabledAndWhatAButtonOverrides) {
  const Html html = parse_html(
      "<meta charset=latin1><form method=DIALOG enctype=Text/Plain accept-charset='a b'>"
      "<fieldset disabled><legend><input name=a></legend><input name=b></fieldset>"
      "<input name=c disabled><button formaction=/x formmethod=POST formenctype=text/plain>"
      "<b>Sign</b>\n in</button><input type=submit value=Go formaction></form>");
  ASSERT_EQ(html.forms.size(), 1U);
  const Form& form = html.forms[0];
  EXPECT_EQ(html.charset, "latin1");
  EXPECT_EQ(form.method + " " + form.enctype + " " + form.accept_charset, "dialog text/plain a b");
  EXPECT_FALSE(form.field("a")->disabled);
  EXPECT_TRUE(form.field("b")->disabled);
  EXPECT_TRUE(form.field("c")->disabled);
  ASSERT_EQ(form.fields.size(), 5U);
  EXPECT_EQ(form.fields[3].label, "Sign in");
  EXPECT_EQ(form.fields[3].action, "/x");
  EXPECT_EQ(form.fields[3].method, "post");
  EXPECT_EQ(form.fields[3].enctype, "text/plain");
  EXPECT_EQ(form.fields[4].label, "Go");
  EXPECT_EQ(form.fields[4].action, "");
}

TEST(Html, GivesAFieldToAFormThatComesLater) {
  const Html html = parse_html(
      "<input name=x form=b><form id=a><input name=y form=b><input name=z form=''></form>"
      "<form id=b></form>");
  ASSERT_EQ(html.forms.size(), 2U);
  EXPECT_TRUE(html.forms[0].fields.empty());
  ASSERT_EQ(html.forms[1].fields.size(), 2U);
  EXPECT_EQ(html.forms[1].fields[0].name, "x");
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

TEST(Html, IsBoundedInCountAndSize) {
  EXPECT_FALSE(parse_html(times("<div>", 50'000)).truncated);
  EXPECT_TRUE(parse_html(times("<form></form>", 1000)).truncated);
  EXPECT_EQ(parse_html(times("<form></form>", 1000)).forms.size(), 32U);
  EXPECT_EQ(parse_html("<form>" + times("<input name=a>", 9000)).forms[0].fields.size(), 256U);
  const std::string huge = "<form><input name=a value='" + std::string(1'000'000, 'x') + "'>";
  EXPECT_LE(parse_html(huge).forms.at(0).fields.at(0).value.size(), 64U * 1024U);
  EXPECT_TRUE(parse_html(std::string(3'000'000, ' ') + "<form>").forms.empty());
}

TEST(Html, IgnoresAFormInAForm) {
  const Html html = parse_html(
      "<form id=a><input name=x><div><form id=b><input name=y></div><input name=z></form>"
      "<input name=nobody>");
  ASSERT_EQ(html.forms.size(), 1U);
  EXPECT_EQ(html.forms[0].id, "a");
  EXPECT_EQ(html.forms[0].fields.size(), 3U);
}

TEST(Html, KeepsAFormOpenBeyondTheElementThatHoldsItsTag) {
  const Html html = parse_html("<div><form id=a><input name=x></div><table><tr><input name=y>");
  ASSERT_EQ(html.forms.size(), 1U);
  EXPECT_NE(html.forms[0].field("y"), nullptr);
}

TEST(Html, TakesNoTagsFromTextAndComments) {
  for (const char* page :
       {"<!-- <form> -- --!><p>", "<!--><!-- <form> -->", "<!-- <form> ", "<!doctype <form>",
        "<?php <form>", "</ <form>", "<script><form></SCRIPT >", "<style><form></styles><form>",
        "<textarea><form></textarea>", "<title><form></title>", "<iframe><form></iframe>",
        "<noscript title='<form>'>", "<a href=<form>", "< form>", "<form"})
    EXPECT_TRUE(parse_html(page).forms.empty()) << page;
  for (const char* page : {"<!--><form>", "<!---><form>", "<!-- a --!><form>",
                           "<script></script ><form>", "<title></title/><form>", "< <form>",
                           "<a b='>'><form>", "<a b=/><FORM\n>", "</a b='>'><form>", "<//><form>"})
    EXPECT_EQ(parse_html(page).forms.size(), 1U) << page;
}

TEST(Html, ReadsAttributesAsBrowsersDo) {
  const auto name_in = [](std::string_view tag) {
    const Html html = parse_html("<form>" + std::string(tag));
    return html.forms[0].fields.empty() ? "nothing" : html.forms[0].fields[0].name;
  };
  for (const char* tag : {"<input name=a>", "<input NAME='a'>", "<INPUT name = \"a\" >",
                          "<input/name=a>", "<input name=a name=b>", "<input x y=z name=a>",
                          "<input x='>' name=a>", "<input\n\tname\n=\na>", "<input \"' name=a>",
                          "<input =x name=a>", "<input name=&#97;>", "<input name=&#x61>"})
    EXPECT_EQ(name_in(tag), "a") << tag;
  EXPECT_EQ(name_in("<input name=a/>"), "a/");
  EXPECT_EQ(name_in("<input name=>"), "");
  EXPECT_EQ(name_in("<input name='a"), "nothing");
}

TEST(Html, DecodesCharacterReferencesAsBrowsersDo) {
  const auto action = [](std::string_view text) {
    return parse_html("<form action=\"" + std::string(text) + "\">").forms.at(0).action;
  };
  EXPECT_EQ(action("/?a=1&amp;b=2"), "/?a=1&b=2");
  EXPECT_EQ(action("/?a=1&copy=2"), "/?a=1&copy=2");
  EXPECT_EQ(action("/?a=1&copy;2"), "/?a=1\u00a92");
  EXPECT_EQ(action("/&amp/"), "/&/");
  EXPECT_EQ(action("/&hellip/&hellip;"), "/&hellip/\u2026");
  EXPECT_EQ(action("&#x1F600;&#0;&#xD800;&#99999999999;"), "\U0001F600\ufffd\ufffd\ufffd");
  EXPECT_EQ(action("&#;&#x;&;&nothing;"), "&#;&#x;&;&nothing;");
  EXPECT_EQ(action("a\r\nb\rc"), "a\nb\nc");
}

TEST(Html, SaysThatATagHasTooManyAttributesAndReadsOn) {
  const Html html = parse_html("<form" + times(" a", 300) + "><input name=x>");
  EXPECT_TRUE(html.truncated);
  ASSERT_EQ(html.forms.size(), 1U);
  EXPECT_NE(html.forms[0].field("x"), nullptr);
}

// A parser that compares each attribute with those before it, or each end tag with what is open,
// takes sixteen times as long for four times the page.
TEST(Html, TakesFourTimesAsLongForFourTimesThePage) {
  const auto cpu = [](const std::string& page) {
    double best = 1e9;
    for (int round = 0; round < 3; ++round) {
      const std::clock_t began = std::clock();
      parse_html(page);
      best = std::min(best, static_cast<double>(std::clock() - began));
    }
    return best;
  };
  const std::string attributes = [] {
    std::string all = "<form";
    for (int i = 0; i < 130'000; ++i) all += " a" + std::to_string(i);
    return all;
  }();
  for (const std::string& piece : {std::string("<div>"),
                                   std::string("<a><b>"),
                                   std::string("</x>"),
                                   std::string("<p></form>"),
                                   std::string("<!--"),
                                   std::string("&"),
                                   std::string("&a;"),
                                   std::string("<select><option>"),
                                   std::string("<a b="),
                                   std::string("<script>"),
                                   std::string("</script"),
                                   std::string("<a b='"),
                                   std::string("--"),
                                   std::string("<script src=a>"),
                                   std::string("<input form=a>"),
                                   std::string("&#"),
                                   std::string("<textarea>"),
                                   std::string("\r"),
                                   std::string(" a"),
                                   std::string("<fieldset disabled>"),
                                   std::string("<legend>"),
                                   std::string("<button>"),
                                   std::string("<template>"),
                                   std::string("<datalist>"),
                                   std::string("<select multiple><option selected>")}) {
    const std::size_t count = 400'000 / piece.size();
    for (const std::string& open : {"<form>" + times("<i>", 500), std::string("<form><x"),
                                    std::string("<form><textarea>"), std::string("<!--")})
      EXPECT_LT(cpu(open + times(piece, count)), 12 * cpu(open + times(piece, count / 4)) + 20'000)
          << open << piece;
  }
  EXPECT_LT(cpu(attributes), 12 * cpu(attributes.substr(0, attributes.size() / 4)) + 20'000);
}

}  // namespace
}  // namespace sonde::text::html_test
