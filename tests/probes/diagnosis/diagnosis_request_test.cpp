#include "probes/diagnosis/diagnosis_request.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/chat_target.hpp"

// How experiments are made, whatever they separate.
namespace sonde::test::diagnosis_request_test {
namespace {

using namespace std::chrono_literals;

std::unique_ptr<DefaultConfig> upgrade_at(const Server& server) {
  auto usual = std::make_unique<DefaultConfig>(server.url(""));
  usual->kind("upgrade");
  return usual;
}

// Each login another token; every upgrade of a known path is refused.
struct Refusing {
  int logins = 0;
};
Script refuse(const std::shared_ptr<Refusing>& state, const Request& request) {
  if (request.target() == "/auth/login")
    return {json(200, granted("token-of-login-" + std::to_string(++state->logins)))};
  return {json(request.target().contains("sonde-") ? 404 : 403, R"({"detail":"no"})")};
}
Handler refusing() { return std::bind_front(refuse, std::make_shared<Refusing>()); }

std::string all_of(const Trace& trace) {
  std::string text = trace.separated;
  for (const Exchange& exchange : trace.exchanges()) {
    text += exchange.url + exchange.sent_body + exchange.body;
    for (const auto* headers : {&exchange.sent, &exchange.received})
      for (const auto& [name, value] : *headers) text += value;
  }
  for (const ExperimentNote& note : trace.experiments()) text += note.answer + note.question;
  return text;
}

TEST(DiagnosisRequest, ItsRequestsStandInTheTraceApartAndWithoutSecrets) {
  const Server server(refusing());
  const ProbeRun walked = walk_and_diagnose(*upgrade_at(server));
  EXPECT_EQ(walked.verdict.reason, Reason::forbidden) << walked.show();
  const auto& exchanges = walked.trace->exchanges();
  const auto made = std::ranges::count_if(
      exchanges, [](const Exchange& exchange) { return !exchange.experiment.empty(); });
  EXPECT_GE(made, 4);
  EXPECT_EQ(static_cast<std::size_t>(made) + 2, server.requests().size());
  EXPECT_GE(server.requests().size(), 6U);
  EXPECT_FALSE(all_of(*walked.trace).contains("token-of-login"));
  EXPECT_FALSE(all_of(*walked.trace).contains(DefaultConfig::password));
}

TEST(DiagnosisRequest, IsNoPartOfTheRun) {
  const Server server(refusing());
  const ProbeRun walked = walk_and_diagnose(*upgrade_at(server), {.pause = 1s});
  EXPECT_LT(walked.took, 900ms);
  const auto& phases = walked.trace->phases();
  ASSERT_FALSE(phases.empty());
  EXPECT_EQ(phases.back().phase, Phase::diagnose);
  EXPECT_GE(phases.back().entered - walked.trace->started(), walked.took - 1ms);
  EXPECT_EQ(std::ranges::count(phases, Phase::login, &PhaseSpan::phase), 1);
  ASSERT_EQ(walked.trace->auth().size(), 2U);  // the run's own login and upgrade
}

TEST(DiagnosisRequest, MakesNoRequestThatHasToBeRefusedWhereThatIsSpared) {
  const Server server(refusing());
  walk_and_diagnose(*upgrade_at(server), {.spare_refusals = true});
  for (const Request& request : server.requests())
    if (request.header("Upgrade") == "websocket")
      EXPECT_TRUE(request.header("Authorization").starts_with("Bearer token-of-login"));
}

TEST(DiagnosisRequest, AtItsLimitTheFailureStaysWhatItWas) {
  const Server server(refusing());
  const ProbeRun walked = walk_and_diagnose(*upgrade_at(server), {.limit = 150ms, .pause = 10s});
  EXPECT_EQ(walked.verdict.reason, Reason::forbidden_or_no_route) << walked.show();
  EXPECT_EQ(server.requests().size(), 2U);
}

Script hang_after_first(const std::shared_ptr<Refusing>& state, const Request& request) {
  if (request.target() == "/auth/login") return {json(200, granted())};
  return ++state->logins == 1 ? Script{answer(500)} : Script{hang()};
}

TEST(DiagnosisRequest, AServerThatHangsNowCannotHoldIt) {
  const Server server(Handler(std::bind_front(hang_after_first, std::make_shared<Refusing>())));
  const Instant began = Clock::now();
  const ProbeRun walked = walk_and_diagnose(*upgrade_at(server), {.limit = 400ms, .pause = 10ms});
  EXPECT_LT(Clock::now() - began, 2s);
  EXPECT_EQ(walked.verdict.reason, Reason::server_error) << walked.show();
  EXPECT_EQ(walked.trace->separated, "");
}

Script pass(const Request& request) {
  if (request.target() == "/auth/login") return {json(200, granted())};
  return {accept(), ready_message(), wait_for_close()};
}

TEST(DiagnosisRequest, AsksNothingAfterAPass) {
  const Server server{Handler(pass)};
  const ProbeRun walked = walk_and_diagnose(*upgrade_at(server));
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_TRUE(walked.trace->experiments().empty());
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST(DiagnosisRequest, AddsWhatItFoundToTheDetail) {
  const Verdict failed = Verdict::of(Step::upgrade, {Reason::unauthorized, "HTTP 401"});
  const Verdict same = diagnosis::explained(failed, Reason::ok, "it is accepted a moment later");
  EXPECT_EQ(same.reason, Reason::unauthorized);
  EXPECT_EQ(same.detail, "HTTP 401; it is accepted a moment later");
  EXPECT_EQ(diagnosis::explained(failed, Reason::token_stale, "").reason, Reason::token_stale);
}

}  // namespace
}  // namespace sonde::test::diagnosis_request_test
