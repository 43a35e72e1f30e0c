#include "tests/probes/scenarios/scenario.hpp"

namespace sonde::test::upgrade_scenarios_test {
namespace {

using enum Reason;
using namespace std::chrono_literals;

ProbeRun open_socket(const Script& script, const DefaultConfig::Keys& keys,
                     const std::string& timeout) {
  const Server server(after_login(script));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  merge(usual.socket, keys);
  usual.defaults["timeout"] = timeout;
  return walk(usual);
}

Scenario upgrade(std::string name, Reason reason, std::string detail, Script script,
                 DefaultConfig::Keys keys = {}, std::string timeout = "5s") {
  return {std::move(name), Step::upgrade, reason, std::move(detail),
          std::bind_front(open_socket, std::move(script), std::move(keys), std::move(timeout))};
}

Scenario status(std::string name, Reason reason, int code, std::string body, std::string detail) {
  return upgrade(std::move(name), reason, std::move(detail), {json(code, std::move(body))});
}

Scenario wrong_switch(std::string name, std::string detail, std::string headers) {
  return upgrade(std::move(name), bad_handshake, std::move(detail),
                 {switch_protocols("HTTP/1.1 101 Switching Protocols\r\n" + headers + "\r\n"),
                  wait_for_close()});
}

Scenarios statuses() {
  return {
      status("A418IsABadStatus", bad_status, 418, "", "HTTP 418"),
      status("A200ThatIsNoPageIsABadStatus", bad_status, 200, "{}", "HTTP 200"),
      status("A422IsAContract", contract, 422, R"({"detail":[{"msg":"field required"}]})",
             "field required"),
      status("A400SawNoUpgrade", bad_upgrade, 400, "", "HTTP 400"),
      status("A426SawNoUpgrade", bad_upgrade, 426, "", "HTTP 426"),
      status("A401RefusesTheFreshToken", unauthorized, 401, R"({"detail":"Token reuse detected"})",
             "Token reuse detected"),
      status("A403SaysTwoThings", forbidden_or_no_route, 403, "", "HTTP 403"),
      status("A404SaysTwoThings", no_route_or_stripped, 404, R"({"detail":"Not Found"})",
             "HTTP 404 Not Found"),
      status("A503IsOverloaded", overloaded, 503, "", "HTTP 503"),
      status("A500IsAServerError", server_error, 500, "", "HTTP 500"),
      status("A502IsABadGateway", bad_gateway, 502, "", "HTTP 502"),
      status("A504IsAGatewayTimeout", gateway_timeout, 504, "", "HTTP 504"),
      upgrade("ARedirect", redirected, "https://elsewhere.example/ws",
              {answer(301, "", {{"Location", "https://elsewhere.example/ws?token=x"}})}),
      upgrade("ARedirectToALoginPage", login_redirect, "/login",
              {answer(302, "", {{"Location", "/login"}})}),
      upgrade("APageInsteadOfAnUpgrade", spa_fallback, "text/html",
              {answer(200, "<!doctype html>", {{"Content-Type", "text/html"}})}),
      upgrade("ARefusalWhoseBodyNeverEnds", unauthorized, "HTTP 401",
              {send("HTTP/1.1 401 No\r\nContent-Length: 99\r\n\r\n"), hang()}),
  };
}

Scenarios switches() {
  const std::string upgraded = "Upgrade: websocket\r\nConnection: Upgrade\r\n";
  const std::string accepted = "Sec-WebSocket-Accept: {accept}\r\n";
  return {
      wrong_switch("ADigestOfAnotherKey", "Sec-WebSocket-Accept",
                   upgraded + "Sec-WebSocket-Accept: aaaaaaaaaaaaaaaaaaaaaaaaaaa=\r\n"),
      wrong_switch("ASwitchWithoutUpgradeHeader", "Upgrade is missing",
                   "Connection: Upgrade\r\n" + accepted),
      wrong_switch("AnExtensionThatNobodyOffered", "Sec-WebSocket-Extensions",
                   upgraded + accepted + "Sec-WebSocket-Extensions: permessage-deflate\r\n"),
      wrong_switch("ASubprotocolThatNobodyOffered", "Sec-WebSocket-Protocol",
                   upgraded + accepted + "Sec-WebSocket-Protocol: chat.v9\r\n"),
      upgrade("NoSubprotocolWhereSomeAreOffered", subprotocol_mismatch, "browsers",
              {accept(), ready_message(), wait_for_close()}, {{"subprotocols", "[chat.v1]"}}),
      upgrade("NoSubprotocolWhereTheTokenIsOne", subprotocol_mismatch, "browsers",
              {accept(), ready_message(), wait_for_close()}, {{"token_in", "subprotocol"}}),
      upgrade("AnotherSubprotocolThanTheExpectedOne", subprotocol_mismatch, "chat.v1",
              {accept({{"Sec-WebSocket-Protocol", "chat.v0"}}), ready_message(), wait_for_close()},
              {{"subprotocols", "[chat.v1, chat.v0]"}, {"expect_subprotocol", "chat.v1"}}),
  };
}

Scenarios broken() {
  return {
      upgrade("AServerThatIsStuckBeforeItAccepts", handshake_timeout, "phase first_byte", {hang()},
              {}, "200ms"),
      upgrade("AServerThatDripsItsAnswer", handshake_timeout, "phase body",
              {drip("HTTP/1.1 101 Switching Protocols\r\nX: aaaaaaaaaaaaa", 20ms)}, {}, "200ms"),
      upgrade("AnEndInsteadOfAnAnswer", handshake_eof, "without a byte", {fin()}),
      upgrade("AnEndWithinTheHeaders", closed_early, "within the headers",
              {send("HTTP/1.1 101 Swi"), fin()}),
      upgrade("AnAnswerThatIsNoHttp", bad_http, "not an HTTP", {send("220 mail ready\r\n"), fin()}),
      upgrade("EndlessHeaders", header_too_big, "limits.header",
              {send("HTTP/1.1 403 No\r\n"), endless("X-More: and more\r\n")},
              {{"limits", "{ header: 1KB }"}}),
  };
}

}  // namespace

Scenarios upgrade_scenarios() {
  return join(
      {network_scenarios_test::network_scenarios(Step::upgrade), statuses(), switches(), broken()});
}

}  // namespace sonde::test::upgrade_scenarios_test
