#include <gmock/gmock.h>

#include <algorithm>
#include <list>

#include "tests/probes/scenarios/products.hpp"

namespace sonde::test::product_habits_test {

// gtest would print its bytes.
static void PrintTo(const Product& product, std::ostream* out) { *out << product.name; }

namespace {

namespace asio = boost::asio;
using testing::HasSubstr;
using enum Out::To;

struct Hub {
  const Product& product;
  bool open = false;   // any token will do
  bool leaks = false;  // what is the user's goes to everybody
  std::list<Guest> guests = {};
  int sessions = 0;
};
using HubPtr = std::shared_ptr<Hub>;

std::string user_in(std::string_view text, bool open) {
  if (text.contains("token-of-bob")) return "bob";
  return text.contains("token-of-alice") || open ? "alice" : "";
}

std::string close_payload(int code) {
  return {static_cast<char>(code >> 8), static_cast<char>(code & 255)};
}

std::string bytes_of(Guest& guest, const Out& out) {
  if (out.close != 0) return frame(op_close, close_payload(out.close));
  std::string payload = out.payload;
  if (const auto at = payload.find("%SEQ%"); at != payload.npos)
    payload.replace(at, 5, std::to_string(guest.seq++));
  return frame(op_text, payload);
}

asio::awaitable<void> tell_out(HubPtr hub, std::list<Guest>::iterator from, Out out, Peer&) {
  std::vector<std::pair<Peer, std::string>> writes;  // a guest may leave meanwhile
  for (Guest& guest : hub->guests) {
    const bool self = &guest == &*from;
    const bool other_user = guest.user != from->user;
    const bool leak = hub->leaks && (out.to == user || out.to == chat);
    const bool all = out.to == everybody || leak;
    if (self ? out.to != others
             : !guest.user.empty() &&
                   (all || (out.to == user && !other_user) || (out.to == others && other_user)))
      writes.emplace_back(guest.peer, bytes_of(guest, out));
  }
  for (auto& [peer, bytes] : writes) co_await peer.write(bytes);
}

Script say_all(const HubPtr& hub, std::list<Guest>::iterator from, const Outs& outs) {
  Script script;
  for (const Out& out : outs) script.push_back(std::bind_front(tell_out, hub, from, out));
  return script;
}

Script reply(const HubPtr& hub, std::list<Guest>::iterator me, const std::string& message) {
  if (me->user.empty()) me->user = user_in(message, hub->open && message.contains("token"));
  return say_all(hub, me, hub->product.hear(*me, message));
}

asio::awaitable<void> stay(HubPtr hub, Peer& peer) {
  const auto me = hub->guests.insert(
      hub->guests.end(),
      {.peer = peer, .user = user_in(peer.request().head, false), .number = ++hub->sessions});
  if (hub->product.greet)
    for (const auto& act : say_all(hub, me, hub->product.greet(*me))) co_await act(peer);
  const Act converse = on_message(std::bind_front(reply, hub, me));
  co_await converse(peer);
  hub->guests.erase(me);
}

Script serve(const HubPtr& hub, const Request& request) {
  if (request.target() == "/auth/login")
    return {json(200, granted(request.body.contains("bob@") ? "token-of-bob" : "token-of-alice"))};
  return {accept(hub->product.selects), std::bind_front(stay, hub)};
}

std::string run(const Product& product, const std::string& kind, const DefaultConfig::Keys& keys,
                bool open = false, bool leaks = false) {
  // Only the server has the hub, because the sockets of its guests must not outlive the server.
  const Server server(Handler(std::bind_front(
      serve, std::make_shared<Hub>(Hub{.product = product, .open = open, .leaks = leaks}))));
  DefaultConfig usual(server.url(""));
  usual.kind(kind);
  usual.socket["token_in"] = "none";
  usual.socket["ready"] = "";
  merge(usual.probe, product.probe);
  merge(usual.socket, product.socket);
  merge(usual.probe, keys);
  usual.more = product.dialects;
  const ProbeRun walked = walk(usual);
  return walked.verdict.outcome == Outcome::pass ? "pass" : walked.show();
}

std::vector<Product> products() {
  auto all = own_products();
  const auto more = built_in_products();
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

class Habits : public testing::TestWithParam<Product> {};

TEST_P(Habits, AGoodChatPasses) { EXPECT_EQ(run(GetParam(), "chat", {{"ids", ""}}), "pass"); }

TEST_P(Habits, WhoHasNoGoodTokenIsRefused) {
  EXPECT_EQ(
      run(GetParam(), "upgrade",
          {{"ids", ""}, {"refuse", "[no_token, garbage_token]"}, {"ready", "{ within: 300ms }"}}),
      "pass");
}

TEST_P(Habits, AServerThatLetsEverybodyInFails) {
  if (GetParam().greet && GetParam().socket.contains("token_in")) return;
  EXPECT_THAT(
      run(GetParam(), "upgrade",
          {{"ids", ""}, {"refuse", "[garbage_token]"}, {"ready", "{ within: 300ms }"}}, true),
      HasSubstr("fail refuse/auth_fail_open"));
}

TEST_P(Habits, UsersWhoAreKeptApartPass) { EXPECT_EQ(run(GetParam(), "isolation", {}), "pass"); }

TEST_P(Habits, AnAnswerThatGoesToEverybodyIsALeak) {
  EXPECT_THAT(run(GetParam(), "isolation", {}, false, true),
              HasSubstr("isolation/cross_user_leak"));
}

// A product that tells Alice who is typing in a room for everybody before she is ready, and Bob
// later. `shares`: the room that both are given is one.
std::string run_lobby(bool shares) {
  Product lobby{.name = "Lobby"};
  lobby.dialects = R"(
dialects:
  d:
    type: [/type]
    rules: [ { when: { type: typing }, ignore: true } ]
    steps:
      - send: { type: join, token: "{{token}}" }
        expect: { type: joined }
    ready: { type: ready }
    vars: { id: "{{nonce(12)}}" }
    send: { type: say, text: "{{prompt}}", id: "{{vars.id}}" }
    correlate: { /re: "{{vars.id}}" }
    events:
      thinking: { type: thinking, min: 1 }
      said: { type: said, min: 1, after: [thinking], terminal: ok }
    answer: [/text]
)";
  lobby.probe = {{"dialect", "d"}, {"ids", "[room]"}};
  lobby.hear = [shares](Guest& guest, const std::string& message) -> Outs {
    const std::string typing = R"({"type":"typing","room":"the-general-room"})";
    const std::string room = shares ? "the-common-room" : "room-of-" + guest.user;
    if (message.contains(R"("type":"join")")) {
      Outs outs = {{R"({"type":"joined","room":")" + room + "\"}"}, {R"({"type":"ready"})"}};
      if (guest.user == "alice") outs.insert(outs.begin() + 1, {typing});
      return outs;
    }
    const std::string rest =
        R"(,"room":")" + room + R"(","re":")" + text_at(message, R"("id":")") + "\"}";
    return {{typing},
            {R"({"type":"thinking","text":")" + thought(message) + "\"" + rest, user},
            {R"({"type":"said","text":"42 it is")" + rest, user}};
  };
  return run(lobby, "isolation", {});
}

TEST(LobbyHabits, ARoomThatABroadcastNamesBeforeASessionIsReadyIsNotItsOwn) {
  EXPECT_EQ(run_lobby(false), "pass");
}

TEST(LobbyHabits, TheAnswerToAStepGivesASessionItsRoom) {
  EXPECT_THAT(run_lobby(true), HasSubstr("session_shared"));
}

INSTANTIATE_TEST_SUITE_P(Products, Habits, testing::ValuesIn(products()),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace sonde::test::product_habits_test
