#include "tests/probes/scenarios/scenario.hpp"

namespace sonde::test::refuse_scenarios_test {
namespace {

using enum Reason;
using namespace std::chrono_literals;

// Whoever shows the granted token is welcome; `others` is done to everybody else.
Script guard(const Script& others, const Request& request) {
  if (request.target() == "/auth/login") return {json(200, granted("the-granted-token"))};
  if (request.header("Authorization").ends_with(" the-granted-token"))
    return {accept(), ready_message(), wait_for_close()};
  return others;
}

ProbeRun intrude(const Script& others, const std::string& checks, const std::string& timeout) {
  const Server server(std::bind_front(guard, others));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.probe["refuse"] = checks;
  usual.socket["ready"] = "{ type: connection_established, within: 150ms }";
  usual.defaults["timeout"] = timeout;
  return walk(usual);
}

Scenario refuse(std::string name, Reason reason, std::string detail, Script others,
                std::string checks = "[no_token]", std::string timeout = "5s") {
  return {std::move(name), Step::refuse, reason, std::move(detail),
          std::bind_front(intrude, std::move(others), std::move(checks), std::move(timeout))};
}

}  // namespace

Scenarios refuse_scenarios() {
  return {
      refuse("AWelcomeWithoutToken", auth_fail_open,
             "no_token: ", {accept(), ready_message(), wait_for_close()}),
      refuse("AWelcomeWithAGarbageToken", auth_fail_open,
             "garbage_token: ", {accept(), ready_message(), wait_for_close()}, "[garbage_token]"),
      refuse("AnEventWithoutToken", auth_fail_open,
             "no_token: ", {accept(), tell("agent_started"), wait_for_close()}),
      refuse("AnAcceptedUpgradeAndSilence", no_refusal, "no message came", {accept(), hang()}),
      refuse("AnAcceptedUpgradeThatEndsForAnotherReason", no_refusal, "1011",
             {accept(), close(1011), hang()}),
      refuse("AServerErrorInsteadOfARefusal", no_refusal,
             "HTTP 500 twice, which is no refusal (refused_by)", {json(500, "{}")}),
      refuse("APageInsteadOfARefusal", no_refusal, "HTTP 200", {json(200, "{}")}),
  };
}

Scenarios unclear_refusals() {
  return {
      refuse("ARefusalCheckThatIsReset", refusal_unclear, "no_token: ", {rst()}),
      refuse("ARefusalCheckThatMeetsABusyServer", refusal_unclear, "HTTP 503", {json(503, "{}")}),
      refuse("ARefusalCheckThatIsTooMuch", refusal_unclear, "HTTP 429", {json(429, "{}")}),
      refuse("ARefusalCheckBehindABrokenGateway", refusal_unclear, "HTTP 502", {json(502, "{}")}),
      refuse("ARefusalCheckWhileTheServerRestarts", refusal_unclear, "1012",
             {accept(), close(1012), hang()}),
      refuse("ARefusalCheckWithoutAnswer", refusal_unclear, "no_token: ", {hang()}, "[no_token]",
             "300ms"),
  };
}

}  // namespace sonde::test::refuse_scenarios_test
