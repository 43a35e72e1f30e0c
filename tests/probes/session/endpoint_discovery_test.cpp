#include "probes/session/endpoint_discovery.hpp"

#include <gtest/gtest.h>

namespace sonde::session::endpoint_discovery_test {
namespace {

text::Pattern pattern(std::string_view text) { return text::Pattern::parse(text).value(); }
net::Url url(std::string_view text) { return net::parse_url(text).value(); }

TEST(Shipped, IsTheFirstGroupOrAllOfTheMatchWithoutEscapes) {
  EXPECT_EQ(find_shipped(pattern(R"(wss?:[^"]+)"), R"({"u":"wss:\/\/a\/ws?x=1\u00262"})"),
            "wss://a/ws?x=1&2");
  EXPECT_EQ(find_shipped(pattern("PATH='([^']+)'"), "PATH='/ws';PATH='/other'"), "/ws");
  EXPECT_EQ(find_shipped(pattern("nothing"), "text"), std::nullopt);
  EXPECT_EQ(find_shipped(pattern("ws:[^;]+"), "x ws://a/w", true), std::nullopt);
  EXPECT_EQ(find_shipped(pattern("ws:[^;]+"), "x ws://a/ws;", true), "ws://a/ws");
  EXPECT_EQ(find_shipped(pattern(".*"), "a\\"), "a\\");
}

TEST(Shipped, LeadsWhereABrowserWouldConnect) {
  const net::Url page = url("https://app.example.com/chat/index.html");
  EXPECT_EQ(resolve_shipped(page, "/ws")->text(), "wss://app.example.com/ws");
  EXPECT_EQ(resolve_shipped(page, "ws")->text(), "wss://app.example.com/chat/ws");
  EXPECT_EQ(resolve_shipped(page, "//api.example.com/ws")->text(), "wss://api.example.com/ws");
  EXPECT_EQ(resolve_shipped(page, "ws://api.example.com/ws")->text(), "ws://api.example.com/ws");
  EXPECT_EQ(resolve_shipped(page, "http://api.example.com/ws")->text(), "ws://api.example.com/ws");
  EXPECT_FALSE(resolve_shipped(page, "javascript:alert(1)").has_value());
  EXPECT_FALSE(resolve_shipped(page, "").has_value());
}

TEST(Shipped, TakesScriptsOfTheOwnOriginFirstAndNotTooMany) {
  text::Html html{.scripts = {"https://cdn.example.net/a.js", "/b.js", "data:text/js,1", "c.js"}};
  const auto scripts = scripts_of(html, url("https://app.example.com/x/"));
  ASSERT_EQ(scripts.size(), 3U);
  EXPECT_EQ(scripts[0].text(), "https://app.example.com/b.js");
  EXPECT_EQ(scripts[1].text(), "https://app.example.com/x/c.js");
  EXPECT_EQ(scripts[2].host, "cdn.example.net");
  html.scripts.assign(100, "/b.js");
  EXPECT_EQ(scripts_of(html, url("https://app.example.com/")).size(), 32U);
}

TEST(Shipped, IsResolvedAgainstTheBaseOfThePage) {
  const net::Url page = url("https://app.example.com/x/");
  EXPECT_EQ(base_of({}, page).text(), page.text());
  EXPECT_EQ(base_of({.base = "/app/"}, page).text(), "https://app.example.com/app/");
}

TEST(Shipped, OriginIsWhatBrowsersSend) {
  EXPECT_EQ(origin_of(url("https://app.example.com/x")), "https://app.example.com");
  EXPECT_EQ(origin_of(url("http://app.example.com:8080/")), "http://app.example.com:8080");
}

TEST(Shipped, IsComparedByWhereItLeads) {
  const net::Url expected = url("wss://api.example.com/websocket");
  EXPECT_TRUE(same_endpoint(expected, url("wss://API.example.com:443/websocket?client=web")));
  EXPECT_FALSE(same_endpoint(expected, url("wss://api.example.com/ws")));
  EXPECT_FALSE(same_endpoint(expected, url("ws://api.example.com/websocket")));
  EXPECT_FALSE(same_endpoint(expected, url("wss://old.example.com/websocket")));
  EXPECT_FALSE(same_endpoint(url("wss://h/ws?v=2"), url("wss://h/ws?v=1")));
}

TEST(Shipped, IsMixedContentFromHttpsAlone) {
  const net::Url page = url("https://app.example.com/");
  EXPECT_TRUE(is_mixed_content(page, url("ws://api.example.com/ws")));
  EXPECT_FALSE(is_mixed_content(page, url("wss://api.example.com/ws")));
  EXPECT_FALSE(is_mixed_content(page, url("ws://localhost:8080/ws")));
  EXPECT_FALSE(is_mixed_content(url("http://app.example.com/"), url("ws://api.example.com/ws")));
}

}  // namespace
}  // namespace sonde::session::endpoint_discovery_test
