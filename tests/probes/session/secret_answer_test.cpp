// Which answers to a password that travels outside a login count against its account.
#include <gmock/gmock.h>

#include "probes/text/encode.hpp"
#include "tests/support/chat_target.hpp"

namespace sonde::test::secret_answer_test {
namespace {

using testing::HasSubstr;

// A password in a header of the upgrade.
void by_header(DefaultConfig& usual) {
  usual.kind("upgrade");
  usual.probe["login"] = "";
  usual.socket["token_in"] = "none";
  usual.socket["headers"] = R"({ Authorization: "Basic {{identity.basic}}" })";
  usual.socket["ready"] = "{ type: connection_established, within: 100ms }";
  usual.target["lockout"] = "{ after: 3, cooldown: 1h }";
}

void by_dialect(DefaultConfig& usual, const std::string& dialect) {
  by_header(usual);
  usual.socket = {{"url", R"("{{target.ws}}/ws")"}, {"token_in", "none"}};
  usual.probe["dialect"] = dialect;
}

// How often a server is shown the password in `runs` runs.
int shown(DefaultConfig& usual, const std::function<Script()>& answers, int runs = 8) {
  const auto count = std::make_shared<int>(0);
  const Server server(Handler([count, answers](const Request&) -> Script {
    ++*count;
    return answers();
  }));
  DefaultConfig fresh(server.url(""));
  for (auto keys : {&DefaultConfig::target, &DefaultConfig::socket, &DefaultConfig::probe,
                    &DefaultConfig::login})
    for (const auto& [key, value] : usual.*keys)
      if (keys != &DefaultConfig::target || key == "lockout") (fresh.*keys)[key] = value;
  fresh.socket.erase(usual.socket.contains("headers") ? "" : "headers");
  Walker walker;
  for (int i = 0; i < runs; ++i) walker.walk(fresh);
  return *count;
}

TEST(SecretAnswer, AnUpgradeThatIsAnsweredByTheStatusesOfRefusedByIsRefused) {
  for (const int status : {400, 401, 403, 404, 422}) {
    DefaultConfig usual("127.0.0.1:1");
    by_header(usual);
    EXPECT_EQ(shown(usual, [status] { return Script{answer(status)}; }), 3) << status;
  }
  DefaultConfig usual("127.0.0.1:1");
  by_header(usual);
  EXPECT_EQ(shown(usual, [] { return Script{answer(500)}; }), 8);
  usual.socket["refused_by"] = "{ status: [500] }";
  EXPECT_EQ(shown(usual, [] { return Script{answer(500)}; }), 3);
  EXPECT_EQ(shown(usual, [] { return Script{answer(404)}; }), 8) << "it is not in the list";
}

TEST(SecretAnswer, ASessionThatEndsAsRefusedByHasItIsRefused) {
  const auto ends = [](int code) { return Script{accept(), close(code), hang()}; };
  DefaultConfig usual("127.0.0.1:1");
  by_header(usual);
  EXPECT_EQ(shown(usual, [&] { return ends(1011); }), 8) << "the server says that it failed";
  usual.socket["refused_by"] = "{ close: [1011] }";
  EXPECT_EQ(shown(usual, [&] { return ends(1011); }), 3);
  EXPECT_EQ(shown(usual, [&] { return ends(1012); }), 8);
}

TEST(SecretAnswer, ASessionThatEndsWithoutAReadyMessageIsRefused) {
  DefaultConfig usual("127.0.0.1:1");
  by_header(usual);
  EXPECT_EQ(shown(usual, [] { return Script{accept(), close(4999), hang()}; }), 3);
  EXPECT_EQ(shown(usual, [] { return Script{accept()}; }), 3) << "it ends without a Close";
  EXPECT_EQ(shown(usual, [] { return Script{accept(), text(R"({"type":"hi"})"), hang()}; }), 3);
}

TEST(SecretAnswer, SilenceIsARefusalWhereRefusedByHasIt) {
  const auto silent = [] { return Script{accept(), wait_for_close()}; };
  DefaultConfig usual("127.0.0.1:1");
  by_header(usual);
  EXPECT_EQ(shown(usual, silent, 5), 5);
  usual.socket["refused_by"] = "{ silence: 50ms }";
  EXPECT_EQ(shown(usual, silent, 5), 3);
}

TEST(SecretAnswer, TheMessageOfRefusedByIsARefusalInARunToo) {
  const Server server(Script{accept(), text(R"({"type":"sorry"})"), wait_for_close()});
  DefaultConfig usual(server.url(""));
  by_header(usual);
  usual.socket["refused_by"] = "{ frame: { type: sorry } }";
  Walker walker;
  for (int i = 0; i < 3; ++i) {
    const ProbeRun walked = walker.walk(usual);
    EXPECT_EQ(walked.verdict.reason, Reason::auth_rejected_after_accept) << walked.show();
    EXPECT_THAT(walked.verdict.detail, HasSubstr("sorry came, the message of refused_by"));
  }
  EXPECT_EQ(walker.walk(usual).verdict.reason, Reason::suppressed);
}

// Without a ready message nothing shows that the password was taken.
TEST(SecretAnswer, ASilentSessionThatIsRefusedLaterCounts) {
  const auto run = [](const Script& script, const std::string& refused_by) {
    const auto count = std::make_shared<int>(0);
    const Server server(Handler([=](const Request&) {
      ++*count;
      return script;
    }));
    DefaultConfig usual(server.url(""));
    by_header(usual);
    usual.kind("chat");
    usual.probe["login"] = "";
    usual.probe["timeout"] = "300ms";
    usual.probe["every"] = "10s";
    usual.socket["ready"] = "{ silent: true }";
    if (!refused_by.empty()) usual.socket["refused_by"] = refused_by;
    Walker walker;
    for (int i = 0; i < 6; ++i) walker.walk(usual);
    return *count;
  };
  const auto after_prompt = [](Script reply) {
    return Script{accept(), on_message([reply](const std::string&) { return reply; })};
  };
  EXPECT_EQ(run(after_prompt({close(4401), hang()}), ""), 3);
  EXPECT_EQ(run(after_prompt({close(4999), hang()}), "{ close: [4999] }"), 3);
  EXPECT_EQ(run(after_prompt({text(R"({"type":"sorry"})"), hang()}), "{ frame: { type: sorry } }"),
            3);
  EXPECT_EQ(run(after_prompt(good_turn("x")), ""), 6);
}

TEST(SecretAnswer, ABuiltInDialectThatEndsBeforeItIsReadyIsRefused) {
  using Rows = std::vector<std::pair<std::string, Script>>;
  const auto reply = [](Script all) {
    return Script{accept({{"Sec-WebSocket-Protocol", "mqtt"}}),
                  on_message([all](const std::string&) { return all; }), hang()};
  };
  for (const auto& [what, script] :
       Rows{{"CONNACK 2", reply({binary(std::string("\x20\x02\x00\x02", 4)), hang()})},
            {"CONNACK 5", reply({binary(std::string("\x20\x02\x00\x05", 4)), hang()})},
            {"a Close", reply({close(1000), hang()})},
            {"an end", reply({fin()})}}) {
    DefaultConfig usual("127.0.0.1:1");
    by_dialect(usual, "mqtt");
    EXPECT_EQ(shown(usual, [script] { return script; }), 3) << what;
  }
  DefaultConfig usual("127.0.0.1:1");
  by_dialect(usual, "mqtt");
  const Script busy = reply({binary(std::string("\x20\x02\x00\x03", 4)), hang()});
  EXPECT_EQ(shown(usual, [busy] { return busy; }), 8) << "the server is not available";
}

TEST(SecretAnswer, AnXmppStreamThatIsNotAuthorizedIsRefused) {
  const auto not_authorized = [](const std::string& how) {
    return Script{accept({{"Sec-WebSocket-Protocol", "xmpp"}}),
                  on_message([how](const std::string& m) {
                    if (m.starts_with("<open"))
                      return Script{text("<features xmlns='http://etherx.jabber.org/streams'/>")};
                    return Script{text(how)};
                  }),
                  hang()};
  };
  for (const std::string how :
       {"<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>",
        "<stream:error xmlns:stream='http://etherx.jabber.org/streams'><not-authorized/>"
        "</stream:error>",
        "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>"}) {
    DefaultConfig usual("127.0.0.1:1");
    by_dialect(usual, "xmpp");
    const Script script = not_authorized(how);
    EXPECT_EQ(shown(usual, [script] { return script; }), 3) << how;
  }
}

// A health probe that posts the password.
int posted(const Script& post, const std::string& expect, bool follows = true,
           const Script& page = {answer(200, "<form><input type=password name=p></form>",
                                        {{"Content-Type", "text/html"}})}) {
  const auto count = std::make_shared<int>(0);
  const Server server(Handler([=](const Request& request) {
    if (request.method() != "POST") return page;
    ++*count;
    return post;
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("health");
  usual.probe["url"] = R"("{{target.http}}/session")";
  usual.probe["method"] = "POST";
  usual.probe["body"] = R"("user=alice&password={{identity.password | urlenc}}")";
  usual.probe["redirects"] = follows ? "{ follow: true }" : "{ follow: false }";
  usual.probe["expect"] = expect;
  usual.target["lockout"] = "{ after: 3, cooldown: 1h }";
  Walker walker;
  for (int i = 0; i < 8; ++i) walker.walk(usual);
  return *count;
}

TEST(SecretAnswer, APostedPasswordThatLeadsToAPageWithAPasswordIsRefused) {
  const Script moved = {answer(302, "", {{"Location", "/welcome"}})};
  EXPECT_EQ(posted(moved, "{ status: 200 }"), 3);
  const Script again = {
      answer(200, "<form><input type=password name=p></form>", {{"Content-Type", "text/html"}})};
  EXPECT_EQ(posted(again, "{ status: 200 }"), 3);
  const Script home = {answer(200, "<p>Hi alice</p>", {{"Content-Type", "text/html"}})};
  EXPECT_EQ(posted(moved, "{ status: 200 }", true, home), 8);
}

TEST(SecretAnswer, ASuccessThatIsNotTheExpectedOneIsRefused) {
  const Script anonymous = {json(200, R"({"user":null})")};
  EXPECT_EQ(posted(anonymous, R"({ json: { /user: alice } })"), 3);
  EXPECT_EQ(posted({json(200, R"({"user":"alice"})")}, R"({ json: { /user: alice } })"), 8);
}

TEST(SecretAnswer, TheStatusLineAloneIsARefusal) {
  const std::string start = "HTTP/1.1 401 Unauthorized\r\nX-Reason: ";
  EXPECT_EQ(posted({send(start)}, "{ status: 200 }"), 3);
  EXPECT_EQ(posted({send(start), rst()}, "{ status: 200 }"), 3);
  EXPECT_EQ(posted({send("HTTP/1.1 503 Busy\r\nX-Reason: ")}, "{ status: 200 }"), 8);
}

TEST(SecretAnswer, AnExpectedStatusRefusesNothingButALockedAccount) {
  EXPECT_EQ(posted({answer(422)}, "{ status: 422 }"), 8);
  EXPECT_EQ(posted({answer(302, "", {{"Location", "/home"}})}, "{ status: 302 }", false), 8);
  EXPECT_EQ(posted({answer(401)}, "{ status: 401 }"), 3);
  EXPECT_EQ(posted({answer(423)}, "{ status: 423 }"), 3);
}

TEST(SecretAnswer, AServerThatAsksForQuietIsLeftAlone) {
  EXPECT_EQ(posted({answer(429)}, "{ status: 200 }"), 1);
  EXPECT_EQ(posted({answer(429, "", {{"Retry-After", "40"}})}, "{ status: 200 }"), 1);
  EXPECT_EQ(posted({answer(503, "", {{"Retry-After", "40"}})}, "{ status: 200 }"), 1);
  EXPECT_EQ(posted({answer(503)}, "{ status: 200 }"), 8);
  DefaultConfig usual("127.0.0.1:1");
  by_header(usual);
  EXPECT_EQ(shown(usual, [] { return Script{answer(429)}; }), 1);
}

TEST(SecretAnswer, ATokenThatIsSentAsBasicIsAPassword) {
  const auto count = std::make_shared<int>(0);
  const Server server(Handler([count](const Request&) {
    ++*count;
    return Script{answer(401)};
  }));
  for (const bool upgrades : {false, true}) {
    *count = 0;
    DefaultConfig usual(server.url(""));
    usual.kind(upgrades ? "upgrade" : "health");
    usual.login = {
        {"method", "token"},
        {"token", "{ file: " + usual.folder.write("basic", text::base64("alice:opaque")) + " }"},
        {"lockout", "{ after: 3, cooldown: 1h }"}};
    if (upgrades) {
      usual.socket["token_in"] = R"({ header: "Authorization: Basic {{token}}" })";
    } else {
      usual.probe["headers"] = R"({ Authorization: "Basic {{token}}" })";
      usual.probe["login"] = "account";
    }
    Walker walker;
    for (int i = 0; i < 6; ++i) walker.walk(usual);
    EXPECT_EQ(*count, 3) << upgrades;
  }
}

}  // namespace
}  // namespace sonde::test::secret_answer_test
