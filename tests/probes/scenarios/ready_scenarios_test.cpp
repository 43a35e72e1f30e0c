#include "tests/probes/scenarios/scenario.hpp"

namespace sonde::test::ready_scenarios_test {
namespace {

using enum Reason;
using namespace std::chrono_literals;

// An upgrade that is accepted, and what the server does then.
ProbeRun after_accept(Script script, const DefaultConfig::Keys& keys, const std::string& timeout) {
  script.insert(script.begin(), accept());
  const Server server(after_login(std::move(script)));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  merge(usual.socket, keys);
  usual.defaults["timeout"] = timeout;
  return walk(usual);
}

Scenario ready(std::string name, Reason reason, std::string detail, Script script,
               DefaultConfig::Keys keys = {}, std::string timeout = "5s") {
  return {std::move(name), Step::ready, reason, std::move(detail),
          std::bind_front(after_accept, std::move(script), std::move(keys), std::move(timeout))};
}

Scenario closed(std::string name, Reason reason, int code, const std::string& why) {
  return ready(std::move(name), reason, std::to_string(code), {close(code, why), hang()});
}

DefaultConfig::Keys wants(const std::string& more) {
  return {{"ready", "{ type: connection_established, within: 1s, " + more + " }"}};
}

Scenario welcome(std::string name, Reason reason, std::string detail, const std::string& more,
                 Act message = ready_message()) {
  return ready(std::move(name), reason, std::move(detail), {std::move(message), wait_for_close()},
               wants(more));
}

Scenarios endings() {
  return {
      closed("A1008RejectsTheToken", auth_rejected_after_accept, 1008, "policy"),
      closed("A4401RejectsTheToken", auth_rejected_after_accept, 4401, "unauthorized"),
      closed("A4403RejectsTheToken", auth_rejected_after_accept, 4403, "forbidden"),
      closed("A1011IsAServerError", server_error_after_accept, 1011, "no supervisor"),
      closed("A1012IsARestart", restarting, 1012, ""),
      closed("A1001IsARestart", restarting, 1001, "going away"),
      closed("A1013AsksToTryLater", try_later, 1013, ""),
      closed("A1000BeforeReadyIsAClose", closed_after_accept, 1000, "bye"),
      ready("AFinWithoutAClose", abrupt_close_after_accept, "", {fin()}),
      ready("AResetWithoutAClose", abrupt_close_after_accept, "", {rst()}),
  };
}

Scenarios silences() {
  return {
      ready("Silence", no_ready, "connection_established", {wait_for_close()},
            {{"ready", "{ type: connection_established, within: 100ms }"}}),
      ready("SilenceUntilTheDeadline", no_ready, "", {wait_for_close()},
            {{"ready", "{ type: connection_established, within: 60s }"}}, "200ms"),
      ready("PingsInsteadOfAWelcome", no_ready, "connection_established",
            {text(R"({"type":"ping"})"), wait_for_close()},
            {{"ready", "{ type: connection_established, within: 100ms }"}}),
  };
}

Scenarios messages() {
  return {
      ready("AnotherMessageFirst", bad_ready, "chat_history",
            {text(R"({"type":"chat_history"})"), wait_for_close()}),
      ready("AnAuthErrorAsAMessage", auth_rejected_after_accept, "TOKEN_EXPIRED",
            {text(R"({"type":"authentication_error","error_code":"TOKEN_EXPIRED"})"),
             wait_for_close()}),
      welcome("AnotherUser", identity_mismatch, "demo-user-001",
              R"(identity: { at: /data/user_id, equals: "{{identity.username}}" })",
              text(R"({"type":"connection_established","data":{"user_id":"demo-user-001"}})")),
      welcome("AForbiddenKindOfUser", identity_mismatch, "relaxed_",
              R"(identity: { at: /data/user_id, never: ["^relaxed_"] })",
              text(R"({"type":"connection_established","data":{"user_id":"relaxed_77"}})")),
      welcome("NoUserAtAll", identity_mismatch, "/data/user_id",
              R"(identity: { at: /data/user_id, equals: "{{identity.username}}" })",
              text(R"({"type":"connection_established","data":{}})")),
      welcome("AnotherMode", degraded_mode, "/data/mode", "json: { /data/mode: factory }"),
  };
}

Scenarios frames() {
  return {
      ready("AMessageThatIsNoJson", malformed, "", {text("{not json"), wait_for_close()}),
      ready("AMessageThatIsNoUtf8", malformed, "UTF-8", {text("\xff\xfe"), hang()}),
      ready("AMessageBeyondTheLimit", message_too_big, "limits.frame",
            {text(std::string(5000, 'x')), hang()}, {{"limits", "{ frame: 4KB }"}}),
      ready("AFloodOfFrames", too_many_frames, "limits.frames",
            {endless(frame(op_ping, "still there?"))}, {{"limits", "{ frames: 20 }"}}),
      ready("AMaskedFrame", protocol_error, "",
            {send(frame(op_text, "{}", {.masked = true})), hang()}),
      ready("AReservedOpcode", protocol_error, "", {send(frame(3, "x")), hang()}),
  };
}

}  // namespace

Scenarios ready_scenarios() { return join({endings(), silences(), messages(), frames()}); }

}  // namespace sonde::test::ready_scenarios_test
