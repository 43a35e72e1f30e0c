// That a refusal counts though it comes after the deadline of the run, and that silence does not.
#include <gmock/gmock.h>

#include "probes/session/shared.hpp"
#include "tests/support/probe_run.hpp"
#include "tests/support/provider.hpp"
#include "tests/support/turn_until.hpp"

namespace sonde::test::late_answer_test {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

constexpr std::string_view page =
    "<form method=post action=/login><input name=username><input name=password type=password>"
    "</form>";

using Login = DefaultConfig::Keys;

// One of each way to show credentials of the user or the client.
std::vector<Login> every_login() {
  const std::string url = R"("{{target.auth}}/login")";
  return {{{"method", "json"}, {"url", url}, {"body", R"({ p: "{{identity.password}}" })"}},
          {{"method", "oauth2_password"},
           {"url", url},
           {"username", R"("{{identity.username}}")"},
           {"password", R"("{{identity.password}}")"}},
          {{"method", "client_credentials"},
           {"url", url},
           {"client_id", "web"},
           {"client_secret", R"("{{identity.password}}")"}},
          {{"method", "form"}, {"url", url}},
          {{"method", "steps"},
           {"requests", "[{ url: " + url + R"(, json: { p: "{{identity.password}}" },
                      capture: { token: { json: /access_token } } }])"}},
          {{"method", "refresh"},
           {"url", R"("{{target.auth}}/token")"},
           {"client_id", "web"},
           {"login", "{ method: json, url: " + url + ", body: {} }"}}};
}

bool is_login(const Request& request) {
  return request.method() == "POST" && request.target() == "/login";
}

// A service that takes longer than the run has to answer a login.
struct Tarpit {
  Tarpit(Act after, const Login& login) : answer_late(std::move(after)) {
    usual.kind("login");
    usual.login = login;
    usual.login["lockout"] = "{ after: 3, cooldown: 1h }";
    usual.defaults["timeout"] = "100ms";
  }
  Act answer_late;
  Server server{Handler([this](const Request& request) {
    if (is_login(request)) return Script{pause(250ms), answer_late};
    return Script{answer(200, std::string(page))};
  })};
  DefaultConfig usual{server.url("")};

  long logins() const { return std::ranges::count_if(server.requests(), is_login); }
};

std::vector<Reason> run(const DefaultConfig& usual, int runs) {
  Walker walker;
  std::vector<Reason> reasons;
  for (int i = 0; i < runs; ++i) reasons.push_back(walker.walk(usual).verdict.reason);
  return reasons;
}

TEST(LateAnswer, OfARefusalCountsForEveryMethod) {
  for (const Login& login : every_login()) {
    const Tarpit tarpit(json(401, "{}"), login);
    const auto reasons = run(tarpit.usual, 12);
    EXPECT_EQ(tarpit.logins(), 3) << login.at("method");
    EXPECT_EQ(std::ranges::count(reasons, Reason::timeout), 3) << login.at("method");
    EXPECT_EQ(reasons.back(), Reason::suppressed) << login.at("method");
  }
}

TEST(LateAnswer, OfARefusalInOtherWordsCounts) {
  for (const Act& refused :
       {json(400, R"({"error":"invalid_grant"})"), json(422, "{}"),
        json(200, R"({"success":false})"), answer(302, "", {{"Location", "/login?error"}})}) {
    const Tarpit tarpit(refused, every_login().front());
    EXPECT_EQ(run(tarpit.usual, 12).back(), Reason::suppressed);
    EXPECT_EQ(tarpit.logins(), 3);
  }
}

TEST(LateAnswer, OfAPageThatAsksAgainCounts) {
  for (const Act& refused :
       {answer(200, std::string(page)), answer(302, "", {{"Location", "/login?error"}})}) {
    const Tarpit tarpit(refused, {{"method", "form"}, {"url", R"("{{target.auth}}/login")"}});
    run(tarpit.usual, 12);
    EXPECT_EQ(tarpit.logins(), 3);
  }
}

// A provider that takes its time with what was entered, and not with the pages before.
TEST(LateAnswer, OfAProviderThatRefusesCounts) {
  for (const Act& refused : {answer(401, "<p>Sorry"), answer(200, std::string(page))}) {
    const Server* self = nullptr;
    const Server server(Handler([&](const Request& request) {
      const std::string url = self->url("");
      if (request.target() == "/.well-known/openid-configuration")
        return Script{json(200, R"({"issuer":")" + url + R"(","authorization_endpoint":")" + url +
                                    R"(/auth","token_endpoint":")" + url +
                                    R"(/token","jwks_uri":")" + url +
                                    R"(/jwks","response_types_supported":["code"],)"
                                    R"("subject_types_supported":["public"],)"
                                    R"("id_token_signing_alg_values_supported":["RS256"]})")};
      if (request.method() == "POST") return Script{pause(400ms), refused};
      return Script{answer(200, std::string(page))};
    }));
    self = &server;
    DefaultConfig usual(server.url(""));
    usual.kind("login");
    usual.login = {{"method", "oidc"},
                   {"issuer", R"("{{target.auth}}")"},
                   {"client_id", "web"},
                   {"redirect_uri", "https://app.example.com/cb"},
                   {"lockout", "{ after: 2, cooldown: 1h }"}};
    usual.defaults["timeout"] = "250ms";
    EXPECT_EQ(run(usual, 8).back(), Reason::suppressed);
    EXPECT_EQ(std::ranges::count_if(server.requests(), is_login), 2);
  }
}

// As long as it is awaited it takes a place, and afterwards none.
TEST(LateAnswer, OfASuccessCountsForNothing) {
  const Tarpit tarpit(json(200, granted()), every_login().front());
  Walker walker;
  const Instant limit = Clock::now() + 20s;
  while (tarpit.logins() < 8 && Clock::now() < limit) {
    const ProbeRun walked = walker.walk(tarpit.usual);
    EXPECT_THAT(walked.verdict.reason, testing::AnyOf(Reason::timeout, Reason::suppressed))
        << walked.show();
  }
  EXPECT_GE(tarpit.logins(), 8);
}

// It is asked as often as may be refused, and then not until that is answered or given up.
TEST(LateAnswer, ThatNeverComesLetsNoMoreLoginsGoThanMayBeRefused) {
  const Server server(Script{hang()});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login["lockout"] = "{ after: 2, cooldown: 1h }";
  usual.defaults["timeout"] = "50ms";
  Walker walker;
  for (int i = 0; i < 2; ++i) EXPECT_EQ(walker.walk(usual).verdict.reason, Reason::timeout);
  const ProbeRun held = walker.walk(usual);
  EXPECT_EQ(held.verdict.reason, Reason::suppressed) << held.show();
  EXPECT_THAT(held.verdict.detail, HasSubstr("2 of our logins are not answered yet"));
  EXPECT_EQ(server.requests().size(), 2U);
}

// Who looks at the run sees what was sent, and one phase that lasted until the end.
TEST(LateAnswer, ThatARunDidNotWaitForHasItsRequestInTheRecord) {
  const Server server(Script{hang()});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.defaults["timeout"] = "50ms";
  const ProbeRun cut = Walker().walk(usual);
  ASSERT_EQ(cut.trace->exchanges().size(), 1U) << cut.show();
  EXPECT_EQ(cut.trace->exchanges()[0].method, "POST");
  EXPECT_EQ(cut.trace->exchanges()[0].status, 0);
  EXPECT_THAT(cut.trace->exchanges()[0].sent, testing::Contains(testing::Key("X-Sonde-Run")));
  EXPECT_EQ(std::ranges::count(cut.trace->phases(), Phase::first_byte, &PhaseSpan::phase), 1);
}

TEST(LateAnswer, OfOneAccountHoldsNoOther) {
  Tarpit tarpit(json(401, "{}"), every_login().front());
  DefaultConfig& usual = tarpit.usual;
  Walker walker;
  for (const std::string who : {"alice", "bob"}) {
    usual.probe["as"] = who;
    for (int i = 0; i < 3; ++i) EXPECT_EQ(walker.walk(usual).verdict.reason, Reason::timeout);
    EXPECT_EQ(walker.walk(usual).verdict.reason, Reason::suppressed);
  }
  EXPECT_EQ(tarpit.logins(), 6);
}

// The credentials did not leave this machine.
TEST(LateAnswer, IsNotAwaitedWhereNothingWasSent) {
  const Server server(Server::AtOnce{Script{hang()}});  // says nothing to a TLS hello
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.target["auth"] = "\"" + server.url("", "https") + "\"";
  usual.login["lockout"] = "{ after: 1, cooldown: 1h }";
  usual.defaults["timeout"] = "50ms";
  for (const Reason reason : run(usual, 3)) EXPECT_EQ(reason, Reason::tls_timeout);
}

// Nobody is left to hear the refusal.
TEST(LateAnswer, ThatHasNotComeWhenTheProcessStopsCountsAsARefusal) {
  const Server server(Script{hang()});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login["lockout"] = "{ after: 2, cooldown: 1h }";
  usual.defaults["timeout"] = "50ms";
  const std::string path = usual.folder.write("unused", "") + ".lockouts";
  for (int i = 0; i < 4; ++i) {
    Walker walker;  // a process
    walker.shared().token_cache.share(auth::LockoutTable::open(path).value());
    EXPECT_EQ(walker.walk(usual).verdict.reason, i < 2 ? Reason::timeout : Reason::suppressed);
    walker.finish();
  }
  EXPECT_EQ(server.requests().size(), 2U);
}

}  // namespace
}  // namespace sonde::test::late_answer_test
