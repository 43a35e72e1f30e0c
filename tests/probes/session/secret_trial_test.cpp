// A password that travels outside a login, in a header, a token or a frame: its refusals count
// against the account as those of logins do.
#include "probes/session/secret_trial.hpp"

#include <gmock/gmock.h>

#include "probes/text/encode.hpp"
#include "tests/support/chat_target.hpp"

namespace sonde::test::secret_trial_test {
namespace {

using testing::HasSubstr;

constexpr char three[] = "{ after: 3, cooldown: 1h }";

// A server that takes no password, or each of them, and counts what it is shown.
struct Door {
  bool open = false;
  int status = 401;
  int knocks = 0;
};
using DoorPtr = std::shared_ptr<Door>;

bool is_upgrade(const Request& request) { return request.header("Upgrade") == "websocket"; }

Script by_header(const DoorPtr& door, const Request& request) {
  if (request.header("Authorization").empty()) return {answer(200, "public")};
  ++door->knocks;
  if (!door->open) return {answer(door->status)};
  if (is_upgrade(request)) return {accept(), ready_message(), wait_for_close()};
  return {answer(200, "well")};
}

Script by_frame(const DoorPtr& door, const Request&) {
  return {accept(), on_message([door](const std::string&) -> Script {
            ++door->knocks;
            if (door->open) return {text(R"({"type":"welcome"})"), close(1000), hang()};
            return {text(R"({"type":"denied"})"), close(1000), hang()};
          })};
}

constexpr char hello[] = R"(dialects:
  hello:
    type: [/type]
    rules: [{ when: { type: denied }, fail: auth_rejected_after_accept }]
    steps: [{ send: { user: "{{identity.username}}", password: "{{vars.secret}}" } }]
    vars: { secret: "{{identity.password | sha256}}" }
    ready: { type: welcome }
    send: { prompt: "{{prompt}}" }
    events: { done: { type: done, terminal: ok } }
    answer: /text
)";

// Where a password is shown.
struct Way {
  std::string name;
  void (*configure)(DefaultConfig& usual);
  Script (*serve)(const DoorPtr& door, const Request& request) = by_header;
};

void basic_health(DefaultConfig& usual) {
  usual.kind("health");
  usual.probe["headers"] = R"({ Authorization: "Basic {{identity.basic}}" })";
  usual.target["lockout"] = three;
}

void basic_of_token_health(DefaultConfig& usual) {
  usual.kind("health");
  usual.probe["headers"] = R"({ Authorization: "Basic {{token}}" })";
  usual.probe["login"] = "account";
  usual.login = {{"method", "token"}, {"token", R"("{{identity.basic}}")"}, {"lockout", three}};
}

void basic_upgrade(DefaultConfig& usual) {
  usual.kind("upgrade");
  usual.probe["login"] = "";
  usual.socket["token_in"] = "none";
  usual.socket["headers"] = R"({ Authorization: "Basic {{identity.basic}}" })";
  usual.target["lockout"] = three;
}

void basic_of_token_upgrade(DefaultConfig& usual) {
  usual.kind("upgrade");
  usual.login = {{"method", "token"}, {"token", R"("{{identity.basic}}")"}, {"lockout", three}};
  usual.socket["token_in"] = R"({ header: "Authorization: Basic {{token}}" })";
}

void in_frame(DefaultConfig& usual) {
  usual.kind("upgrade");
  usual.socket = {{"url", R"("{{target.ws}}/ws")"}, {"token_in", "none"}};
  usual.probe["dialect"] = "hello";
  usual.probe["login"] = "";
  usual.target["lockout"] = three;
  usual.more = hello;
}

// The login gives nothing that is used, but its rules.
void in_frame_with_login(DefaultConfig& usual) {
  in_frame(usual);
  usual.target["lockout"] = "";
  usual.probe["login"] = "account";
  usual.login["lockout"] = three;
}

void in_frame_of_chat(DefaultConfig& usual) {
  in_frame(usual);
  usual.kind("chat");
  usual.probe["dialect"] = "hello";
  usual.probe["login"] = "";
}

class Everywhere : public testing::TestWithParam<Way> {
 protected:
  Everywhere()
      : server_(
            Handler([this](const Request& request) { return GetParam().serve(door_, request); })),
        usual_(server_.url("")) {
    GetParam().configure(usual_);
  }
  DoorPtr door_ = std::make_shared<Door>();
  Server server_;
  DefaultConfig usual_;
  Walker walker_;
};

TEST_P(Everywhere, ARefusedPasswordIsShownNoMoreThanLockoutAllows) {
  for (int i = 0; i < 3; ++i) {
    const ProbeRun walked = walker_.walk(usual_);
    EXPECT_EQ(walked.verdict.outcome, Outcome::fail) << walked.show();
  }
  for (int i = 0; i < 3; ++i) {
    const ProbeRun walked = walker_.walk(usual_);
    EXPECT_EQ(walked.verdict.reason, Reason::suppressed) << walked.show();
    EXPECT_THAT(walked.verdict.detail, HasSubstr("logins were refused 3 times in a row"));
    EXPECT_TRUE(walked.trace->exchanges().empty());
    EXPECT_TRUE(walked.trace->auth().empty());
  }
  EXPECT_EQ(door_->knocks, 3);
}

TEST_P(Everywhere, APasswordThatIsAcceptedAgainEndsTheCount) {
  for (int round = 0; round < 3; ++round) {
    door_->open = false;
    for (int i = 0; i < 2; ++i) EXPECT_EQ(walker_.walk(usual_).verdict.outcome, Outcome::fail);
    door_->open = true;
    EXPECT_NE(walker_.walk(usual_).verdict.reason, Reason::suppressed);
  }
  EXPECT_EQ(door_->knocks, 9);
}

TEST_P(Everywhere, ManyAtOnceShowItNoMoreThanLockoutAllows) {
  const std::vector<std::shared_ptr<const Check>> many(8, plan(usual_.yaml()).check("p"));
  walker_.when_all(many);
  EXPECT_EQ(door_->knocks, 3);
}

TEST_P(Everywhere, WorkersCountTogether) {
  const auto table = auth::LockoutTable::in_memory();
  for (int i = 0; i < 5; ++i) {
    Walker worker;
    worker.shared().token_cache.share(table);
    worker.walk(usual_);
  }
  EXPECT_EQ(door_->knocks, 3);
}

// The password is in the request that asks, beside a session that shows nothing.
void in_request_of_chat(DefaultConfig& usual) {
  usual.kind("chat");
  usual.socket = {{"url", R"("{{target.ws}}/ws")"}, {"token_in", "none"}};
  usual.probe["dialect"] = "posts";
  usual.probe["login"] = "";
  usual.target["lockout"] = three;
  usual.more = R"(dialects:
  posts:
    type: [/type]
    ready: { type: welcome }
    request: { url: "{{target.http}}/ask", body: "{{prompt}}",
               headers: { Authorization: "Basic {{identity.basic}}" } }
    events: { done: { type: done, terminal: ok } }
    answer: /text
)";
}

Script by_request(const DoorPtr& door, const Request& request) {
  if (is_upgrade(request))
    return {accept(), text(R"({"type":"welcome"})"), pause(std::chrono::milliseconds(50)),
            text(R"({"type":"done","text":"hello"})"), wait_for_close()};
  ++door->knocks;
  return {answer(door->open ? 200 : door->status)};
}

INSTANTIATE_TEST_SUITE_P(ShownSecret, Everywhere,
                         testing::Values(Way{"health_header", basic_health},
                                         Way{"health_token", basic_of_token_health},
                                         Way{"upgrade_header", basic_upgrade},
                                         Way{"upgrade_token", basic_of_token_upgrade},
                                         Way{"frame", in_frame, by_frame},
                                         Way{"frame_with_login", in_frame_with_login, by_frame},
                                         Way{"chat_frame", in_frame_of_chat, by_frame},
                                         Way{"chat_request", in_request_of_chat, by_request}),
                         [](const auto& each) { return each.param.name; });

// A run of the usual target with a door that needs a header.
struct Entry {
  DoorPtr door = std::make_shared<Door>();
  Server server{Handler(std::bind_front(by_header, door))};
  DefaultConfig usual{server.url("")};
  Walker walker;
};

TEST(ShownSecret, AnAnswerThatSaysThatSomethingElseIsWrongDoesNotCount) {
  for (const int status : {404, 405, 408, 415, 426, 500, 502, 503}) {
    Entry entry;
    entry.door->status = status;
    basic_health(entry.usual);
    for (int i = 0; i < 5; ++i) entry.walker.walk(entry.usual);
    EXPECT_EQ(entry.door->knocks, 5) << status;
  }
}

TEST(ShownSecret, AnyOtherAnswerThatIsNotTheExpectedOneIsARefusal) {
  for (const int status : {204, 302, 400, 401, 402, 403, 409, 422, 423, 498}) {
    Entry entry;
    entry.door->status = status;
    basic_health(entry.usual);
    for (int i = 0; i < 5; ++i) entry.walker.walk(entry.usual);
    EXPECT_EQ(entry.door->knocks, 3) << status;
  }
}

TEST(ShownSecret, WhereForbiddenIsExpectedItRefusesNothing) {
  Entry entry;
  entry.door->status = 403;
  basic_health(entry.usual);
  entry.usual.probe["expect"] = "{ status: 403 }";
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(entry.walker.walk(entry.usual).verdict.outcome, Outcome::pass);
  entry.door->status = 401;
  for (int i = 0; i < 5; ++i) entry.walker.walk(entry.usual);
  EXPECT_EQ(entry.door->knocks, 5 + 3);
}

// Whether an address looks at the password is not known before it has refused it.
TEST(ShownSecret, AnAddressThatTakesAnythingDoesNotEndTheCount) {
  int refused = 0;
  const Server server(Handler([&refused](const Request& request) -> Script {
    if (request.target() == "/public") return {answer(200, "well")};
    ++refused;
    return {answer(401)};
  }));
  DefaultConfig usual(server.url(""));
  basic_health(usual);
  Walker walker;
  for (int i = 0; i < 6; ++i)
    for (const char* path : {"\"{{target.http}}/closed\"", "\"{{target.http}}/public\""}) {
      usual.probe["url"] = path;
      walker.walk(usual);
    }
  EXPECT_EQ(refused, 3);
}

TEST(ShownSecret, CountsWithTheLoginsOfTheAccount) {
  int shown = 0;
  const Server server(Handler([&shown](const Request&) -> Script {
    ++shown;
    return {answer(401)};
  }));
  DefaultConfig logs_in(server.url(""));
  logs_in.kind("login");
  logs_in.target["lockout"] = three;
  DefaultConfig health(server.url(""));
  basic_health(health);
  Walker walker;
  for (int i = 0; i < 3; ++i) {
    walker.walk(logs_in);
    walker.walk(health);
  }
  EXPECT_EQ(shown, 3);
}

TEST(ShownSecret, AnotherUserIsAnotherAccount) {
  Entry entry;
  basic_health(entry.usual);
  for (const char* name : {"alice", "bob", "alice", "bob", "alice", "bob", "alice", "bob"}) {
    entry.usual.probe["as"] = name;
    entry.walker.walk(entry.usual);
  }
  EXPECT_EQ(entry.door->knocks, 6);
}

// What a login gave is no password, nor is the name of the user.
TEST(ShownSecret, ATokenOfALoginThatIsRefusedDoesNotCount) {
  int shown = 0;
  const Server server(Handler([&shown](const Request& request) -> Script {
    if (request.target() == "/auth/login") return {json(200, granted())};
    ++shown;
    return {answer(401)};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.login["lockout"] = three;
  usual.socket["headers"] = R"({ X-User: "{{identity.username}}" })";
  usual.identity["username"] = "{ file: " + usual.folder.write("name", "alice") + " }";
  Walker walker;
  for (int i = 0; i < 6; ++i) EXPECT_EQ(walker.walk(usual).verdict.reason, Reason::unauthorized);
  EXPECT_EQ(shown, 6);
}

TEST(ShownSecret, ChecksWithoutThePasswordDoNotCount) {
  const auto door = std::make_shared<Door>();
  const Server server(Handler([door](const Request& request) -> Script {
    const std::string right =
        "Basic " + text::base64("alice@example.com:" + std::string(DefaultConfig::password));
    if (request.header("Authorization") != right) return {answer(401)};
    return {accept(), ready_message(), wait_for_close()};
  }));
  DefaultConfig usual(server.url(""));
  basic_of_token_upgrade(usual);
  usual.identity["username"] = "alice@example.com";
  usual.probe["refuse"] = "[no_token, garbage_token, wrong_password, wrong_place]";
  usual.socket["ready"] = "{ type: connection_established, within: 150ms }";
  Walker walker;
  for (int i = 0; i < 3; ++i) {
    const ProbeRun walked = walker.walk(usual);
    EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
    for (const auto& note : walked.trace->refusals)
      EXPECT_EQ(name(note.state), "refused") << note.why;
  }
}

TEST(ShownSecret, AnInvestigationIsMadeOnlyWhileRefusalsAreToSpare) {
  Entry entry;
  basic_of_token_upgrade(entry.usual);
  for (int i = 0; i < 3; ++i) {
    const ProbeRun walked = entry.walker.walk_and_diagnose(entry.usual, {.passed_lately = true});
    EXPECT_EQ(walked.verdict.reason, Reason::unauthorized) << walked.show();
  }
  EXPECT_EQ(entry.door->knocks, 3) << "the runs themselves";
  Entry patient;
  basic_of_token_upgrade(patient.usual);
  patient.usual.login["lockout"] = "{ after: 10, cooldown: 1h }";
  for (int i = 0; i < 8; ++i)
    patient.walker.walk_and_diagnose(patient.usual, {.passed_lately = true});
  EXPECT_LE(patient.door->knocks, 10);
}

// The deadline of the run comes first, and the service counts the refusal all the same.
TEST(ShownSecret, CountsARefusalThatComesAfterTheDeadline) {
  for (const bool upgrades : {false, true}) {
    int shown = 0;
    const Server server(Handler([&shown](const Request&) -> Script {
      ++shown;
      return {pause(std::chrono::milliseconds(300)), answer(401)};
    }));
    DefaultConfig usual(server.url(""));
    (upgrades ? basic_of_token_upgrade : basic_health)(usual);
    usual.probe["timeout"] = "100ms";
    usual.probe["every"] = "10s";
    Walker walker;
    for (int i = 0; i < 3; ++i) {
      const ProbeRun walked = walker.walk(usual);
      EXPECT_EQ(walked.verdict.outcome, Outcome::fail) << walked.show();
    }
    walker.finish();
    EXPECT_EQ(walker.walk(usual).verdict.reason, Reason::suppressed) << upgrades;
    EXPECT_EQ(shown, 3);
  }
}

TEST(ShownSecret, ALockoutThatCannotWorkIsAMistake) {
  DefaultConfig usual("127.0.0.1:1");
  usual.kind("upgrade");
  usual.login = {{"method", "token"},
                 {"token", "{ file: " + usual.folder.write("token", "opaque-4711") + " }"},
                 {"lockout", three}};
  EXPECT_THAT(plan(usual.yaml()).wrong(),
              HasSubstr("lockout of the login 'account' has no effect"));
  usual.login["token"] = R"("{{identity.basic}}")";
  EXPECT_EQ(plan(usual.yaml()).wrong(), "");
  usual.kind("login");
  usual.login = {
      {"method", "oidc_check"}, {"issuer", "https://id.example.com"}, {"lockout", three}};
  EXPECT_THAT(plan(usual.yaml()).wrong(), HasSubstr("method oidc_check shows no credentials"));
  usual.login = {{"method", "refresh"},
                 {"url", "https://id.example.com/token"},
                 {"login", R"({ url: "https://id.example.com/login", lockout: { after: 2 } })"}};
  EXPECT_THAT(plan(usual.yaml()).wrong(), HasSubstr("write it in the outer one"));
}

}  // namespace
}  // namespace sonde::test::secret_trial_test
