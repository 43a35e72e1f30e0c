#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "probes/session/shared.hpp"
#include "probes/text/ascii.hpp"
#include "probes/text/template.hpp"
#include "tests/support/chat_target.hpp"

// That a refusal proves something: only what is wrong with an upgrade is why it is refused.
namespace sonde::test::refuse_proof_test {
namespace {

using testing::HasSubstr;

// A service whose every login gives another ticket, and what it does with them.
struct Service {
  bool once = false;          // a ticket serves once
  bool short_lived = false;   // it is good for the first upgrade after a login alone
  bool down = false;          // after its first upgrade nobody is served any more
  bool cookies = false;       // the ticket is a cookie
  bool forgets = true;        // a logout ends the session
  int lingers = 0;            // after so many upgrades with it
  std::string logout = "{}";  // the answer to it
  int logout_status = 200;
  bool same = false;   // the user's ticket stays the same until he logs out
  bool blind = false;  // to the origin
  int logins = 0, upgrades = 0;
  std::set<std::string> good = {}, used = {}, leaving = {};
  std::string last = {};
  std::vector<std::string> heads = {};
};
using ServicePtr = std::shared_ptr<Service>;

std::string ticket_in(const Request& request) {
  const auto at = request.head.find("ticket-");
  return at == std::string::npos ? "" : request.head.substr(at, sizeof "ticket-0001" - 1);
}

Script log_in(const ServicePtr& service) {
  ++service->logins;
  if (!service->same || !service->good.contains(service->last))
    service->last = "ticket-" + std::to_string(1000 + service->logins);
  service->good.insert(service->last);
  if (!service->cookies) return {json(200, granted(service->last))};
  return {answer(200, "{}", {{"Set-Cookie", "session=" + service->last + "; Path=/"}})};
}

Script upgrade(const ServicePtr& service, const Request& request) {
  ++service->upgrades;
  service->heads.push_back(request.head);
  const std::string ticket = ticket_in(request);
  const bool foreign = request.header("Origin") == "https://sonde.invalid" && !service->blind;
  bool good = service->good.contains(ticket);
  if (service->once && !foreign) good &= service->used.insert(ticket).second;
  if (service->short_lived && service->upgrades == 1) service->good.erase(ticket);
  if (service->leaving.contains(ticket) && service->lingers-- <= 0) good = false;
  if (service->down) good &= service->upgrades == 1;
  if (good && !foreign) return {accept(), ready_message(), wait_for_close()};
  return {json(401, "{}")};
}

Script serve(const ServicePtr& service, const Request& request) {
  if (request.target() == "/auth/login") return log_in(service);
  if (request.target() == "/logout") {
    if (service->lingers > 0)
      service->leaving.insert(ticket_in(request));
    else if (service->forgets)
      service->good.erase(ticket_in(request));
    return {json(service->logout_status, service->logout)};
  }
  return upgrade(service, request);
}

ProbeRun check(const ServicePtr& service, const std::string& checks,
               const DefaultConfig::Keys& socket = {}, const DefaultConfig::Keys& login = {}) {
  const Server server(Handler(std::bind_front(serve, service)));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.probe["refuse"] = checks;
  usual.probe["logout"] = R"({ url: "{{target.http}}/logout", within: 1s })";
  usual.socket["ready"] = "{ type: connection_established, within: 150ms }";
  merge(usual.socket, socket);
  if (!login.empty()) usual.login = login;
  return walk(usual);
}

const std::string requests =
    R"([{ url: "{{target.auth}}/auth/login", json: { user: "{{identity.username}}" })";
const std::string jwt = text::base64url(R"({"alg":"RS256","typ":"JWT"})") + "." +
                        text::base64url(R"({"sub":"alice","exp":4000000000})") + "." +
                        text::base64url(std::string(256, 's'));
const DefaultConfig::Keys by_cookie = {
    {"method", "steps"}, {"requests", requests + " }]"}, {"token", R"("")"}};

std::string outcome(const ProbeRun& walked) {
  return walked.verdict.outcome == Outcome::pass ? "pass" : walked.show();
}

TEST(RefusalProof, AfterwardsTheSameUpgradeWithNothingWrongAboutItIsAccepted) {
  const auto service = std::make_shared<Service>();
  EXPECT_EQ(outcome(check(service, "[no_token, garbage_token]")), "pass");
  EXPECT_EQ(service->upgrades, 4) << "the main one, two that are refused, and the control";
  EXPECT_EQ(service->logins, 1);
}

TEST(RefusalProof, WhereNobodyIsServedAnyMoreARefusalIsUnclear) {
  const auto service = std::make_shared<Service>(Service{.down = true});
  const ProbeRun walked = check(service, "[no_token]");
  EXPECT_EQ(walked.verdict.reason, Reason::refusal_unclear) << walked.show();
  EXPECT_THAT(walked.verdict.detail, HasSubstr("nothing wrong about it is not accepted either"));
  EXPECT_EQ(name(walked.trace->refusals.at(0).state), "unclear");
}

TEST(RefusalProof, ATokenThatExpiredMeanwhileIsReplacedByAFreshOne) {
  const auto service = std::make_shared<Service>(Service{.short_lived = true});
  EXPECT_EQ(outcome(check(service, "[garbage_token]")), "pass");
  EXPECT_EQ(service->logins, 2);
}

TEST(RefusalProof, AForeignPageShowsATicketThatWasNotUsedBefore) {
  const auto strict = std::make_shared<Service>(Service{.once = true});
  EXPECT_EQ(outcome(check(strict, "[foreign_origin]")), "pass");
  const auto blind = std::make_shared<Service>(Service{.once = true, .blind = true});
  EXPECT_THAT(outcome(check(blind, "[foreign_origin]")), HasSubstr("refuse/auth_fail_open"));
}

TEST(RefusalProof, ATokenAfterItsLogoutIsOneOfALoginOfItsOwn) {
  for (const bool cookies : {false, true}) {
    const DefaultConfig::Keys socket = {{"token_in", cookies ? "cookie" : "header"}};
    const DefaultConfig::Keys login = cookies ? by_cookie : DefaultConfig::Keys();
    const auto strict = std::make_shared<Service>(Service{.cookies = cookies});
    EXPECT_EQ(outcome(check(strict, "[logged_out]", socket, login)), "pass");
    EXPECT_EQ(strict->logins, 2);
    EXPECT_TRUE(strict->good.contains("ticket-1001")) << "the run's own token is still good";
    const auto keeps = std::make_shared<Service>(Service{.cookies = cookies, .forgets = false});
    EXPECT_THAT(outcome(check(keeps, "[logged_out]", socket, login)),
                HasSubstr("auth_fail_open: logged_out"));
  }
}

TEST(RefusalProof, ASessionOfAnotherLoginIsShownByItsCookies) {
  for (const bool strict : {true, false}) {
    std::vector<std::string> cookies;
    const Server server(Handler([&](const Request& request) -> Script {
      const bool other = request.target() == "/other/login";
      if (other || request.target() == "/auth/login")
        return {answer(200, "{}",
                       {{"Set-Cookie", std::string("session=") +
                                           (other ? "of-another" : "of-this-one") + "; Path=/"}})};
      cookies.push_back(request.header("Cookie"));
      if (cookies.back().contains("of-this-one") || (!strict && !cookies.back().empty()))
        return {accept(), ready_message(), wait_for_close()};
      return {json(401, "{}")};
    }));
    DefaultConfig usual(server.url(""));
    usual.kind("upgrade");
    usual.login = by_cookie;
    usual.socket["token_in"] = "cookie";
    usual.probe["refuse"] = "[wrong_audience]";
    usual.probe["other_login"] = "account2";
    std::string yaml = usual.yaml();
    const std::string logins = "logins: { ";
    yaml.insert(yaml.find(logins) + logins.size(),
                R"(account2: { method: steps, token: "", )"
                R"(requests: [{ url: "{{target.auth}}/other/login", json: { a: b } }] }, )");
    EXPECT_EQ(name(walk(plan(yaml).check("p")).verdict.reason), strict ? "ok" : "auth_fail_open");
    EXPECT_EQ(cookies.at(1), "session=of-another");
  }
}

TEST(RefusalProof, ALogoutThatEndsTheRunsOwnTokenIsNotTakenForItsRefusal) {
  const auto service = std::make_shared<Service>(Service{.same = true});
  EXPECT_EQ(outcome(check(service, "[logged_out]")), "pass");
}

TEST(RefusalProof, ALogoutMayTakeEffectAMomentLater) {
  const auto late = std::make_shared<Service>(Service{.lingers = 1});
  EXPECT_EQ(outcome(check(late, "[logged_out]")), "pass");
  const auto too_late = std::make_shared<Service>(Service{.lingers = 9});
  EXPECT_THAT(outcome(check(too_late, "[logged_out]")),
              HasSubstr("logged_out: the endpoint welcomes a token after its logout"));
}

TEST(RefusalProof, ADeadlineBeforeTheLogoutHasToTakeEffectIsUnclear) {
  const auto service = std::make_shared<Service>(Service{.lingers = 99});
  const Server server(Handler(std::bind_front(serve, service)));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.defaults["timeout"] = "1s";
  usual.probe["refuse"] = "[no_token, logged_out]";
  usual.probe["logout"] = R"({ url: "{{target.http}}/logout", within: 990ms })";
  usual.socket["ready"] = "{ type: connection_established, within: 150ms }";
  EXPECT_EQ(walk(usual).verdict.reason, Reason::refusal_unclear);
}

TEST(RefusalProof, ALogoutThatFailsIsNoLogout) {
  const std::pair<int, std::string> failures[] = {{401, "{}"},
                                                  {404, "{}"},
                                                  {500, "{}"},
                                                  {200, R"({"error":"no session"})"},
                                                  {200, R"({"success":false})"},
                                                  {200, R"({"errors":[{"message":"x"}]})"}};
  for (const auto& [status, body] : failures) {
    const auto service = std::make_shared<Service>(
        Service{.forgets = false, .logout = body, .logout_status = status});
    const ProbeRun walked = check(service, "[logged_out]");
    EXPECT_EQ(walked.verdict.reason, Reason::refusal_unclear) << walked.show();
    EXPECT_EQ(name(walked.trace->refusals.at(0).state), "not_performed");
    EXPECT_THAT(walked.trace->refusals.at(0).why, HasSubstr("the logout failed: HTTP"));
  }
}

TEST(RefusalProof, AfterALogoutNoTokenIsKept) {
  const auto service = std::make_shared<Service>(Service{.same = true});
  const Server server(Handler(std::bind_front(serve, service)));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.probe["refuse"] = "[logged_out]";
  usual.probe["logout"] = R"({ url: "{{target.http}}/logout" })";
  Walker walker;
  for (int run = 0; run < 3; ++run) EXPECT_EQ(outcome(walker.walk(usual)), "pass") << run;
}

TEST(RefusalProof, WhateverTheLoginGaveIsReplacedInAGarbageToken) {
  const DefaultConfig::Keys query = {{"token_in", R"({ query: "ticket={{login.sid}}" })"}};
  const DefaultConfig::Keys header = {{"headers", R"({ X-Session: "{{login.sid}}" })"}};
  const DefaultConfig::Keys captures = {
      {"method", "steps"},
      {"requests", requests + ", capture: { sid: { json: /access_token } } }]"},
      {"token", R"("{{sid}}")"}};
  for (const auto& keys : {query, header}) {
    const auto service = std::make_shared<Service>();
    EXPECT_EQ(outcome(check(service, "[no_token, garbage_token]", keys, captures)), "pass");
    ASSERT_EQ(service->heads.size(), 4U);
    for (const std::size_t bad : {1U, 2U})
      EXPECT_THAT(service->heads.at(bad), testing::Not(HasSubstr("ticket-1001")));
  }
}

TEST(RefusalProof, APathThatNamesTheUserIsKeptUnlessItIsTheTicketItself) {
  const DefaultConfig::Keys path = {{"url", R"("{{target.ws}}/ws/{{login.sid}}")"}};
  const DefaultConfig::Keys captures = {
      {"method", "steps"},
      {"requests", requests + ", capture: { sid: { json: /access_token } } }]"},
      {"token", R"("{{sid}}")"}};
  const auto service = std::make_shared<Service>();
  EXPECT_EQ(outcome(check(service, "[garbage_token]", path, captures)), "pass");
  ASSERT_EQ(service->heads.size(), 4U);
  EXPECT_THAT(service->heads.at(1), HasSubstr("/ws/ticket-1001"));
  EXPECT_THAT(service->heads.at(2), testing::Not(HasSubstr("ticket-1001")));
}

// The path names the user, and the service finds nobody elsewhere.
Script serve_users(bool reads_query, bool lets_in_by_name, const Request& request) {
  if (request.target() == "/auth/login")
    return {json(200, R"({"access_token":"the-granted-token","uid":"u-7"})")};
  if (!request.target().starts_with("/ws/u-7")) return {json(500, "{}")};
  const bool good = request.header("Authorization").ends_with(" the-granted-token") ||
                    (reads_query && request.target().contains("=the-granted-token"));
  if (good || lets_in_by_name) return {accept(), ready_message(), wait_for_close()};
  return {json(401, "{}")};
}

std::string in_wrong_place(bool reads_query, bool lets_in_by_name) {
  const Server server(Handler(std::bind_front(serve_users, reads_query, lets_in_by_name)));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.probe["refuse"] = "[wrong_place]";
  usual.socket["url"] = R"("{{target.ws}}/ws/{{login.uid}}")";
  usual.login = {{"method", "steps"},
                 {"requests",
                  requests + ", capture: { key: { json: /access_token }, uid: { json: /uid } } }]"},
                 {"token", R"("{{key}}")"}};
  return outcome(walk(usual));
}

TEST(RefusalProof, OnlyThePlaceOfTheTokenIsWrongInAWrongPlace) {
  EXPECT_EQ(in_wrong_place(false, false), "pass");
  EXPECT_THAT(in_wrong_place(true, false), HasSubstr("auth_fail_open: wrong_place: "));
}

TEST(RefusalProof, WhoIsWelcomedByHisPathAloneProvesNoWrongPlace) {
  EXPECT_THAT(in_wrong_place(false, true), testing::Not(HasSubstr("auth_fail_open")));
}

TEST(RefusalProof, AnUpgradeThatShowsNothingOfTheTokenProvesNothing) {
  const auto service = std::make_shared<Service>();
  const ProbeRun walked =
      check(service, "[alg_none]", {{"token_in", R"({ query: "sid={{login.sid}}" })"}},
            {{"method", "steps"},
             {"requests", requests + ", capture: { sid: { json: /access_token } } }]"},
             {"token", jwt}});
  EXPECT_EQ(walked.verdict.reason, Reason::refusal_unclear) << walked.show();
}

TEST(RefusalProof, ARedirectToALoginPageRefuses) {
  const Server server(Handler([](const Request& request) -> Script {
    if (request.target() == "/auth/login") return {json(200, granted("the-granted-token"))};
    if (request.head.contains("the-granted-token"))
      return {accept(), ready_message(), wait_for_close()};
    return {answer(302, "", {{"Location", "/login?next=%2Fws"}})};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.probe["refuse"] = "[no_token]";
  EXPECT_EQ(outcome(walk(usual)), "pass");
  usual.socket["refused_by"] = "{ status: [401] }";
  EXPECT_THAT(outcome(walk(usual)), HasSubstr("no_refusal")) << "a list of one's own says all";
}

std::string mistakes(const DefaultConfig::Keys& login) {
  DefaultConfig usual("127.0.0.1:9");
  usual.kind("upgrade");
  usual.probe["refuse"] = "[logged_out]";
  usual.probe["logout"] = R"({ url: "{{target.http}}/logout" })";
  if (!login.empty()) usual.login = login;
  return plan(usual.yaml()).wrong();
}

std::string garbage_of(const std::string& token) {
  text::Names names;
  names.set("token", token);
  names.set("login.sid", token + token);
  names.set("cookies", "a=" + token + "; b=1");
  use_token(session::TokenUse::garbage, names);
  EXPECT_EQ(names.find("login.sid")->size(), 2 * token.size());
  EXPECT_FALSE(names.find("cookies")->contains(token));
  return *names.find("token");
}

TEST(RefusalProof, AGarbageTokenHasTheLengthAlphabetAndPrefixOfAGoodOne) {
  for (const std::string token :
       {"4f9a0c", "1FA3", "550e8400-e29b-41d4-a716-446655440000", "12345", "Zm9vYmFy_-x", "k"}) {
    const std::string made = garbage_of(token);
    ASSERT_EQ(made.size(), token.size());
    const auto is_hex = [](char c) { return text::is_hex_digit(c) || c == '-'; };
    EXPECT_EQ(std::ranges::all_of(made, is_hex), std::ranges::all_of(token, is_hex)) << made;
    for (std::size_t i = 0; i < made.size(); ++i) {
      EXPECT_EQ(text::is_digit(made[i]), text::is_digit(token[i])) << made;
      EXPECT_EQ(text::is_letter(made[i]), text::is_letter(token[i])) << made;
      if (text::is_digit(made[i]) || text::is_letter(made[i])) EXPECT_NE(made[i], token[i]) << made;
    }
  }
  EXPECT_EQ(garbage_of("sk-4f9a").substr(0, 3), "sk-");
  EXPECT_EQ(std::ranges::count(garbage_of("eyJhbGciOiJub25lIn0.e30.c2ln"), '.'), 2);
}

TEST(RefusalPlan, ALogoutOfTheOneTokenThatThereIsIsAMistake) {
  EXPECT_EQ(mistakes({}), "");
  EXPECT_THAT(mistakes({{"method", "token"}, {"token", "{ env: HOME }"}}),
              HasSubstr("name a login that asks for one each time"));
  const DefaultConfig::Keys chain = {{"method", "refresh"},
                                     {"url", R"("{{target.auth}}/token")"},
                                     {"client_id", "monitor"},
                                     {"first", "{ env: HOME }"},
                                     {"state_file", "/tmp/none"}};
  EXPECT_THAT(mistakes(chain), HasSubstr("name a login that asks for one each time"));
}

}  // namespace
}  // namespace sonde::test::refuse_proof_test
