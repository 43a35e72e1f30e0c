#include <gmock/gmock.h>

#include <algorithm>
#include <list>
#include <map>
#include <set>

#include "probes/text/json.hpp"
#include "tests/probes/scenarios/scenario.hpp"

// Servers that keep users apart, and such that do not.
namespace sonde::test::isolation_scenarios_test {
namespace {

namespace asio = boost::asio;
using enum Reason;

// What a server does with what belongs to one session.
struct Manners {
  bool broadcast = false;   // every frame goes to everybody
  bool shared = false;      // as the kernel of a notebook: all but the answer goes to everybody
  bool same_user = false;   // to the other sessions of the user
  bool one_thread = false;  // everybody is in the same thread
  bool noisy = false;       // whoever is ready is told some news
  bool personal = false;    // but only in the second session of a user
  bool traced = false;      // the id of its run is that of our request's trace
  bool forgetful = false;   // with an old session, the user's new one is forgotten
  bool hurried = false;     // a session hears of another chat of its user before it is ready
  // What somebody gets who asks for the thread of another user.
  enum class Strangers : std::uint8_t {
    refused,
    served,
    summary,  // a part of what the owner gets
    error,
    busy,
    silence,
    graphql,
    empty,
    told,
    forbidden,  // as a status in the body, with the id that was asked for
    page,       // of the app, which every unknown address answers
    greeted     // and refused then
  };
  Strangers strangers = Strangers::refused;
  bool lost_threads = false;  // nobody finds one, not even its owner
  bool terse = false;         // the owner is told nothing of his own
};

struct Room {
  struct Guest {
    Peer peer;
    std::string user;
    bool known = true;
  };
  explicit Room(Manners keeps) : manners(keeps) {}
  Manners manners;
  std::list<Guest> guests;
  std::map<std::string, std::string> owners;  // of the threads
  int requests = 0;                           // for them
};
using RoomPtr = std::shared_ptr<Room>;
using Guest = std::list<Room::Guest>::iterator;

std::string user_of(const Request& request) {
  return request.header("Authorization").ends_with("bob") ? "bob@example.com" : "alice@example.com";
}

asio::awaitable<void> tell_all(RoomPtr room, Guest from, std::string payload, bool last,
                               Peer& peer) {
  const std::string bytes = frame(op_text, payload);
  if (!room->manners.forgetful || from->known) co_await peer.write(bytes);
  const bool leaks = room->manners.broadcast || (room->manners.shared && !last);
  std::vector<Peer> others;
  for (auto& guest : room->guests)
    if (&guest != &*from && (leaks || (room->manners.same_user && guest.user == from->user)))
      others.push_back(guest.peer);
  for (Peer& other : others) co_await other.write(bytes);
}

// The turn echoes the thread and, as agents do, says what it thinks about.
Script turn(const RoomPtr& room, Guest from, const std::string& message) {
  const auto asked = text::Document::parse(message);
  const auto payload = asked->root().member("payload");
  const std::string thread = payload.member("thread_id").text();
  room->owners[thread] = from->user;
  const std::string of_thread = R"(,"thread_id":")" + (room->manners.shared ? "" : thread) + "\"";
  const std::string thought = text::json_quote("I think about " + payload.member("content").text());
  const std::string frames[] = {
      event("agent_started", of_thread),
      event("agent_thinking", of_thread + R"(,"thought":)" + thought),
      event("tool_executing", of_thread + R"(,"tool_name":"calculator","execution_id":"x1")"),
      event("tool_completed", of_thread + R"(,"results":{"n":42},"execution_id":"x1")"),
      event("agent_completed", of_thread + R"(,"final_response":"42 it is")")};
  Script script;
  for (const auto& one : frames)
    script.push_back(std::bind_front(tell_all, room, from, one, &one == std::end(frames) - 1));
  return script;
}

asio::awaitable<void> stay(RoomPtr room, Peer& peer) {
  const std::string user = user_of(peer.request());
  const std::string news = R"(,"number":)" + std::to_string(room->guests.size());
  const Guest me = room->guests.insert(room->guests.end(), {peer, user});
  const std::string thread = room->manners.one_thread ? "main-thread" : "";
  const std::string ready = R"({"type":"connection_established","data":{"user_id":")" + user +
                            R"(","thread_id":")" + thread + R"(","run_id":")" +
                            (room->manners.traced ? peer.request().header("X-Sonde-Run") : "") +
                            "\"}}";
  const std::string author = R"(,"user":{"id":"agent-of-everybody"})";
  if (room->manners.hurried && user.starts_with("alice"))
    co_await peer.write(frame(op_text, event("agent_started", author)));
  co_await peer.write(frame(op_text, ready));
  if (room->manners.hurried) co_await peer.write(frame(op_text, event("agent_thinking", author)));
  const bool first = std::ranges::count(room->guests, user, &Room::Guest::user) == 1;
  if (room->manners.noisy && !(room->manners.personal && first))
    co_await peer.write(frame(op_text, event("news", news)));
  const Act converse = on_message(std::bind_front(turn, room, me));
  co_await converse(peer);
  for (auto& guest : room->guests) guest.known &= guest.user != user;
  room->guests.erase(me);
}

// What the owner of a thread is served: his own data, and what changes each time.
std::string thread_of(const std::string& user, const std::string& id, int number) {
  return R"({"ok":true,"id":")" + id + R"(","title":"Notes of )" + user + R"(","request":)" +
         std::to_string(number) + R"(,"messages":[{"role":"user","author":")" + user + "\"}]}";
}

std::string told_to(Manners::Strangers strangers, const std::string& user, const std::string& id,
                    int number) {
  using enum Manners::Strangers;
  const std::string request = R"(,"request":)" + std::to_string(number) + "}";
  switch (strangers) {
    case served:
      return thread_of(user, id, number);
    case summary:
      return R"({"title":"Notes of )" + user + "\"" + request;
    case graphql:
      return R"({"errors":[{"message":"no such thread"}],"data":{"thread":null}})";
    case told:
      return R"({"error":"not found"})";
    case forbidden:
      return R"({"ok":true,"status":"forbidden","id":")" + id + "\"" + request;
    case page:
      return "<!doctype html><title>Chat</title><div id=app></div>";
    default:
      return "[]";
  }
}

// A thread, by its id behind the last '='; over HTTP or by an upgrade.
Script open_thread(const RoomPtr& room, const Request& request) {
  using enum Manners::Strangers;
  const bool upgrade = request.target().starts_with("/websocket");
  const std::string id = request.target().substr(request.target().find('=') + 1);
  const auto found = room->owners.find(id);
  if (found == room->owners.end() || room->manners.lost_threads) return {json(404, "{}")};
  const auto strangers = room->manners.strangers;
  const int number = ++room->requests;
  const bool own = found->second == user_of(request);
  if (upgrade && (own || strangers == served)) return {accept(), ready_message(), wait_for_close()};
  if (upgrade && strangers == greeted)
    return {accept(), ready_message(), pause(std::chrono::milliseconds(50)), close(4403), hang()};
  if (upgrade && strangers == silence) return {accept(), wait_for_close()};
  if (room->manners.terse)
    return {json(200, R"({"ok":true,"request":)" + std::to_string(number) + "}")};
  if (own) return {json(200, thread_of(found->second, id, number))};
  if (strangers == refused) return {json(403, "{}")};
  if (strangers == error || strangers == busy) return {json(strangers == error ? 500 : 503, "{}")};
  return {json(200, told_to(strangers, found->second, id, number))};
}

Script serve(const RoomPtr& room, const Request& request) {
  if (request.target().contains("thread=")) return open_thread(room, request);
  if (request.target() == "/auth/login")
    return {json(200, granted(request.body.contains("bob@") ? "token-of-bob" : "token-of-alice"))};
  return {accept(), std::bind_front(stay, room)};
}

ProbeRun meet(const Manners& manners, const DefaultConfig::Keys& keys = {}) {
  const Server server(Handler(std::bind_front(serve, std::make_shared<Room>(manners))));
  DefaultConfig usual(server.url(""));
  usual.kind("isolation");
  merge(usual.probe, keys);
  return walk(usual);
}

Scenario isolation(std::string name, Reason reason, std::string detail, Manners manners,
                   DefaultConfig::Keys keys = {}) {
  return {std::move(name), Step::isolation, reason, std::move(detail),
          std::bind_front(meet, manners, std::move(keys))};
}

const DefaultConfig::Keys by_request = {
    {"cross_access", R"({ url: "{{target.http}}/threads?thread={{other.vars.thread_id}}" })"}};
const DefaultConfig::Keys by_upgrade = {
    {"cross_access", R"({ url: "{{target.ws}}/websocket?thread={{other.vars.thread_id}}" })"}};

}  // namespace

Scenarios isolation_scenarios() {
  using enum Manners::Strangers;
  return {
      isolation("AThreadThatEveryTokenOpens", cross_user_leak, ", with bob-1's /messages/*/author",
                {.strangers = served}, by_request),
      isolation("ASummaryThatEveryTokenOpens", cross_user_leak, "Notes of bob",
                {.strangers = summary}, by_request),
      isolation("AThreadThatWelcomesEveryUpgrade", cross_user_leak, "the upgrade was welcomed",
                {.strangers = served}, by_upgrade),
      isolation("AThreadThatFailsForStrangers", no_refusal, "HTTP 500 twice", {.strangers = error},
                by_request),
      isolation("AThreadThatSaysNothingToStrangers", no_refusal, "no message came",
                {.strangers = silence}, by_upgrade),
      isolation("ABroadcastToEverybody", cross_user_leak, "received", {.broadcast = true}),
      isolation("AKernelThatUsersShare", cross_user_leak, "was meant for alice-1 alone",
                {.shared = true}),
      isolation("ATabThatReceivesTheOthers", session_shared, "was meant for alice-1 alone",
                {.same_user = true}, {{"same_user", "forbid"}}),
      isolation("AThreadThatUsersShare", session_shared, "main-thread", {.one_thread = true}),
      isolation("NewsForSomebodyWhoAskedNothing", foreign_event, "bob-2 asked nothing",
                {.noisy = true, .personal = true}),
  };
}

Scenarios unclear_trespasses() {
  return {isolation("AThreadThatItsOwnerDoesNotFind", refusal_unclear,
                    "bob-1 is not served its own", {.lost_threads = true}, by_request),
          isolation("AnAnswerThatSaysTheSameToEverybody", refusal_unclear,
                    "cannot be distinguished from a refusal", {.terse = true}, by_request),
          isolation("AServerThatIsBusyWhenAStrangerAsks", refusal_unclear, "HTTP 503 twice",
                    {.strangers = Manners::Strangers::busy}, by_request)};
}

namespace {

TEST(IsolationProbe, AServerThatRefusesStrangersPasses) {
  for (const auto& keys : {by_request, by_upgrade}) {
    const ProbeRun walked = meet({}, keys);
    EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  }
}

TEST(IsolationProbe, AServerThatKeepsUsersApartPasses) {
  const ProbeRun walked = meet({});
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_TRUE(walked.trace->auth().empty()) << "its logins are no samples of the auth rate";
}

TEST(IsolationProbe, NewsThatEverybodyIsToldWithNumbersOfTheirOwnPass) {
  const ProbeRun walked = meet({.noisy = true});
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
}

TEST(IsolationProbe, AMessageAtTheStartOfASessionThatIsSilentlyReadyPasses) {
  const ProbeRun walked = meet({}, {{"ready", "{ silent: true, type: [] }"}});
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
}

TEST(IsolationProbe, AnAuthorInAChatThatIsToldBeforeASessionIsReadyIsNotItsOwn) {
  const ProbeRun walked = meet({.hurried = true}, {{"ids", "[id]"}});
  EXPECT_NE(walked.verdict.reason, cross_user_leak) << walked.show();
}

TEST(IsolationProbe, ErrorsWithoutDataRefuseAStranger) {
  using enum Manners::Strangers;
  for (const auto strangers : {graphql, empty, told}) {
    const ProbeRun walked = meet({.strangers = strangers}, by_request);
    EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  }
}

TEST(IsolationProbe, AnAnswerThatShowsNothingOfTheOwnersRefusesAStranger) {
  using enum Manners::Strangers;
  for (const auto strangers : {forbidden, page}) {
    const ProbeRun walked = meet({.strangers = strangers}, by_request);
    EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  }
}

TEST(IsolationProbe, AStrangerWhoIsGreetedAndThenClosedOutIsRefused) {
  const ProbeRun walked = meet({.strangers = Manners::Strangers::greeted}, by_upgrade);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
}

TEST(IsolationProbe, SeveralTabsOfAUserMayReceiveTheSame) {
  const ProbeRun walked = meet({.same_user = true}, {{"abort", "false"}});
  EXPECT_NE(walked.verdict.step, Step::isolation) << walked.show();
}

TEST(IsolationProbe, SessionsOfOneUserThatTalkAtOnceMayHearOneAnother) {
  const ProbeRun walked = meet({.same_user = true});
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
}

TEST(IsolationProbe, ASessionThatIsForgottenWithTheOldOneOfItsUserFails) {
  const ProbeRun walked = meet({.forgetful = true}, {{"gap_max", "300ms"}, {"timeout", "2s"}});
  EXPECT_EQ(walked.verdict.step, Step::events) << walked.show();
  EXPECT_THAT(walked.verdict.detail, testing::StartsWith("alice-"));
}

TEST(IsolationProbe, EveryFrameSaysWhoseItIs) {
  const ProbeRun walked = meet({});
  std::set<std::string> sessions;
  for (const auto& one : walked.trace->frames()) sessions.insert(one.session);
  EXPECT_EQ(sessions, (std::set<std::string>{"alice-1", "bob-1", "bob-2", "alice-2", "alice-3"}));
}

TEST(IsolationProbe, ALeakOutranksAChatThatFailed) {
  const ProbeRun walked = meet({.broadcast = true, .forgetful = true}, {{"timeout", "2s"}});
  EXPECT_EQ(walked.verdict.reason, cross_user_leak) << walked.show();
}

TEST(IsolationProbe, TheIdOfOurOwnRunInAllSessionsIsNoLeak) {
  const ProbeRun walked = meet({.traced = true});
  EXPECT_FALSE(walked.trace->run_id().empty());
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
}

TEST(IsolationProbe, ALoginThatFailsIsNoLeak) {
  const Server server(Script{json(401, "{}")});
  DefaultConfig usual(server.url(""));
  usual.kind("isolation");
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.step, Step::login);
  EXPECT_EQ(walked.verdict.reason, credentials) << walked.show();
}

std::string mistakes(const DefaultConfig::Keys& keys) {
  DefaultConfig usual("127.0.0.1:9");
  usual.kind("isolation");
  merge(usual.probe, keys);
  return plan(usual.yaml()).wrong();
}

TEST(IsolationPlan, TheShortestFormIsRight) { EXPECT_EQ(mistakes({}), ""); }

TEST(IsolationPlan, ACanaryThatTwoSessionsMayShareIsAMistake) {
  for (const char* canary : {"sonde", "sonde-{{counter()}}", "{{rand(1,9)}}", "{{nonce(3)}}"})
    EXPECT_THAT(mistakes({{"canary", "\"" + std::string(canary) + "\""}}),
                testing::HasSubstr("two sessions may have the same one"));
  EXPECT_EQ(mistakes({{"canary", "\"c-{{uuid()}}\""}}), "");
}

TEST(IsolationPlan, OneUserAloneIsAMistakeUnlessTabsAreKeptApart) {
  EXPECT_THAT(mistakes({{"sessions", "[{ as: alice }, { as: alice }]"}}),
              testing::HasSubstr("all are of one user"));
  EXPECT_EQ(mistakes({{"sessions", "[{ as: alice }, { as: alice }]"}, {"same_user", "forbid"}}),
            "");
}

TEST(IsolationPlan, AnIdentityThatIsNotThereIsAMistakeWhereItIsNamed) {
  EXPECT_THAT(mistakes({{"sessions", "[{ as: alice }, { as: bop }]"}}),
              testing::HasSubstr("probes.p.sessions: there is no 'bop'; did you mean 'bob'?"));
}

TEST(IsolationPlan, WhatIsAskedOfTheOtherHasToBeKnown) {
  EXPECT_EQ(mistakes(by_request), "");
  EXPECT_THAT(mistakes({{"cross_access", R"({ url: "{{target.http}}/{{other.room}}" })"}}),
              testing::HasSubstr("{{room}} is not known"));
  EXPECT_THAT(mistakes({{"cross_access", R"({ url: "{{target.http}}" })"},
                        {"sessions", "[{ as: alice }, { as: bob, silent: true }]"}}),
              testing::HasSubstr("two users that are not silent"));
}

TEST(IsolationPlan, SessionsThatAllAreSilentAreAMistake) {
  EXPECT_THAT(mistakes({{"sessions", "[{ as: alice, silent: true }, { as: bob, silent: true }]"}}),
              testing::HasSubstr("silent"));
}

TEST(HoldPlan, ATimeoutThatDoesNotCoverTheHoldIsAMistake) {
  DefaultConfig usual("127.0.0.1:9");
  usual.kind("upgrade");
  usual.probe["hold"] = "{ for: 65s, ping: none, expect: still_open }";
  EXPECT_THAT(plan(usual.yaml()).wrong(), testing::HasSubstr("probes.p.hold: it holds for 65s"));
  usual.defaults["timeout"] = "90s";
  EXPECT_EQ(plan(usual.yaml()).wrong(), "");
}

}  // namespace
}  // namespace sonde::test::isolation_scenarios_test
