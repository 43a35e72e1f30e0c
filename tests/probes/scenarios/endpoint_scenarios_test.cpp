#include <gtest/gtest.h>

#include <algorithm>

#include "tests/probes/scenarios/scenario.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/tls_server.hpp"

// A product that serves its page, its script and its WebSocket, and where that leads.
namespace sonde::test::endpoint_scenarios_test {
namespace {

using enum Reason;
using namespace std::chrono_literals;

Act html(std::string body) {
  return answer(200, std::move(body), {{"Content-Type", "text/html; charset=utf-8"}});
}

struct Product {
  std::string page = "<!doctype html><script src=/vendor.js></script><script src=app.js></script>";
  std::string script = R"(const u = location.origin; open(u, "\/websocket");)";
};

Script serve(const Product& product, const Request& request) {
  const std::string target = request.target();
  if (target == "/auth/login") return {json(200, granted())};
  if (target == "/") return {html(product.page)};
  if (target == "/vendor.js") return {answer(404)};
  if (target == "/app.js") return {answer(200, product.script)};
  if (target == "/slow") return {hang()};
  if (target == "/old") return {answer(302, "", {{"Location", "/"}})};
  if (target == "/websocket") return {accept(), ready_message(), wait_for_close()};
  return {answer(500)};
}

DefaultConfig::Keys endpoint(const std::string& page, const std::string& expected,
                             const std::string& more = "") {
  std::string url = R"({ discover: { page: "{{target.http}})" + page + R"(", match: ")" +
                    R"(open\\(u, \"([^\"]+)\"\\))" + "\"" + more + " }";
  if (!expected.empty()) url += R"(, expected: "{{target.ws}})" + expected + "\"";
  return {{"url", url + " }"}};
}

ProbeRun open_page(const Product& product, const DefaultConfig::Keys& socket,
                   const std::string& timeout) {
  const Server server(Handler(std::bind_front(serve, product)));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.defaults["timeout"] = timeout;
  merge(usual.socket, socket);
  return walk(usual);
}

Scenario opens(std::string name, Reason reason, std::string detail, Product product,
               DefaultConfig::Keys socket, std::string timeout = "5s") {
  return {std::move(name), Step::upgrade, reason, std::move(detail),
          std::bind_front(open_page, std::move(product), std::move(socket), std::move(timeout))};
}

const Product ships_ws{.script = R"(open(u, "/ws"))"};
const Product ships_nothing{.script = "1;"};

// Over https, to an address of the other kind that no browser would open.
ProbeRun mixed() {
  Authority authority;
  const Product product{.script = R"(open(u, "ws://api.example.com/websocket"))"};
  const Server server(Handler(std::bind_front(serve, product)));
  const TlsServer front({.identity = authority.issue({}), .relay = server.port()});
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.target["http"] = "\"https://127.0.0.1:" + std::to_string(front.port()) + "\"";
  merge(usual.socket, endpoint("/", ""));
  usual.socket["tls"] = "{ ca: " + authority.file() + " }";
  return walk(usual);
}

}  // namespace

Scenarios endpoint_scenarios() {
  return {
      opens("ThePageShipsAnotherPath", endpoint_drift, "/ws, expected is ws://", ships_ws,
            endpoint("/", "/websocket")),
      opens("TheShippedPathIsBrokenToo", endpoint_drift, "server_error, HTTP 500", ships_ws,
            endpoint("/", "/websocket")),
      opens("TheShippedPathWorksAndIsStillAnother", endpoint_drift, "there the session is ready",
            {}, endpoint("/", "/ws")),
      opens("NothingIsExpectedButTheShippedPathIsBroken", server_error, "HTTP 500", ships_ws,
            endpoint("/", "")),
      opens("NoScriptNamesAnAddress", endpoint_missing, "1 more could not be read", ships_nothing,
            endpoint("/", "/websocket")),
      opens("TheScriptsAreNotFollowed", endpoint_missing, "found neither in", {},
            endpoint("/", "/websocket", ", follow: nothing")),
      opens("ThePageIsGone", endpoint_missing, "/gone answers HTTP 500", {},
            endpoint("/gone", "/websocket")),
      opens("TheAddressIsNone", endpoint_missing, "which is no address",
            {.script = R"(open(u, "ws://:x"))"}, endpoint("/", "/websocket")),
      opens("ThePageIsSilent", timeout, "phase discover", {}, endpoint("/slow", "/websocket"),
            "200ms"),
      {"AnHttpsPageShipsAPlainAddress", Step::upgrade, mixed_content,
       "ws://api.example.com/websocket", mixed},
  };
}

namespace {

TEST(Endpoint, ThatThePageShipsIsProbedWithThePagesOrigin) {
  const Server server(Handler(std::bind_front(serve, Product{})));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  merge(usual.socket, endpoint("/old", "/websocket"));
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  const auto requests = server.requests();
  const auto upgrade = std::ranges::find(requests, "/websocket", &Request::target);
  ASSERT_NE(upgrade, requests.end());
  EXPECT_EQ(upgrade->header("Origin"), server.url(""));
  const auto& phases = walked.trace->phases();
  EXPECT_NE(std::ranges::find(phases, Phase::discover, &PhaseSpan::phase), phases.end());
}

TEST(Endpoint, KeepsAnOriginOfOnesOwn) {
  const Server server(Handler(std::bind_front(serve, Product{})));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  merge(usual.socket, endpoint("/", ""));
  usual.socket["headers"] = "{ Origin: https://app.example.com }";
  EXPECT_EQ(walk(usual).verdict.outcome, Outcome::pass);
  EXPECT_EQ(server.requests().back().header("Origin"), "https://app.example.com");
}

TEST(Endpoint, IsSearchedInThePageFirst) {
  const Product product{.page = R"(<script>open(u, "/websocket")</script><script src=app.js>)"};
  const Server server(Handler(std::bind_front(serve, product)));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  merge(usual.socket, endpoint("/", "/websocket"));
  EXPECT_EQ(walk(usual).verdict.outcome, Outcome::pass);
  for (const Request& request : server.requests()) EXPECT_NE(request.target(), "/app.js");
}

TEST(Endpoint, IsFoundWhereverItStandsInALongScript) {
  const std::string address = R"(open(u, "/websocket");)";
  for (const std::size_t at : {256U * 1024U - 8U, 260U * 1024U - 4U, 900U * 1024U, 3000U * 1024U}) {
    const Product product{.script = std::string(at, ' ') + address + std::string(1000, ' ')};
    const Server server(Handler(std::bind_front(serve, product)));
    DefaultConfig usual(server.url(""));
    usual.kind("upgrade");
    merge(usual.socket, endpoint("/", "/websocket"));
    const ProbeRun walked = walk(usual);
    EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << at << " " << walked.show();
  }
}

TEST(Endpoint, NeedsAPageAndAPattern) {
  DefaultConfig usual("127.0.0.1:1");
  usual.kind("upgrade");
  usual.socket["url"] = "{ discover: { page: \"http://x/\" } }";
  EXPECT_NE(plan(usual.yaml()).wrong().find("match"), std::string::npos);
  usual.socket["url"] = "{ expected: \"ws://x/\" }";
  EXPECT_NE(plan(usual.yaml()).wrong().find("discover"), std::string::npos);
}

}  // namespace
}  // namespace sonde::test::endpoint_scenarios_test
