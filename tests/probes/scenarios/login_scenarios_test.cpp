#include "probes/text/template.hpp"
#include "tests/probes/scenarios/scenario.hpp"
#include "tests/support/provider.hpp"
#include "tests/support/signer.hpp"

namespace sonde::test::login_scenarios_test {
namespace {

using enum Reason;
using namespace std::chrono_literals;

ProbeRun log_in(const Script& script, const DefaultConfig::Keys& keys, const std::string& timeout) {
  const Server server(script);
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  merge(usual.login, keys);
  usual.defaults["timeout"] = timeout;
  return walk(usual);
}

Scenario login(std::string name, Reason reason, std::string detail, Script script,
               DefaultConfig::Keys keys = {}, std::string timeout = "5s") {
  return {std::move(name), Step::login, reason, std::move(detail),
          std::bind_front(log_in, std::move(script), std::move(keys), std::move(timeout))};
}

Scenario status(std::string name, Reason reason, int code, std::string body, std::string detail) {
  return login(std::move(name), reason, std::move(detail), {json(code, std::move(body))});
}

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// Issued and expiring so many seconds from now.
std::string jwt(std::int64_t issued, std::int64_t expires) {
  const std::string claims = R"({"iss":"staging-auth","sub":"alice","iat":)" +
                             std::to_string(now() + issued) + R"(,"exp":)" +
                             std::to_string(now() + expires) + "}";
  return text::base64url(R"({"alg":"RS256"})") + "." + text::base64url(claims) + "." +
         text::base64url("signature");
}

Scenario token(std::string name, Reason reason, std::string detail, const std::string& text) {
  return login(std::move(name), reason, std::move(detail), {json(200, granted(text))},
               {{"jwt", "{ issuer: staging-auth }"}});
}

Scenarios statuses() {
  return {
      status("A418IsABadStatus", bad_status, 418, "", "HTTP 418"),
      status("A422IsAContract", contract, 422,
             R"({"detail":[{"loc":["body","email"],"msg":"field required"}]})", "field required"),
      status("A400IsAContract", contract, 400, R"({"detail":"bad shape"})", "bad shape"),
      status("A503IsOverloaded", overloaded, 503, "", "HTTP 503"),
      status("A500IsAServerError", server_error, 500, R"({"detail":"Authentication failed"})",
             "Authentication failed"),
      status("A502IsABadGateway", bad_gateway, 502, "", "HTTP 502"),
      status("A504IsAGatewayTimeout", gateway_timeout, 504, "", "HTTP 504"),
      status("A404IsNoRoute", no_route, 404, "", "HTTP 404"),
      status("A401RefusesTheCredentials", credentials, 401, R"({"detail":"Invalid credentials"})",
             "Invalid credentials"),
      status("AnInvalidGrantRefusesTheCredentials", credentials, 400,
             R"({"error":"invalid_grant"})", "invalid_grant"),
      status("A403ForbidsTheClient", forbidden, 403, R"({"detail":"not in production"})",
             "not in production"),
      status("A423LocksTheAccount", account_locked, 423, "", "HTTP 423"),
      login("ARedirectThatNobodyWanted", redirected, "https://elsewhere.example/",
            {answer(308, "", {{"Location", "https://elsewhere.example/"}})}),
      login("ARedirectToALoginPage", login_redirect, "/signin",
            {answer(302, "", {{"Location", "/signin"}})}),
      login("APageInsteadOfALogin", spa_fallback, "text/html",
            {answer(200, "<html>", {{"Content-Type", "text/html"}})}),
  };
}

Scenarios tokens() {
  return {
      status("AnAnswerWithoutToken", token_missing, 200, R"({"user":{"id":"alice"}})",
             "/access_token"),
      status("AnAnswerThatIsNoJson", token_missing, 200, "welcome", "not JSON"),
      status("ATokenThatIsNull", token_missing, 200, R"({"access_token":null})", "/access_token"),
      status("ATokenThatIsANumber", token_malformed, 200, R"({"access_token":17})",
             "no token text"),
      status("ATokenWithASpace", token_malformed, 200, R"({"access_token":"a b"})",
             "no token text"),
      token("AnOpaqueTokenWhereAJwtIsWanted", token_malformed, "three parts", "opaque"),
      token("ATokenThatHasExpired", token_expired, "exp is", jwt(-900, -60)),
      login("ATokenOfAnotherIssuer", token_claims, R"(iss is "staging-auth", wanted "production")",
            {json(200, granted(jwt(0, 900)))}, {{"jwt", "{ issuer: production }"}}),
      token("ATokenFromTheFuture", clock_skew, "iat is", jwt(600, 900)),
  };
}

// A login whose token `signer` signed, and keys that are published.
ProbeRun check_signature(const std::string& issued, const std::string& keys) {
  const Server server(Handler([&](const Request& request) -> Script {
    return {json(200, request.target() == "/keys" ? keys : granted(issued))};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login["jwt"] = R"({ jwks: "{{target.auth}}/keys" })";
  return walk(usual);
}

ProbeRun sign_with_another_key() { return check_signature(Signer().fresh(), Signer().jwks()); }
ProbeRun sign_with_a_key_that_is_not_published() {
  return check_signature(Signer("ES256", "k2").fresh(), Signer().jwks());
}
ProbeRun publish_no_keys() { return check_signature(Signer().fresh(), "{}"); }

Scenarios signatures() {
  return {
      {"ASignatureByAnotherKey", Step::login, token_signature, "k1", sign_with_another_key},
      {"AKeyThatIsNotPublished", Step::login, token_key_unknown, "k2",
       sign_with_a_key_that_is_not_published},
      {"KeysThatAreNone", Step::login, jwks_unusable, "keys", publish_no_keys},
  };
}

// A provider that is changed, and a walk through its forms.
using Change = void (*)(Provider&);
ProbeRun walk_through(Change change) {
  Provider provider;
  change(provider);
  DefaultConfig usual(provider.url());
  usual.kind("login");
  usual.login = {
      {"method", "oidc"},
      {"issuer", R"("{{target.auth}}")"},
      {"client_id", "web"},
      {"redirect_uri", "https://app.example.com/cb"},
      {"fields", R"({ login: "{{identity.username}}", password: "{{identity.password}}" })"}};
  return walk(usual);
}

std::string no_configuration(const std::string&) { return "{}"; }
std::string other_state(std::string back) {
  return back.replace(back.find("state="), 6, "state=x");
}

Scenario provider(std::string name, Reason reason, std::string detail, Change change) {
  return {std::move(name), Step::login, reason, std::move(detail),
          std::bind_front(walk_through, change)};
}

Scenarios providers() {
  return {
      provider("AConfigurationWithoutIssuer", oidc_config, "issuer",
               [](Provider& p) { p.discovery = no_configuration; }),
      provider("AnAuthorizationThatIsDenied", authorization_refused, "access_denied",
               [](Provider& p) { p.error = "access_denied"; }),
      provider("ARedirectWithAnotherState", bad_callback, "state",
               [](Provider& p) { p.callback = other_state; }),
  };
}

constexpr std::string_view form =
    "<form method=post action=/in><input name=username><input type=password name=password></form>";

ProbeRun fill_in(const Script& posted, const std::string& page) {
  const Server server(Handler([&](const Request& request) -> Script {
    return request.method() == "GET" ? Script{answer(200, page)} : posted;
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login = {{"method", "form"}, {"url", R"("{{target.auth}}/login")"}};
  return walk(usual);
}

ProbeRun refuse_every_refresh() {
  const Server server(Handler([](const Request& request) -> Script {
    if (request.target() == "/token") return {json(400, R"({"error":"invalid_grant"})")};
    return {json(200, R"({"access_token":"a","refresh_token":"r"})")};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login = {{"method", "refresh"},
                 {"url", R"("{{target.auth}}/token")"},
                 {"client_id", "web"},
                 {"login", R"({ method: json, url: "{{target.auth}}/in", body: {} })"}};
  return walk(usual);
}

ProbeRun lack_a_capture() {
  const Server server(Script{json(200, "{}")});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login = {
      {"method", "steps"},
      {"requests", R"([{ url: "{{target.auth}}/", capture: { token: { json: /t } } }])"}};
  return walk(usual);
}

Scenarios sessions() {
  const std::string page(form);
  return {
      {"APageWithoutForm", Step::login, no_form, "no form",
       std::bind_front(fill_in, Script{}, "<p>Hello</p>")},
      {"ACsrfTokenThatIsRefused", Step::login, csrf, "CSRF",
       std::bind_front(fill_in, Script{answer(403, "CSRF verification failed")}, page)},
      {"AFormThatLeadsNowhere", Step::login, no_session, "wanted",
       std::bind_front(fill_in, Script{answer(200, "thanks")}, page)},
      {"ARefreshTokenThatIsRefusedAtOnce", Step::login, refresh_refused, "just gave",
       refuse_every_refresh},
      {"AStepWithoutItsCapture", Step::login, answer_incomplete, "'token'", lack_a_capture},
  };
}

Scenarios broken() {
  return {
      login("ASilentServer", timeout, "phase first_byte", {hang()}, {}, "150ms"),
      login("AnEndBeforeAnyByte", closed_early, "without a byte", {fin()}),
      login("AnEndWithinTheBody", truncated_body, "of the body",
            {send("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"acc"), fin()}),
      login("AnAnswerThatIsNoHttp", bad_http, "not an HTTP", {send("220 mail ready\r\n"), fin()}),
      login("EndlessHeaders", header_too_big, "limits.header",
            {send("HTTP/1.1 200 OK\r\n"), endless("X-More: and more\r\n")},
            {{"limits", "{ header: 1KB }"}}),
      login("ABodyBeyondTheLimit", body_too_big, "limits.body", {json(200, std::string(5000, ' '))},
            {{"limits", "{ body: 4KB }"}}),
      login("AnUnknownContentEncoding", bad_encoding, "br",
            {answer(200, "{}", {{"Content-Encoding", "br"}})}),
  };
}

}  // namespace

Scenarios login_scenarios() {
  return join({network_scenarios_test::network_scenarios(Step::login), statuses(), tokens(),
               signatures(), providers(), sessions(), broken()});
}

}  // namespace sonde::test::login_scenarios_test
