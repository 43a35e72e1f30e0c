#include "tests/probes/scenarios/scenario.hpp"

namespace sonde::test::health_scenarios_test {
namespace {

using enum Reason;
using namespace std::chrono_literals;

ProbeRun ask(const Script& script, const DefaultConfig::Keys& keys) {
  const Server server(script);
  DefaultConfig usual(server.url(""));
  usual.kind("health");
  merge(usual.probe, keys);
  return walk(usual);
}

Scenario health(std::string name, Reason reason, std::string detail, Script script,
                DefaultConfig::Keys keys = {}) {
  return {std::move(name), Step::health, reason, std::move(detail),
          std::bind_front(ask, std::move(script), std::move(keys))};
}

Scenario status(std::string name, Reason reason, int code, std::string body, std::string detail) {
  return health(std::move(name), reason, std::move(detail), {json(code, std::move(body))});
}

Scenarios statuses() {
  return {
      status("A418IsABadStatus", bad_status, 418, "", "HTTP 418, wanted 200"),
      status("A422NamesTheErrorCode", contract, 422,
             R"({"error":true,"error_code":"VALIDATION_ERROR","message":"field required"})",
             "VALIDATION_ERROR"),
      status("A400IsAContract", contract, 400, R"({"detail":"bad shape"})", "bad shape"),
      status("A503IsOverloaded", overloaded, 503, R"({"detail":"warming up"})", "warming up"),
      status("A503ThatSaysItsStatusReportsItself", reported_unhealthy, 503,
             R"({"status":"DOWN","components":{"db":{"status":"DOWN"}}})", "says status DOWN"),
      status("A503ThatSaysErrorAsAnyErrorDoesIsOverloaded", overloaded, 503,
             R"({"status":"error","message":"try later"})", "try later"),
      status("A500ThatSaysItsStatusIsAnErrorOfTheServer", server_error, 500, R"({"status":"down"})",
             "HTTP 500"),
      status("A429IsOverloaded", overloaded, 429, "", "HTTP 429"),
      status("A500IsAServerError", server_error, 500, R"({"error":"pool is None"})",
             "HTTP 500 pool is None"),
      status("A502IsABadGateway", bad_gateway, 502, "", "HTTP 502"),
      status("A504IsAGatewayTimeout", gateway_timeout, 504, "", "HTTP 504"),
      status("A404IsNoRoute", no_route, 404, R"({"detail":"Not Found"})", "HTTP 404 Not Found"),
      health("ARedirectThatNobodyWanted", redirected, "HTTP 301 to https://elsewhere.example/",
             {answer(301, "", {{"Location", "https://elsewhere.example/"}})}),
      health("ARedirectToTheLoginPage", login_redirect, "to /login",
             {answer(302, "", {{"Location", "/login?next=%2Fapi"}})}),
  };
}

Scenarios bodies() {
  return {
      health("APageInsteadOfJson", spa_fallback, "text/html",
             {answer(200, "<!doctype html>", {{"Content-Type", "text/html; charset=utf-8"}})},
             {{"expect", "{ json: { /status: healthy } }"}}),
      health("AnotherContentType", bad_content_type, R"("text/plain", wanted "application/json")",
             {answer(200, "{}", {{"Content-Type", "text/plain"}})},
             {{"expect", "{ content_type: application/json }"}}),
      health("AHeaderOfAnotherValue", bad_header, "X-Release",
             {answer(200, "", {{"X-Release", "blue"}})},
             {{"expect", "{ headers: { X-Release: ^green$ } }"}}),
      health("AHeaderThatIsNotThere", bad_header, "no header X-Release", {answer(200)},
             {{"expect", "{ headers: { X-Release: . } }"}}),
      health("AnotherJsonValue", bad_body, "/version", {json(200, R"({"version":"7"})")},
             {{"expect", R"({ json: { /version: "8" } })"}}),
      health("ABodyThatIsNoJson", bad_body, "not JSON", {answer(200, "OK")},
             {{"expect", "{ json: { /status: healthy } }"}}),
      health("ABodyWithANumberThatIsNone", bad_body, R"(in `{"status":"ok","load":NaN}`)",
             {answer(200, R"({"status":"ok","load":NaN})")},
             {{"expect", "{ json: { /status: ok } }"}}),
      health("ABodyThatEndsTooEarly", bad_body, "at byte 36, behind",
             {answer(200, R"({"status":"ok","parts":["db","cache")")},
             {{"expect", "{ json: { /status: ok } }"}}),
      health("ABodyThatIsTooShort", bad_body, "2 bytes, wanted at least 10", {answer(200, "OK")},
             {{"expect", "{ body: { min_size: 10 } }"}}),
      health("ABodyThatDoesNotMatch", bad_body, "does not match", {answer(200, "OK")},
             {{"expect", "{ body: { matches: [fine] } }"}}),
      health("AServiceThatCallsItselfUnhealthy", reported_unhealthy, "/status",
             {json(200, R"({"status":"unhealthy","database_status":"down"})")},
             {{"expect", "{ json: { /status: healthy } }"}}),
      health("APreflightThatNobodyAnswers", cors_refused, "preflight: HTTP 405", {answer(405)},
             {{"expect", "{ cors: { origin: https://app.example.com } }"}}),
      health("ARightAnswerThatIsSlow", latency_limit, "at most 0.020 s is wanted",
             {pause(60ms), answer(200)}, {{"expect", "{ max_latency: 20ms }"}}),
  };
}

Scenarios broken() {
  return {
      health("ASilentServer", timeout, "phase first_byte", {hang()}, {{"timeout", "150ms"}}),
      health("AServerThatDripsItsHeaders", timeout, "phase body",
             {drip("HTTP/1.1 200 OK\r\nX-Slow: aaaaaaaaaaaaaaaaaaaaaaaaaaaa", 20ms)},
             {{"timeout", "150ms"}}),
      health("AnEndBeforeAnyByte", closed_early, "without a byte", {fin()}),
      health("AnEndWithinTheHeaders", closed_early, "within the headers",
             {send("HTTP/1.1 200 OK\r\nContent-"), fin()}),
      health("AResetInsteadOfAnAnswer", tcp_reset, "", {rst()}),
      health("AnEndWithinTheBody", truncated_body, "after 3 bytes",
             {send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"), fin()}),
      health("AnAnswerThatIsNoHttp", bad_http, "SSH-2.0", {send("SSH-2.0-OpenSSH_9.2\r\n"), fin()}),
      health("TlsOnAPlainPort", bad_http, "https",
             {send(std::string("\x15\x03\x01\x00\x02\x02\x46", 7)), fin()}),
      health("EndlessHeaders", header_too_big, "1024 bytes (limits.header)",
             {send("HTTP/1.1 200 OK\r\n"), endless("X-More: and more\r\n")},
             {{"limits", "{ header: 1KB }"}}),
      health("ABodyBeyondTheLimit", body_too_big, "limits.body",
             {answer(200, std::string(5000, 'x'))}, {{"limits", "{ body: 4KB }"}}),
      health("GzipThatIsNone", bad_encoding, "Content-Encoding",
             {answer(200, "this is no gzip", {{"Content-Encoding", "gzip"}})}),
  };
}

}  // namespace

Scenarios health_scenarios() {
  return join(
      {network_scenarios_test::network_scenarios(Step::health), statuses(), bodies(), broken()});
}

}  // namespace sonde::test::health_scenarios_test
