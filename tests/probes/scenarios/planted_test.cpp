#include "tests/support/planted.hpp"

#include <gtest/gtest.h>

#include "probes/text/template.hpp"
#include "tests/probes/scenarios/scenario.hpp"
#include "tests/support/provider.hpp"

// Secrets of each kind, planted where users have them, and servers that send them back in every
// encoding, at every cut: no piece of one is in anything that is shown of the run.
namespace sonde::test::planted_test {
namespace {

using enum Reason;

const std::string token = "T0k3n+with/signs=&<quoted>\"and\\more'%2f~" +
                          std::string("0123456789abcdef") +
                          "GhIjKlMnOpQrStUvWxYz.-_!$*(),;:@[]{}|^`";
const std::string cookie = "c00kie!of~the#session$0815*4711";
const std::string refresh = "r3fr3sh/token+of=the&login-1234567890";
const std::string header_key = "h3ader-key/of the+user=0987654321";
const std::string password(DefaultConfig::password);

std::string in_quotes(std::string_view text) { return text::json_quote(text); }

Act granted_all() {
  return answer(200,
                R"({"access_token":)" + in_quotes(token) + R"(,"refresh_token":)" +
                    in_quotes(refresh) + R"(,"token_type":"Bearer"})",
                {{"Content-Type", "application/json"},
                 {"Set-Cookie", "session=" + cookie + "; Path=/; HttpOnly"}});
}

// A chat as alice, with a header that is a secret of hers.
std::unique_ptr<DefaultConfig> usual_at_server(const Server& server,
                                               std::string_view kind = "chat") {
  auto usual = std::make_unique<DefaultConfig>(server.url(""));
  usual->kind(kind);
  usual->defaults["timeout"] = "2s";
  usual->identity["header_key"] = "{ file: " + usual->folder.write("key", header_key) + " }";
  usual->socket["headers"] = R"({ X-Tenant: "{{identity.header_key | urlenc}}" })";
  usual->socket["token_in"] = R"({ header: "Authorization: Bearer {{token | b64url}}" })";
  if (kind == "login") usual->socket.clear();
  return usual;
}

void expect_all_hidden(const ProbeRun& walked) {
  expect_hidden(walked, {token, cookie, refresh, header_key, password});
}

std::vector<std::string> secrets_in_all_encodings() {
  std::vector<std::string> all;
  for (const std::string& secret : {token, cookie, refresh, header_key, password})
    for (std::string& written : encodings(secret)) all.push_back(std::move(written));
  return all;
}

bool is_header(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return c < ' ' || c > '~'; });
}

// One run for each: `reply` to whatever comes after the login.
void chat_with(const std::function<Script(const std::string& secret)>& reply) {
  for (const std::string& secret : secrets_in_all_encodings()) {
    const Server server(Handler([&](const Request& request) -> Script {
      if (request.target() == "/auth/login") return {granted_all()};
      return reply(secret);
    }));
    expect_all_hidden(walk(*usual_at_server(server)));
    if (testing::Test::HasFailure()) return;
  }
}

TEST(Planted, InTheBodyAndHeadersOfARefusedUpgrade) {
  chat_with([](const std::string& secret) -> Script {
    Headers headers{{"Content-Type", "text/html"}};
    if (is_header(secret)) headers.emplace_back("X-Said", secret);
    if (is_header(secret)) headers.emplace_back("Location", "/login?back=" + secret);
    return {answer(403, "<p>no: " + secret + "</p>", headers)};
  });
}

TEST(Planted, InTheErrorOfARefusedUpgrade) {
  chat_with([](const std::string& secret) -> Script {
    return {json(401, R"({"detail":"bad credentials: )" + secret + "\"}")};
  });
}

TEST(Planted, InAReadyMessageThatIsWrong) {
  chat_with([](const std::string& secret) -> Script {
    return {accept(), text(R"({"type":")" + secret + R"(","user":")" + secret + "\"}"),
            close(4401, secret.substr(0, 123))};
  });
}

TEST(Planted, InAFrameThatIsNoJson) {
  chat_with([](const std::string& secret) -> Script {
    return {accept(), ready_message(), text("no JSON but " + secret), wait_for_close()};
  });
}

TEST(Planted, InAnEventThatFails) {
  chat_with([](const std::string& secret) -> Script {
    return {accept(), ready_message(), on_message([secret](const std::string&) -> Script {
              return {text(R"({"type":"agent_error","message":")" + secret + "\"}"),
                      close(1011, secret.substr(0, 123))};
            })};
  });
}

TEST(Planted, InBinaryMessages) {
  chat_with([](const std::string& secret) -> Script {
    return {accept(), ready_message(), binary("\x01\x02" + secret), wait_for_close()};
  });
}

TEST(Planted, InTheRefusalOfALogin) {
  for (const std::string& secret : encodings(password))
    for (const int status : {400, 401, 403, 422, 429, 500, 302}) {
      Headers headers{{"Content-Type", "application/json"}};
      if (is_header(secret)) headers.emplace_back("Location", "/again?p=" + secret);
      const Server server(
          Script{answer(status, R"({"message":"you said )" + secret + "\"}", headers)});
      expect_all_hidden(walk(*usual_at_server(server, "login")));
      if (testing::Test::HasFailure()) return;
    }
}

TEST(Planted, InTheNameOfAHeader) {
  const std::string simple = "p4ssw0rd-of-alice-0123456789";
  const Server server(Script{answer(401, "", {{"X-" + simple, "1"}})});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.identity["password"] = "{ file: " + usual.folder.write("simple", simple) + " }";
  expect_hidden(walk(usual), {simple});
}

// The upgrade's refusal is cut at 4 KB, its error at 200 bytes, a header at 1 KB, a frame at 80.
TEST(Planted, AtEveryCut) {
  for (const std::size_t cut : {64U, 80U, 120U, 200U, 1024U, 2048U, 4096U})
    for (const int short_by : {1, 5, 9, 20, 45, 70}) {
      const auto before = static_cast<std::size_t>(std::max(0, static_cast<int>(cut) - short_by));
      const std::string filled(before, '.');
      for (const std::string& secret :
           {token, text::base64("ab" + token), text::json_escape(token)}) {
        const std::string said = filled + secret;
        const auto reply = [&](const Request& request) -> Script {
          if (request.target() == "/auth/login") return {granted_all()};
          if (cut == 80 || cut == 120)
            return {accept(), text(cut == 80 ? said : R"({"type":")" + said + "\"}"), close(1008)};
          if (cut == 200) return {json(401, "{\"error\":" + in_quotes(said) + "}")};
          if (cut == 64)
            return {switch_protocols("HTTP/1.1 101 x\r\nUpgrade: " + said + "\r\n\r\n")};
          return {answer(500, said, {{"X-Said", said}, {"Location", said}})};
        };
        const Server server{Handler(reply)};
        expect_all_hidden(walk(*usual_at_server(server)));
        if (testing::Test::HasFailure()) return;
      }
    }
}

TEST(Planted, OverTwoMessagesAndInACloseThatIsTooShortForIt) {
  for (std::size_t at = 1; at < token.size(); at += 7) {
    const Server server(Handler([&](const Request& request) -> Script {
      if (request.target() == "/auth/login") return {granted_all()};
      return {accept(), ready_message(), text("a" + token.substr(0, at)),
              text(token.substr(at) + "b"),
              close(1011, std::string(123 - at % 100, 'x') + token.substr(0, at % 100))};
    }));
    expect_all_hidden(walk(*usual_at_server(server)));
  }
}

TEST(Planted, BehindThreeHundredCookies) {
  const Server server(Handler([&](const Request& request) -> Script {
    Headers cookies;
    for (int i = 0; i < 100; ++i)
      cookies.emplace_back("Set-Cookie", request.target().substr(1, 1) + std::to_string(i) +
                                             "=value-" + std::to_string(i) +
                                             request.target().substr(1));
    if (request.target() == "/one" || request.target() == "/two")
      return {answer(200, R"({"access_token":)" + in_quotes(token) + "}", cookies)};
    return {answer(403, "it was " + token)};
  }));
  auto usual = usual_at_server(server, "upgrade");
  usual->socket["token_in"] = R"({ query: "token={{token | urlenc}}" })";
  usual->login = {{"method", "steps"},
                  {"requests", R"([{ url: "{{target.auth}}/one" }, { url: "{{target.auth}}/two", )"
                               R"(capture: { token: { json: /access_token } } }])"}};
  const ProbeRun walked = walk(*usual);
  EXPECT_EQ(walked.verdict.step, Step::upgrade) << walked.show();
  expect_all_hidden(walked);
}

TEST(Planted, CapturedFromAHeaderAndABodyAfterTheyWereRecordedAndCut) {
  std::string captured;
  for (int i = 0; i < 60; ++i) captured += "captured-" + std::to_string(1000 + i) + "-";
  for (const std::string where : {"header: X-Ticket", R"x(matches: "t=(\\S+)")x"}) {
    const Server server(Handler([&](const Request& request) -> Script {
      if (request.target() != "/one") return {answer(403, "it was " + captured)};
      return {answer(200, std::string(3900, '.') + " t=" + captured,
                     {{"X-Ticket", captured}, {"X-Long", std::string(900, '.') + captured}})};
    }));
    auto usual = usual_at_server(server, "upgrade");
    usual->socket["token_in"] = "query";
    usual->login = {
        {"method", "steps"},
        {"requests", R"([{ url: "{{target.auth}}/one", capture: { token: { )" + where + " } } }]"}};
    const ProbeRun walked = walk(*usual);
    EXPECT_EQ(walked.verdict.step, Step::upgrade) << walked.show();
    expect_hidden(walked, {captured});
  }
}

TEST(Planted, AnAuthorizationCodeInALocation) {
  std::string code;
  Provider provider;
  provider.callback = [&](std::string back) {
    const std::size_t at = back.find("code=");
    for (int i = 0; i < 150; ++i) code += "code" + std::to_string(1000 + i) + "/";
    return back.insert(at + 5, text::percent_encode(code));
  };
  auto usual = std::make_unique<DefaultConfig>(provider.url());
  usual->kind("login");
  usual->login = {
      {"method", "oidc"},
      {"issuer", R"("{{target.auth}}")"},
      {"client_id", "web"},
      {"redirect_uri", "https://app.example.com/cb"},
      {"fields", R"({ login: "{{identity.username}}", password: "{{identity.password}}" })"}};
  const ProbeRun walked = walk(*usual);
  ASSERT_FALSE(code.empty()) << walked.show();
  expect_hidden(walked, {code});
}

TEST(Planted, InASubprotocolThatIsExpectedAndNotSelected) {
  const std::string plain = "plain-token-0123456789-abcdefghij";
  for (const std::string selected : {"", "chat.v1"})
    for (const std::string_view kind : {"upgrade", "chat", "isolation"}) {
      const Server server(Handler([&](const Request& request) -> Script {
        if (request.target() == "/auth/login") return {json(200, granted(plain))};
        const Headers headers{{"Sec-WebSocket-Protocol", selected}};
        return {accept(selected.empty() ? Headers() : headers), ready_message(), wait_for_close()};
      }));
      DefaultConfig usual(server.url(""));
      usual.kind(kind);
      usual.defaults["timeout"] = "2s";
      usual.socket["token_in"] =
          R"({ subprotocol: [chat.v1, "jwt.{{token}}"], expect: "jwt.{{token}}" })";
      const ProbeRun walked = walk(usual);
      EXPECT_EQ(walked.verdict.reason, subprotocol_mismatch) << walked.show();
      expect_hidden(walked, {plain});
    }
}

TEST(Planted, ASubprotocolThatIsExpectedCanNameTheToken) {
  const Server server(Handler([&](const Request& request) -> Script {
    if (request.target() == "/auth/login") return {json(200, granted("plain-token"))};
    return {accept({{"Sec-WebSocket-Protocol", "jwt.plain-token"}}), ready_message(),
            wait_for_close()};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.socket["token_in"] =
      R"({ subprotocol: [chat.v1, "jwt.{{token}}"], expect: "jwt.{{token}}" })";
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
}

// The search itself: it finds what is there.
TEST(Planted, AreFoundWhereTheyAreShown) {
  for (const std::string& written : encodings(token.substr(30, 9)))
    EXPECT_NE(leaked("... " + written + " ...", token), "") << written;
  EXPECT_EQ(leaked("... " + token.substr(30, 7) + " ...", token), "");
}

}  // namespace
}  // namespace sonde::test::planted_test
