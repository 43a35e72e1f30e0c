#include "probes/diagnosis/diagnosis.hpp"

#include <gtest/gtest.h>

#include <map>

#include "probes/diagnosis/diagnosis_table.hpp"
#include "probes/diagnosis/observation.hpp"
#include "tests/support/chat_target.hpp"

namespace sonde::diagnosis::diagnosis_test {
namespace {

using enum Experiment;
using Answers = std::map<Experiment, said::Set>;

Possible everything() {
  Possible all;
  for (std::size_t i = 0; i < experiment_count; ++i) all.add(static_cast<Experiment>(i));
  return all;
}

// Follows the table with these answers; experiments without one say nothing. Counts what is asked.
struct Followed {
  Reason reason = Reason::ok;
  std::vector<Experiment> asked;
};
Followed follow(Step step, Reason observed, const Answers& answers,
                const Possible& possible = everything()) {
  Followed followed;
  std::vector<Reply> replies = {
      {earlier_pass, answers.contains(earlier_pass) ? said::opened : said::nothing}};
  const auto rules = rules_for(step, observed);
  Decision decision = decide(rules, possible, replies);
  while (decision.next) {
    followed.asked.push_back(*decision.next);
    const auto answer = answers.find(*decision.next);
    replies.push_back({*decision.next, answer == answers.end() ? said::nothing : answer->second});
    decision = decide(rules, possible, replies);
  }
  followed.reason = decision.reason == Reason::ok ? observed : decision.reason;
  return followed;
}

Reason at_upgrade(Reason observed, const Answers& answers) {
  return follow(Step::upgrade, observed, answers).reason;
}

constexpr said::Set still = said::same | said::refused;
constexpr said::Set broken = said::same | said::failed;

TEST(DecisionTable, A500IsBeforeOrAfterTheTokenIsLookedAt) {
  using enum Reason;
  EXPECT_EQ(at_upgrade(server_error, {{again, broken}, {no_token, broken}}),
            server_error_before_auth);
  EXPECT_EQ(at_upgrade(server_error, {{again, broken}, {no_token, said::refused}}),
            server_error_after_auth);
  EXPECT_EQ(at_upgrade(server_error, {{again, broken}}), server_error);
  EXPECT_EQ(at_upgrade(server_error, {{again, said::opened}, {no_token, said::refused}}),
            server_error);
}

TEST(DecisionTable, A403IsForbiddenOnlyIfAnUnknownPathAnswersOtherwise) {
  using enum Reason;
  EXPECT_EQ(at_upgrade(forbidden_or_no_route, {{again, still}, {random_path, said::absent}}),
            forbidden);
  EXPECT_EQ(at_upgrade(forbidden_or_no_route, {{again, still}, {random_path, still}}),
            forbidden_or_no_route);
  EXPECT_EQ(at_upgrade(forbidden_or_no_route, {{again, still}}), forbidden_or_no_route);
}

TEST(DecisionTable, A403ThatIsGoneWasAStartIfItPassedBefore) {
  using enum Reason;
  const Answers gone = {{again, said::opened}, {fresh_login, said::opened}, {reuse, said::opened}};
  EXPECT_EQ(at_upgrade(forbidden_or_no_route, gone), forbidden_or_no_route);
  Answers passed = gone;
  passed[earlier_pass] = said::opened;
  EXPECT_EQ(at_upgrade(forbidden_or_no_route, passed), not_ready);
}

TEST(DecisionTable, ATokenIsTooYoungOrUsedTwiceIfItIsAcceptedLater) {
  using enum Reason;
  for (Reason observed : {unauthorized, forbidden_or_no_route}) {
    EXPECT_EQ(at_upgrade(observed, {{again, said::opened}, {fresh_login, said::refused}}),
              clock_skew);
    EXPECT_EQ(
        at_upgrade(observed,
                   {{again, said::opened}, {fresh_login, said::opened}, {reuse, said::refused}}),
        token_reuse_rejected);
  }
}

TEST(DecisionTable, ARefusedTokenIsStaleStrippedBadOrRefusedHereAlone) {
  using enum Reason;
  EXPECT_EQ(at_upgrade(unauthorized, {{again, still}, {fresh_login, said::opened}}), token_stale);
  EXPECT_EQ(at_upgrade(unauthorized, {{again, still}, {other_carrier, said::opened}}),
            header_stripped);
  EXPECT_EQ(at_upgrade(unauthorized, {{again, still}, {rest, said::opened}}), socket_unauthorized);
  EXPECT_EQ(at_upgrade(unauthorized, {{again, still}, {rest, said::refused}}), token_refused);
  EXPECT_EQ(at_upgrade(unauthorized, {{again, still}}), unauthorized);
}

TEST(DecisionTable, A404IsSeparatedByAPlainGetAndTheOrigin) {
  using enum Reason;
  EXPECT_EQ(at_upgrade(no_route_or_stripped, {{plain_get, said::differs}}), no_route);
  EXPECT_EQ(at_upgrade(no_route_or_stripped, {{plain_get, said::same}, {origin, said::opened}}),
            upgrade_stripped);
  EXPECT_EQ(at_upgrade(no_route_or_stripped, {{plain_get, said::same}, {origin, said::absent}}),
            no_route);
  EXPECT_EQ(at_upgrade(no_route_or_stripped, {{plain_get, said::same}}), no_route_or_stripped);
  EXPECT_EQ(at_upgrade(bad_upgrade, {{origin, said::opened}}), upgrade_stripped);
}

std::string explained_at_upgrade(Reason observed, const Answers& answers) {
  const auto rules = rules_for(Step::upgrade, observed);
  std::vector<Reply> replies;
  for (const auto& [experiment, what] : answers) replies.push_back({experiment, what});
  return std::string(decide(rules, {}, replies).because);
}

TEST(DecisionTable, AnUpgradeThatHangsIsOfAWrongSubprotocolOrPerhapsAWrongPath) {
  EXPECT_EQ(at_upgrade(Reason::handshake_timeout,
                       {{without_subprotocol, said::opened}, {again, said::same}}),
            Reason::subprotocol_mismatch);
  EXPECT_EQ(at_upgrade(Reason::handshake_timeout, {{without_subprotocol, said::opened}}),
            Reason::handshake_timeout)
      << "it may have healed";
  constexpr said::Set absent = said::differs | said::absent;
  const Answers wrong_path = {{plain_get, absent}, {random_path, said::same}};
  EXPECT_EQ(at_upgrade(Reason::handshake_timeout, wrong_path), Reason::handshake_timeout);
  EXPECT_NE(explained_at_upgrade(Reason::handshake_timeout, wrong_path).find("may be wrong"),
            std::string::npos);
  EXPECT_NE(explained_at_upgrade(Reason::handshake_timeout,
                                 {{plain_get, absent}, {random_path, absent}, {again, said::same}})
                .find("this one exists and hangs"),
            std::string::npos);
}

TEST(DecisionTable, AnUpgradeThatEndsIsOfAWrongSubprotocolOrPerhapsAWrongPath) {
  EXPECT_EQ(
      at_upgrade(Reason::handshake_eof, {{again, said::same}, {without_subprotocol, said::opened}}),
      Reason::subprotocol_mismatch);
  EXPECT_NE(explained_at_upgrade(Reason::handshake_eof, {{again, said::same},
                                                         {without_alpn, said::same},
                                                         {with_extension, said::same},
                                                         {without_subprotocol, said::same},
                                                         {plain_get, said::differs}})
                .find("it is the upgrade that the server ends"),
            std::string::npos);
}

TEST(DecisionTable, WhatHealedMeanwhileProvesNothing) {
  using enum Reason;
  for (Reason observed : {server_error, unauthorized, handshake_eof, tls_handshake, tcp_reset})
    EXPECT_EQ(at_upgrade(observed, {{again, said::opened},
                                    {fresh_login, said::opened},
                                    {reuse, said::opened},
                                    {other_carrier, said::opened},
                                    {without_alpn, said::opened},
                                    {no_token, said::refused}}),
              observed);
}

TEST(DecisionTable, AsksNothingWhereTheReasonIsKnown) {
  using enum Reason;
  for (Reason known : {dns_nxdomain, tcp_refused, spa_fallback, redirected, contract, overloaded,
                       bad_gateway, gateway_timeout, subprotocol_mismatch})
    EXPECT_TRUE(rules_for(Step::upgrade, known).empty()) << name(known);
  EXPECT_TRUE(rules_for(Step::login, server_error).empty());
}

TEST(DecisionTable, AsksTheLeastThatSeparates) {
  using enum Reason;
  EXPECT_EQ(follow(Step::upgrade, server_error, {{again, said::opened}}).asked.size(), 1U);
  EXPECT_EQ(follow(Step::upgrade, server_error, {{again, broken}, {no_token, said::refused}})
                .asked.size(),
            2U);
  EXPECT_EQ(follow(Step::upgrade, no_route_or_stripped, {{plain_get, said::differs}}).asked.size(),
            1U);
  for (Reason observed : {server_error, unauthorized, forbidden_or_no_route, handshake_eof})
    EXPECT_LE(follow(Step::upgrade, observed, {{again, still}}).asked.size(), 5U);
}

TEST(DecisionTable, NeverAsksWhatIsNotPossible) {
  const auto followed = follow(Step::upgrade, Reason::unauthorized, {}, Possible());
  EXPECT_TRUE(followed.asked.empty());
  EXPECT_EQ(followed.reason, Reason::unauthorized);
}

TEST(SaidOf, ComparesAnAnswerWithTheFailure) {
  const Observation failure{
      .step = Step::upgrade, .reason = Reason::forbidden_or_no_route, .status = 403};
  Observation answer = failure;
  EXPECT_EQ(said_of(answer, failure), said::same | said::refused);
  answer.server = "nginx";
  EXPECT_EQ(said_of(answer, failure), said::differs | said::refused);
  answer.server.clear();
  answer.status = 404;
  EXPECT_EQ(said_of(answer, failure), said::differs | said::absent);
  answer.status = 500;
  EXPECT_EQ(said_of(answer, failure), said::differs | said::failed);
  EXPECT_EQ(said_of({.reason = Reason::ok}, failure), said::opened | said::differs);
  EXPECT_EQ(said_of({.step = Step::upgrade, .reason = Reason::tcp_refused}, failure),
            said::nothing);
  EXPECT_EQ(
      said_of({.step = Step::ready, .reason = Reason::auth_rejected_after_accept, .code = 1008},
              failure),
      said::differs | said::refused);
}

TEST(Breaker, IsSuspectedWhereTheAnswerNamesOneOrTurnsAway) {
  const Observation failure{.step = Step::upgrade, .reason = Reason::server_error, .status = 500};
  EXPECT_FALSE(suspects_breaker(failure, "HTTP 500 Internal Server Error"));
  EXPECT_TRUE(suspects_breaker(failure, "HTTP 500 AUTH_CIRCUIT_BREAKER_OPEN"));
  EXPECT_TRUE(suspects_breaker({.status = 503}, ""));
  EXPECT_TRUE(suspects_breaker({.step = Step::ready, .code = 1013}, ""));
}

test::Planned planned(const std::string& diagnose) {
  test::DefaultConfig usual("127.0.0.1:1");
  usual.kind("upgrade");
  usual.probe["diagnose"] = diagnose;
  return test::plan(usual.yaml());
}

TEST(DiagnoseKeys, AreOffOrBounds) {
  EXPECT_TRUE(planned("off").check("p")->diagnose.off);
  EXPECT_TRUE(planned("{ off: true }").check("p")->diagnose.off);
  const Diagnose bounds = planned("{ timeout: 3s, max_per_hour: 2 }").check("p")->diagnose;
  EXPECT_EQ(bounds.timeout, std::chrono::seconds(3));
  EXPECT_EQ(bounds.max_per_hour, 2);
  EXPECT_FALSE(planned("maybe").wrong().empty());
  EXPECT_FALSE(planned("{ max_per_hour: 0 }").wrong().empty());
}

// Logs in by cookies; of the sessions that it gives, it refuses the first.
TEST(DiagnosisOfCookies, AFreshLoginShowsNothingOfTheOldOne) {
  using namespace test;
  int logins = 0;
  const Server server(Handler([&](const Request& request) -> Script {
    if (request.target() == "/auth/login") {
      ++logins;
      return {answer(200, "{}",
                     {{"Set-Cookie", "session=number-" + std::to_string(logins) + "; Path=/"}})};
    }
    const std::string cookies = request.header("Cookie");
    if (cookies.empty() || cookies.contains("number-1")) return {json(401, "{}")};
    return {accept(), ready_message(), wait_for_close()};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.login = {{"method", "steps"},
                 {"requests", R"([{ url: "{{target.auth}}/auth/login", json: { a: b } }])"},
                 {"token", R"("")"}};
  usual.socket["token_in"] = "cookie";
  const ProbeRun walked = walk_and_diagnose(usual);
  EXPECT_EQ(walked.verdict.reason, Reason::token_stale) << walked.show();
}

}  // namespace
}  // namespace sonde::diagnosis::diagnosis_test
