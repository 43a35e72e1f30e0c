#include <gmock/gmock.h>

#include "tests/support/chat_target.hpp"
#include "tests/support/planted.hpp"

// Credentials go to the target's own origins, and nowhere else, whatever an answer says.
namespace sonde::test::own_origins_test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view token = "t0ken-of-alice/0123456789";

Act html(std::string body) { return answer(200, std::move(body), {{"Content-Type", "text/html"}}); }

// Where a target sends its users that is none of its own; answers everything kindly.
Script welcome(const Request& request) {
  if (request.header("Upgrade").empty()) return {html("<form method=post><input name=a></form>")};
  return {accept(), ready_message(), wait_for_close()};
}

// All that was said to a server.
std::string heard_by(const Server& server) {
  std::string all;
  for (const Request& request : server.requests()) all += request.head + request.body + "\n";
  for (const Frame& frame : server.frames()) all += frame.payload + "\n";
  return all;
}

void expect_told_nothing(const Server& server, const ProbeRun& walked) {
  const std::string heard = heard_by(server);
  EXPECT_EQ(leaked(heard, token), "") << heard << walked.show();
  EXPECT_EQ(leaked(heard, DefaultConfig::password), "") << heard << walked.show();
  for (const std::string_view word : {"uthorization", "ookie:", "X-Tenant", "alice"})
    EXPECT_THAT(heard, Not(HasSubstr(std::string(word)))) << walked.show();
}

std::string discovering(const std::string& expected = "") {
  return R"x({ discover: { page: "{{target.http}}/", match: "open\\(\"([^\"]+)\"\\)" })x" +
         (expected.empty() ? "" : ", expected: \"" + expected + "\"") + " }";
}

// A page that names `address`; an account that logs in, and a socket for it.
Handler product(const std::string& address) {
  return [address](const Request& request) -> Script {
    if (request.target() == "/auth/login")
      return {answer(
          200, granted(token),
          {{"Content-Type", "application/json"}, {"Set-Cookie", "sid=cookie-of-alice; Path=/"}})};
    if (request.target() == "/") return {html("<script>open(\"" + address + "\")</script>")};
    return {accept(), ready_message(), wait_for_close()};
  };
}

std::unique_ptr<DefaultConfig> user_of(const Server& home, std::string_view kind = "upgrade") {
  auto usual = std::make_unique<DefaultConfig>(home.url(""));
  usual->kind(kind);
  usual->defaults["timeout"] = "2s";
  usual->socket["headers"] = R"({ X-Tenant: "{{identity.username}}" })";
  return usual;
}

TEST(OwnOrigins, AnAddressThatAPageNamesElsewhereGetsNoToken) {
  const Server elsewhere{Handler(welcome)};
  const std::string address = elsewhere.url("/ws", "ws");
  const Server home(product(address));
  for (const std::string placement : {"header", "query", R"({ cookie: "sid={{token}}" })",
                                      "subprotocol", R"({ header: "X-Token: {{token}}" })"})
    for (const std::string expected : {"", "{{target.ws}}/websocket"}) {
      SCOPED_TRACE(placement + " " + expected);
      auto usual = user_of(home);
      usual->socket["url"] = discovering(expected);
      usual->socket["token_in"] = placement;
      const ProbeRun walked = walk(*usual);
      EXPECT_EQ(walked.verdict.reason, Reason::endpoint_drift) << walked.show();
      EXPECT_THAT(walked.verdict.detail, HasSubstr("is no origin of the target"));
      EXPECT_THAT(walked.verdict.detail, HasSubstr("accepted without them"));
      expect_told_nothing(elsewhere, walked);
    }
}

TEST(OwnOrigins, NothingIsSaidInASessionElsewhere) {
  const Server elsewhere{Handler(welcome)};
  const Server home(product(elsewhere.url("/ws", "ws")));
  for (const std::string_view kind : {"chat", "isolation"}) {
    auto usual = user_of(home, kind);
    usual->socket["url"] = discovering();
    usual->probe["prompt"] = "\"{{token}} {{identity.password}}\"";
    const ProbeRun walked = walk(*usual);
    EXPECT_EQ(walked.verdict.reason, Reason::endpoint_drift) << walked.show();
    expect_told_nothing(elsewhere, walked);
  }
}

TEST(OwnOrigins, AnAddressElsewhereThatRefusesIsStillADrift) {
  const Server elsewhere(Script{answer(401)});
  const Server home(product(elsewhere.url("/ws", "ws")));
  auto usual = user_of(home);
  usual->socket["url"] = discovering();
  const ProbeRun walked = walk(*usual);
  EXPECT_EQ(walked.verdict.reason, Reason::endpoint_drift) << walked.show();
  EXPECT_THAT(walked.verdict.detail, HasSubstr("there the upgrade is unauthorized"));
}

TEST(OwnOrigins, AProbeThatHasNothingToHideGoesWhereverThePageLeads) {
  const Server elsewhere{Handler(welcome)};
  const Server home(product(elsewhere.url("/ws", "ws")));
  auto usual = user_of(home);
  usual->socket["url"] = discovering();
  usual->socket["token_in"] = "none";
  usual->socket["headers"] = "";
  const ProbeRun walked = walk(*usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  expect_told_nothing(elsewhere, walked);
}

TEST(OwnOrigins, WhatIsListedGetsTheToken) {
  const Server elsewhere{Handler(welcome)};
  const Server home(product(elsewhere.url("/ws", "ws")));
  auto usual = user_of(home);
  usual->socket["url"] = discovering();
  usual->target["origins"] = "[\"" + elsewhere.url("", "http") + "\"]";
  const ProbeRun walked = walk(*usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_THAT(heard_by(elsewhere), HasSubstr("Bearer " + std::string(token)));
}

TEST(OwnOrigins, TheTargetsOwnAddressGetsTheTokenHoweverItIsWritten) {
  for (const std::string path : {"/websocket", "/other"}) {
    std::string address;
    const Server home{Handler([&](const Request& request) { return product(address)(request); })};
    address = "WS://127.0.0.1:" + std::to_string(home.port()) + path;
    auto usual = user_of(home);
    usual->socket["url"] = discovering();
    const ProbeRun walked = walk(*usual);
    EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  }
}

TEST(OwnOrigins, AHostThatALoginCapturesGetsNoToken) {
  const Server elsewhere{Handler(welcome)};
  const std::string there = "127.0.0.1:" + std::to_string(elsewhere.port());
  const Server home{Handler([&](const Request&) -> Script {
    return {json(200, R"({"t":")" + std::string(token) + R"(","ws":"ws://)" + there +
                          R"(/ws","host":")" + there + R"(","path":".evil.example/ws"})")};
  })};
  for (const std::string url :
       {"{{login.ws}}", "ws://{{login.host}}/ws", "ws://{{login.host}}/ws?t={{token}}",
        "ws://{{login.host}}/{{identity.password | urlenc}}"}) {
    auto usual = user_of(home);
    usual->socket["url"] = "\"" + url + "\"";
    usual->login = {
        {"method", "steps"},
        {"requests", R"([{ url: "{{target.auth}}/one", capture: { token: { json: /t }, )"
                     R"(ws: { json: /ws }, host: { json: /host } } }])"}};
    const ProbeRun walked = walk(*usual);
    EXPECT_EQ(walked.verdict.reason, Reason::endpoint_drift) << walked.show();
    expect_told_nothing(elsewhere, walked);
  }
}

TEST(OwnOrigins, ALoginThatUsesItsTokenTwiceSendsItNowhereElse) {
  const Server elsewhere{Handler(welcome)};
  const std::string there = "127.0.0.1:" + std::to_string(elsewhere.port());
  const Server home{Handler([&](const Request&) -> Script {
    return {json(200, R"({"t":")" + std::string(token) + R"(","host":")" + there + R"("})")};
  })};
  auto usual = user_of(home, "login");
  usual->probe["socket"] = "main";
  usual->probe["dialect"] = "home-assistant";
  usual->socket = {{"url", R"("ws://{{login.host}}/ws")"},
                   {"token_in", "none"},
                   {"rest", R"("{{target.http}}/rest")"}};
  usual->login = {{"method", "steps"},
                  {"requests", R"([{ url: "{{target.auth}}/one", capture: { )"
                               R"(token: { json: /t }, host: { json: /host } } }])"}};
  const ProbeRun walked = walk(*usual);
  EXPECT_EQ(walked.verdict.reason, Reason::reuse_unclear) << walked.show();
  EXPECT_THAT(walked.verdict.detail, HasSubstr("is no origin of the target"));
  expect_told_nothing(elsewhere, walked);
}

TEST(OwnOrigins, AStepThatAnAnswerSendsElsewhereIsNotTaken) {
  const Server elsewhere{Handler(welcome)};
  const Server home{Handler([&](const Request&) -> Script {
    return {json(200,
                 R"({"t":")" + std::string(token) + R"(","next":")" + elsewhere.url("/n") + "\"}")};
  })};
  for (const std::string name : {"next", "location"}) {
    auto usual = user_of(home, "login");
    usual->login = {
        {"method", "steps"},
        {"requests", R"([{ url: "{{target.auth}}/one", capture: { token: { json: /t }, )" + name +
                         R"(: { json: /next } } }, { url: "{{)" + name +
                         R"(}}", form: { p: "{{identity.password}}", t: "{{token}}" } }])"}};
    const ProbeRun walked = walk(*usual);
    EXPECT_EQ(walked.verdict.reason, Reason::redirected) << walked.show();
    EXPECT_THAT(walked.verdict.detail, HasSubstr("is no origin of the target"));
    EXPECT_TRUE(elsewhere.requests().empty());
  }
}

// A login page of `home`, whose form leads elsewhere.
ProbeRun form_login(const std::function<std::string(const std::string&)>& page,
                    const Server& elsewhere, bool listed = false) {
  const Server home{Handler([&](const Request& request) -> Script {
    if (request.target() == "/moved") return {answer(302, "", {{"Location", elsewhere.url("/l")}})};
    return {html(page(elsewhere.url("/take")))};
  })};
  auto usual = user_of(home, "login");
  if (listed) usual->target["origins"] = "\"" + elsewhere.url("") + "\"";
  const bool moved = page("") == "moved";
  usual->login = {{"method", "form"},
                  {"url", moved ? R"("{{target.auth}}/moved")" : R"("{{target.auth}}/login")"},
                  {"success", "{ cookie: sid }"}};
  return walk(*usual);
}

constexpr std::string_view fields =
    "<input name=username><input name=password type=password><button>go</button></form>";

TEST(OwnOrigins, AFormThatLeadsElsewhereGetsNoPassword) {
  const auto action = [](const std::string& url) {
    return "<form method=post action='" + url + "'>" + std::string(fields);
  };
  const auto get = [](const std::string& url) {
    return "<form action='" + url + "'>" + std::string(fields);
  };
  const auto base = [](const std::string& url) {
    return "<base href='" + url + "'><form method=post action=/x>" + std::string(fields);
  };
  for (const auto& page : {std::function<std::string(const std::string&)>(action), {get}, {base}}) {
    const Server elsewhere{Handler(welcome)};
    const ProbeRun walked = form_login(page, elsewhere);
    EXPECT_EQ(walked.verdict.reason, Reason::redirected) << walked.show();
    EXPECT_THAT(walked.verdict.detail, HasSubstr("is no origin of the target"));
    EXPECT_TRUE(elsewhere.requests().empty()) << heard_by(elsewhere);
  }
}

TEST(OwnOrigins, ALoginPageThatMovedElsewhereGetsNoPasswordUnlessItIsListed) {
  const auto moved = [](const std::string&) { return std::string("moved"); };
  const auto page = [](const Request& request) -> Script {
    if (request.method() == "POST")
      return {answer(302, "", {{"Location", "/in"}, {"Set-Cookie", "sid=1234567890"}})};
    if (request.target() == "/in") return {html("<p>Hello alice</p>")};
    return {html("<form method=post>" + std::string(fields))};
  };
  const Server elsewhere{Handler(page)};
  const ProbeRun walked = form_login(moved, elsewhere);
  EXPECT_EQ(walked.verdict.reason, Reason::redirected) << walked.show();
  expect_told_nothing(elsewhere, walked);
  const ProbeRun again = form_login(moved, elsewhere, true);
  EXPECT_EQ(again.verdict.outcome, Outcome::pass) << again.show();
}

// Of a login with cookies none of which goes to the socket, the browser sends none.
TEST(OwnOrigins, ASocketThatNoCookieBelongsToGetsNone) {
  const Server home{Handler([](const Request& request) -> Script {
    if (request.target() == "/auth/login")
      return {answer(200, granted(token),
                     {{"Content-Type", "application/json"},
                      {"Set-Cookie", "sid=cookie-of-alice; Path=/elsewhere"}})};
    return {accept(), ready_message(), wait_for_close()};
  })};
  auto usual = user_of(home);
  usual->socket["token_in"] = "cookie";
  walk(*usual);
  const auto requests = home.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[1].header("Cookie"), "");
}

TEST(OwnOrigins, AListedOriginIsAnOrigin) {
  const auto wrong_with = [](const std::string& listed) {
    DefaultConfig usual("127.0.0.1:1");
    usual.kind("health");
    usual.target["origins"] = listed;
    return plan(usual.yaml()).wrong();
  };
  EXPECT_EQ(wrong_with("[https://id.example.com, \"wss://a.example:8443\"]"), "");
  for (const std::string listed : {"id.example.com", "https://id.example.com/login", "[ftp://a]",
                                   "https://*.example.com", "[https://u:p@a.example]", "\"\""})
    EXPECT_THAT(wrong_with(listed), HasSubstr("origin")) << listed;
}

}  // namespace
}  // namespace sonde::test::own_origins_test
