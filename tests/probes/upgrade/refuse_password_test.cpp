#include "probes/upgrade/refuse_password.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/support/chat_target.hpp"

// A wrong password must be refused, wherever the password travels.
namespace sonde::test::refuse_password_test {
namespace {

using testing::HasSubstr;

const std::string right(DefaultConfig::password);

// A server that knows alice's password, and what it was shown.
struct Accounts {
  bool careless = false;       // every password is good
  bool locks_at_once = false;  // one wrong password, and no other is accepted
  int wrong = 0, good = 0;
};
using AccountsPtr = std::shared_ptr<Accounts>;

bool is_good(Accounts& accounts, bool right_one) {
  const bool accepted =
      right_one ? !(accounts.locks_at_once && accounts.wrong > 0) : accounts.careless;
  ++(right_one ? accounts.good : accounts.wrong);
  return accepted;
}

Script by_login(const AccountsPtr& accounts, const Request& request) {
  if (request.target() != "/auth/login") return {accept(), ready_message(), wait_for_close()};
  const bool right_one = request.body.contains("staple");
  return is_good(*accounts, right_one) ? Script{json(200, granted())}
                                       : Script{json(401, R"({"error":"no"})")};
}

struct Checked {
  ProbeRun walked;
  Accounts accounts;
};

Checked check_login(Accounts start, const DefaultConfig::Keys& login = {}) {
  const auto accounts = std::make_shared<Accounts>(start);
  const Server server(Handler(std::bind_front(by_login, accounts)));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  merge(usual.login, login);
  usual.probe["refuse"] = "[wrong_password]";
  usual.socket["ready"] = "{ type: connection_established, within: 150ms }";
  ProbeRun walked = walk(usual);
  return {std::move(walked), *accounts};
}

std::string note_of(const ProbeRun& walked) {
  const auto& all = walked.trace->refusals;
  return all.empty() ? "none" : std::string(name(all.front().state)) + ": " + all.front().why;
}

TEST(WrongPassword, IsRefusedByALoginAndTheRightOneFollows) {
  const Checked checked = check_login({});
  EXPECT_EQ(checked.walked.verdict.outcome, Outcome::pass) << checked.walked.show();
  EXPECT_EQ(note_of(checked.walked), "refused: ");
  EXPECT_EQ(checked.accounts.wrong, 1);
  EXPECT_EQ(checked.accounts.good, 2) << "one for the run, and one that ends the count";
  EXPECT_EQ(checked.walked.trace->auth().size(), 2U) << "the auth rate is not touched";
}

TEST(WrongPassword, ThatALoginAcceptsIsAHole) {
  const Checked checked = check_login({.careless = true});
  EXPECT_EQ(checked.walked.verdict.step, Step::refuse);
  EXPECT_EQ(checked.walked.verdict.reason, Reason::auth_fail_open) << checked.walked.show();
  EXPECT_THAT(checked.walked.verdict.detail,
              HasSubstr("wrong_password: the login accepts a wrong password"));
}

TEST(WrongPassword, ProvesNothingWhereTheRightOneIsRefusedAsWell) {
  const Checked checked = check_login({.locks_at_once = true});
  EXPECT_EQ(checked.walked.verdict.reason, Reason::refusal_unclear) << checked.walked.show();
  EXPECT_THAT(checked.walked.verdict.detail, HasSubstr("the right password fails as well"));
}

// A server with a login for each method; all of them look at the password alone.
Script by_method(const AccountsPtr& accounts, const Request& request) {
  const std::string page = R"(<form method="post" action="/auth/login"><input name="username">
    <input type="password" name="password"></form>)";
  if (request.header("Upgrade") == "websocket")
    return {accept(), ready_message(), wait_for_close()};
  if (request.target() == "/token" && request.body.contains("refresh-token"))
    return {json(200, R"({"access_token":"access-token-1","refresh_token":"refresh-token-2"})")};
  if (request.target() == "/home" && request.header("Cookie").contains("sid=session-of-alice"))
    return {answer(200, "Welcome Alice. Your chats.", {{"Content-Type", "text/html"}})};
  if (request.method() == "GET") return {answer(200, page, {{"Content-Type", "text/html"}})};
  const bool accepted = is_good(*accounts, request.body.contains("staple"));
  if (request.target() != "/auth/login")
    return {
        accepted
            ? json(200, R"({"access_token":"access-token-0","refresh_token":"refresh-token-1"})")
            : json(400, R"({"error":"invalid_grant"})")};
  if (!accepted) return {answer(200, page, {{"Content-Type", "text/html"}})};
  return {answer(302, "", {{"Location", "/home"}, {"Set-Cookie", "sid=session-of-alice; Path=/"}})};
}

struct MethodCase {
  std::string name;
  DefaultConfig::Keys login;
  std::string token_in = "header";
};

class EachMethod : public testing::TestWithParam<MethodCase> {
 protected:
  Checked check(Accounts start) {
    const auto accounts = std::make_shared<Accounts>(start);
    const Server server(Handler(std::bind_front(by_method, accounts)));
    DefaultConfig usual(server.url(""));
    usual.kind("upgrade");
    usual.login = GetParam().login;
    usual.socket["token_in"] = GetParam().token_in;
    usual.socket["ready"] = "{ type: connection_established, within: 150ms }";
    usual.probe["refuse"] = "[wrong_password]";
    ProbeRun walked = walk(usual);
    return {std::move(walked), *accounts};
  }
};

TEST_P(EachMethod, MakesOneLoginWithAWrongPasswordAndOneWithTheRightOne) {
  const Checked checked = check({});
  EXPECT_EQ(checked.walked.verdict.outcome, Outcome::pass) << checked.walked.show();
  EXPECT_EQ(note_of(checked.walked), "refused: ");
  EXPECT_EQ(checked.accounts.wrong, 1);
  EXPECT_GE(checked.accounts.good, 2);
}

TEST_P(EachMethod, FindsAServiceThatTakesAnyPassword) {
  const Checked checked = check({.careless = true});
  EXPECT_EQ(checked.walked.verdict.reason, Reason::auth_fail_open) << checked.walked.show();
}

const std::string credentials_of_user =
    R"({ u: "{{identity.username}}", p: "{{identity.password}}" })";

INSTANTIATE_TEST_SUITE_P(
    WrongPassword, EachMethod,
    testing::Values(
        MethodCase{"json", {{"url", R"("{{target.auth}}/json")"}, {"body", credentials_of_user}}},
        MethodCase{"oauth2_password",
                   {{"method", "oauth2_password"}, {"url", R"("{{target.auth}}/grant")"}}},
        MethodCase{"form",
                   {{"method", "form"},
                    {"url", R"("{{target.auth}}/auth/login")"},
                    {"success", "{ cookie: sid }"}},
                   "cookie"},
        MethodCase{"steps",
                   {{"method", "steps"},
                    {"requests", R"([{ url: "{{target.auth}}/json", json: )" + credentials_of_user +
                                     ", capture: { token: { json: /access_token } } }]"}}},
        MethodCase{
            "refresh",
            {{"method", "refresh"},
             {"client_id", "web"},
             {"url", R"("{{target.auth}}/token")"},
             {"login", R"({ url: "{{target.auth}}/json", body: )" + credentials_of_user + " }"}}}),
    [](const auto& each) { return each.param.name; });

Script broken_for_wrong(const Request& request) {
  if (request.target() != "/auth/login") return {accept(), ready_message(), wait_for_close()};
  return {request.body.contains("staple") ? json(200, granted()) : answer(503)};
}

TEST(WrongPassword, ThatMeetsTroubleIsNotRefused) {
  const Server server{Handler(broken_for_wrong)};
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.probe["refuse"] = "[wrong_password]";
  EXPECT_EQ(walk(usual).verdict.reason, Reason::refusal_unclear);
}

TEST(WrongPassword, IsNotTriedWhereItCouldLockTheAccount) {
  const auto accounts = std::make_shared<Accounts>();
  const Server server(Handler(std::bind_front(by_login, accounts)));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.probe["refuse"] = "[wrong_password]";
  usual.login["lockout"] = "{ after: 1 }";
  EXPECT_THAT(plan(usual.yaml()).wrong(), HasSubstr("lockout.after"));
}

// A socket that carries the password itself: HTTP Basic, made by a fixed token.
Script by_basic(const AccountsPtr& accounts, const Request& request) {
  const std::string wanted = "Basic " + text::base64("alice@example.com:" + right);
  const std::string shown = request.header("Authorization");
  const bool right_one = shown == wanted;
  return is_good(*accounts, right_one) && shown.starts_with("Basic ")
             ? Script{accept(), ready_message(), wait_for_close()}
             : Script{answer(401)};
}

ProbeRun check_basic(const AccountsPtr& accounts, const std::string& checks) {
  const Server server(Handler(std::bind_front(by_basic, accounts)));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.identity["username"] = "alice@example.com";
  usual.login = {{"method", "token"}, {"token", R"("{{identity.basic}}")"}};
  usual.socket["token_in"] = R"({ header: "Authorization: Basic {{token}}" })";
  usual.socket["ready"] = "{ type: connection_established, within: 150ms }";
  usual.probe["refuse"] = checks;
  return walk(usual);
}

TEST(WrongPassword, OfHttpBasicIsRefusedAtTheSocket) {
  const auto accounts = std::make_shared<Accounts>();
  const ProbeRun walked = check_basic(accounts, "[no_token, garbage_token, wrong_password]");
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_EQ(walked.trace->refusals.size(), 3U);
  for (const auto& note : walked.trace->refusals) EXPECT_EQ(name(note.state), "refused");
}

TEST(WrongPassword, OfHttpBasicThatIsAcceptedIsAHole) {
  const auto accounts = std::make_shared<Accounts>(Accounts{.careless = true});
  const ProbeRun walked = check_basic(accounts, "[wrong_password]");
  EXPECT_EQ(walked.verdict.reason, Reason::auth_fail_open) << walked.show();
  EXPECT_THAT(walked.verdict.detail, HasSubstr("a user with a wrong password"));
}

// A password within the protocol: the first frame of the session.
Script by_frame(const AccountsPtr& accounts, const Request&) {
  return {accept(), on_message([accounts](const std::string& message) -> Script {
            const bool right_one = message.contains("staple");
            if (is_good(*accounts, right_one)) return {text(R"({"type":"welcome"})")};
            return {text(R"({"type":"denied"})"), close(1000), hang()};
          })};
}

ProbeRun check_frame(const AccountsPtr& accounts) {
  const Server server(Handler(std::bind_front(by_frame, accounts)));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.socket = {{"url", R"("{{target.ws}}/ws")"}, {"token_in", "none"}};
  usual.probe["dialect"] = "hello";
  usual.probe["refuse"] = "[wrong_password]";
  usual.probe["login"] = "";
  usual.more = R"(dialects:
  hello:
    type: [/type]
    rules: [{ when: { type: denied }, fail: auth_rejected_after_accept }]
    steps: [{ send: { user: "{{identity.username}}", password: "{{identity.password}}" } }]
    ready: { type: welcome }
)";
  return walk(usual);
}

TEST(WrongPassword, WithinTheProtocolIsRefusedByAFrameThoughTheCloseSaysNothing) {
  for (int i = 0; i < 20; ++i) {
    const ProbeRun walked = check_frame(std::make_shared<Accounts>());
    ASSERT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  }
}

TEST(WrongPassword, WithinTheProtocolThatIsAcceptedIsAHole) {
  const ProbeRun walked = check_frame(std::make_shared<Accounts>(Accounts{.careless = true}));
  EXPECT_EQ(walked.verdict.reason, Reason::auth_fail_open) << walked.show();
}

TEST(WrongPassword, NeedsAPassword) {
  DefaultConfig usual("127.0.0.1:1");
  usual.kind("upgrade");
  usual.login = {{"method", "token"},
                 {"token", "{ file: " + usual.folder.write("token", "opaque-4711") + " }"}};
  usual.probe["refuse"] = "[wrong_password]";
  EXPECT_THAT(plan(usual.yaml()).wrong(), HasSubstr("wrong_password needs a password"));
}

TEST(Basic, IsMadeOfUserNameAndPassword) {
  DefaultConfig usual("127.0.0.1:1");
  usual.kind("health");
  usual.probe["headers"] = R"({ Authorization: "Basic {{identity.basic}}" })";
  EXPECT_EQ(plan(usual.yaml()).wrong(), "");
  usual.identity["username"] = "'ali:ce'";
  EXPECT_THAT(plan(usual.yaml()).wrong(), HasSubstr("made of 'username', which has no colon"));
}

}  // namespace
}  // namespace sonde::test::refuse_password_test
