#include "probes/text/page_words.hpp"

#include <gtest/gtest.h>

namespace sonde::text::page_words_test {
namespace {

using Words = std::set<std::string>;

TEST(PageWords, AreThoseThatAVisitorReadsAndWhereTheLinksLead) {
  EXPECT_EQ(words_of_page("<title>My App</title><p class=x>Hello, <b>Alice</b>! "
                          "<a href='/logout?x=1#y'>Log out</a><form action=/search;s=1>"
                          "<input type=submit value=Go><input type=hidden value=secret>"
                          "<img alt=Portrait src=/alice.png>"),
            (Words{"my", "app", "hello", "alice", "/logout", "log", "out", "logout", "/search",
                   "go", "portrait"}));
}

TEST(PageWords, LeaveOutScriptsAndWhatHasADigit) {
  EXPECT_EQ(words_of_page("<script>var token = 'abc'</script><style>p { color: red }</style>"
                          "<meta name=csrf content=abc><p>12:00 abc123 x7<a href=/user/17>z</a>"),
            (Words{"z"}));
}

TEST(PageWords, ANameIsSaidWhereNoLetterOrDigitIsBesideIt) {
  for (const std::string page :
       {"<p>Hello Alice!", "<img alt=alice>", "<a href='/u/alice'>me</a>", "<b>alice</b>",
        "<script>var user = {\"name\":\"alice\"}</script>", "<p title='alice (you)'>", "&#97;lice"})
    EXPECT_TRUE(page_says(page, "alice")) << page;
  for (const std::string page : {"<p>malice", "alice2", "<p class=alice>", "<input value=alice>",
                                 "<!-- alice -->", "", "al ice"})
    EXPECT_FALSE(page_says(page, "alice")) << page;
  EXPECT_TRUE(page_says("<p>me@example.com", "Me@Example.com"));
  EXPECT_FALSE(page_says("<p>x", ""));
}

TEST(PageWords, MayBeInAnyScript) {
  EXPECT_EQ(words_of_page("<p>\u0412\u044b\u0439\u0442\u0438 D\u00e9connexion"),
            (Words{"\u0412\u044b\u0439\u0442\u0438", "d\u00e9connexion"}));
}

TEST(PageWords, AreBounded) {
  std::string page;
  for (int i = 0; i < 200'000; ++i) {
    std::string word;
    for (int rest = i + 1; rest > 0; rest /= 26) word += static_cast<char>('a' + rest % 26);
    page += "<p>" + word;
  }
  EXPECT_EQ(words_of_page(page).size(), 20'000U);
  EXPECT_TRUE(words_of_page(std::string(100'000, 'x')).empty());
}

}  // namespace
}  // namespace sonde::text::page_words_test
