#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "probes/net/websocket/ws_handshake.hpp"
#include "probes/upgrade/hold.hpp"
#include "tests/probes/scenarios/scenario.hpp"
#include "tests/support/tcp_server.hpp"

namespace sonde::test::hold_scenarios_test {
namespace {

using enum Reason;
using namespace std::chrono_literals;

// An upgrade that is held against a server which does `then` once it is ready.
ProbeRun held_by(const Script& script, const std::string& hold, const std::string& timeout) {
  const Server server(after_login(script));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.probe["hold"] = hold;
  usual.defaults["timeout"] = timeout;
  return walk(usual);
}

// Takes one session, and no further connection from then on; ends it after a while.
class LastSession {
 public:
  LastSession() {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&at), size), 0);
    EXPECT_EQ(::listen(listener_, 1), 0);
    EXPECT_EQ(::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size), 0);
    url_ = "ws://127.0.0.1:" + std::to_string(ntohs(at.sin_port));
    thread_ = std::jthread([this] { serve(); });
  }
  const std::string& url() const { return url_; }

 private:
  void serve() const {
    const int fd = ::accept(listener_, nullptr, nullptr);
    ::close(listener_);
    const Request request{.head = read_until(fd, "\r\n\r\n"), .body = {}};
    write_all(fd,
              "HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              "Sec-WebSocket-Accept: " +
                  net::accept_digest(request.header("Sec-WebSocket-Key")) + "\r\n\r\n" +
                  frame(op_text, R"({"type":"connection_established"})"));
    pollfd nothing{.fd = fd, .events = POLLIN, .revents = 0};
    ::poll(&nothing, 1, 1100);
    ::close(fd);
  }

  int listener_ = -1;
  std::string url_;
  std::jthread thread_;
};

ProbeRun stopped() {
  const LastSession last;
  const Server server(after_login({}));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.target["ws"] = last.url();
  usual.probe["hold"] = "{ for: 4s, ping: none }";
  return walk(usual);
}

ProbeRun held(const Script& then, const std::string& hold, const std::string& timeout) {
  Script script = {accept(), ready_message()};
  script.insert(script.end(), then.begin(), then.end());
  return held_by(script, hold, timeout);
}

Scenario hold(std::string name, Reason reason, std::string detail, Script then,
              std::string hold = "{ for: 2s }", std::string timeout = "5s") {
  return {std::move(name), Step::hold, reason, std::move(detail),
          std::bind_front(held, std::move(then), std::move(hold), std::move(timeout))};
}

constexpr const char* short_close = "{ for: 150ms, expect: { closed: [4401], within: 10s } }";

}  // namespace

Scenarios hold_scenarios() {
  return {
      hold("AProxyThatEndsASilentSession", idle_closed, "fin", {pause(1100ms), fin()}),
      hold("AProxyThatResetsASilentSession", idle_closed, "rst", {pause(1100ms), rst()}),
      hold("AFinAMomentAfterTheUpgrade", close_unclean, "0.1 s after", {pause(100ms), fin()}),
      hold("AFinWithinAFrame", close_unclean, "fin, within a frame",
           {pause(1100ms), send("\x81\x05he"), fin()}),
      hold("AFinInAChattySession", close_unclean, "without a Close",
           {pause(150ms), tell("news"), pause(20ms), fin()}),
      hold("ACloseWithoutACode", hold_expired, "the server closed without a code",
           {send(frame(op_close, "")), hang()}),
      {"AServerThatIsStopped", Step::hold, tcp_refused, "accepts no connection", stopped},
      hold("APolicyThatClosesAHeldSession", hold_expired, "closed with 4401 expired",
           {pause(50ms), close(4401, "expired"), hang()}),
      hold("AnAuthErrorFrameInAHeldSession", hold_expired, "authentication_error",
           {pause(50ms), tell("authentication_error"), hang()}),
      hold("ARestartOfTheServer", restarting, "1012", {pause(50ms), close(1012), hang()}),
      hold("AnExpiryThatNobodyLooksAt", not_closed, "still open", {wait_for_close()}, short_close),
      hold("AnExpiryWithAnotherCode", wrong_close, "closed with 1011", {close(1011), hang()},
           short_close),
      hold("APingWithoutPong", pong_missing, "pong", {hang()}, "{ for: 15s, ping: 20ms }", "20s"),
      hold("AHeldFrameThatIsNoJson", malformed, "is", {text("{"), hang()}),
      hold("AHeldFrameThatIsTooBig", message_too_big, "limits.frame",
           {text(std::string(2 * 1024 * 1024, 'x')), hang()}),
      hold("AFloodOfHeldFrames", too_many_frames, "1000",
           {endless(frame(op_text, event("news"))), hang()}),
      hold("AHeldFrameOfAnExtension", extension_fault, "reserved bits",
           {send(frame(op_text, "{}", {.rsv = 4})), hang()}),
      hold("AHeldFrameThatBreaksTheProtocol", protocol_error, "", {send(frame(3, "{}")), hang()}),
  };
}

Scenarios unclear_holds() {
  const Script late = {accept(), pause(100ms), ready_message(), wait_for_close()};
  return {{"AHoldThatTheDeadlineCuts", Step::hold, hold_unclear, "deadline",
           std::bind_front(held_by, late, "{ for: 280ms }", "300ms")}};
}

}  // namespace sonde::test::hold_scenarios_test

namespace sonde {
namespace {

using namespace std::chrono_literals;

// A server that goes on only after its heartbeat was answered, as the dialect says.
TEST(HoldProbe, AnswersTheHeartbeatsOfTheDialectForAsLongAsItHolds) {
  using namespace test;
  Script script = {accept(), ready_message()};
  for (int i = 0; i < 3; ++i)
    for (Act act : {test::text(R"({"type":"heartbeat"})"), expect(op_text), test::pause(30ms)})
      script.push_back(std::move(act));
  script.push_back(wait_for_close());
  const Server server(after_login(script));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.probe["hold"] = "{ for: 300ms, ping: none }";
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  const auto frames = server.frames(3);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(frames.at(i).payload, R"({"type":"heartbeat_ack"})");
}

// Against a login that says how long its token lives.
test::ProbeRun held_for(const std::string& lifetime, const std::string& expect) {
  using namespace test;
  const std::string grant = R"({"access_token":"opaque-token-4711","expires_in":)" + lifetime + "}";
  const Server server(Handler([grant](const Request& request) -> Script {
    if (request.target() == "/auth/login") return {json(200, grant)};
    return {accept(), ready_message(), test::pause(100ms), close(4401, "expired"), hang()};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.login["expires_in"] = "/expires_in";
  usual.probe["hold"] = "{ for: 2s, ping: none, expect: " + expect + " }";
  return walk(usual);
}

TEST(HoldProbe, AnOpaqueTokenThatIsClosedLongBeforeItExpiresIsNotClosedForThat) {
  const test::ProbeRun early = held_for("3600", "{ closed: [4401] }");
  EXPECT_EQ(early.verdict.reason, Reason::wrong_close) << early.show();
  EXPECT_THAT(early.verdict.detail, testing::HasSubstr("before its token expired"));
  const test::ProbeRun then = held_for("1", "{ closed: [4401] }");
  EXPECT_EQ(then.verdict.outcome, Outcome::pass) << then.show();
}

TEST(HoldProbe, AServerThatPingsUntilItEndsMeetsNoIdleLimit) {
  using namespace test;
  Script script = {accept(), ready_message()};
  for (int i = 0; i < 8; ++i)
    for (Act act : {test::ping("x"), test::pause(100ms)}) script.push_back(std::move(act));
  script.push_back(fin());
  const Server server(after_login(script));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.probe["hold"] = "{ for: 3s, ping: none }";
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.reason, Reason::close_unclean) << walked.show();
}

TEST(HoldProbe, AnEndWithoutACloseMayBeWhatIsExpected) {
  using namespace test;
  for (const auto& [end, code] :
       {std::pair<Act, const char*>{fin(), "1006"}, {send(frame(op_close, "")), "1005"}}) {
    const Server server(after_login({accept(), ready_message(), test::pause(50ms), end}));
    DefaultConfig usual(server.url(""));
    usual.kind("upgrade");
    usual.probe["hold"] = "{ for: 2s, expect: { closed: [" + std::string(code) + "] } }";
    const ProbeRun walked = walk(usual);
    EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << code << walked.show();
  }
}

TEST(HoldProbe, SendsWhatADialectSendsFromTimeToTime) {
  using namespace test;
  Script script = {accept(), ready_message()};
  for (int i = 0; i < 3; ++i) script.push_back(expect(op_text));
  script.push_back(wait_for_close());
  const Server server(after_login(script));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.probe["hold"] = "{ for: 500ms, ping: none }";
  usual.probe["dialect"] = "beating";
  usual.more =
      "dialects: { beating: { extends: agent-events, timed: { every: 50ms, send: beat } } }";
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_EQ(server.frames(3).front().payload, "beat");
}

// Held from 0 s; the token expired at 60 s.
struct Story {
  upgrade::Hold hold{.length = 90s, .ping = {}, .expect = {}};
  upgrade::Held held;
  Story() {
    held.expires = at(60s);
    held.over = at(90s);
    held.heard = held.over;
  }
  static Instant at(Span span) { return Instant{} + 1h + span; }
  std::string judge() {
    held.begun = at(0s);
    const auto failure = judge_hold(hold, held);
    return failure ? std::string(name(failure->reason)) : "none";
  }
  std::string closed(int code, Span when) {
    held.ending = Ending{.by = EndedBy::close_frame, .code = code, .reason = {}};
    held.over = at(when);
    return judge();
  }
  std::string cut(EndedBy by, Span when, Span silent) {
    held.ending = Ending{.by = by, .code = 0, .reason = {}};
    held.over = at(when);
    held.heard = at(when - silent);
    return judge();
  }
};

TEST(Hold, ASessionThatOutlivesItsTokenIsGoodWhereItShouldStayOpen) {
  EXPECT_EQ(Story().judge(), "none");
}

TEST(Hold, ACloseOfTheRightCodeAfterTheExpiryIsGoodWhereItShouldBeClosed) {
  Story story;
  story.hold.expect = {.closed = true, .codes = {4401, 1008}, .within = 10s};
  EXPECT_EQ(story.closed(4401, 61s), "none");
  EXPECT_EQ(story.closed(1008, 69s), "none");
  EXPECT_EQ(story.closed(4403, 61s), "wrong_close");
  EXPECT_EQ(story.closed(4401, 20s), "wrong_close") << "long before the token expired";
}

TEST(Hold, IsNoLongerThanTheServerMayTakeToClose) {
  Story story;
  story.hold.expect = {.closed = true, .codes = {4401}, .within = 10s};
  EXPECT_EQ(hold_until(story.hold, story.at(0s), story.at(60s)), story.at(70s));
  EXPECT_EQ(hold_until(story.hold, story.at(0s), story.at(85s)), story.at(90s));
  EXPECT_EQ(hold_until(story.hold, story.at(0s), std::nullopt), story.at(90s));
  EXPECT_EQ(hold_until(upgrade::Hold{.length = 90s, .ping = {}, .expect = {}}, story.at(0s),
                       story.at(1s)),
            story.at(90s));
}

TEST(Hold, ATokenThatOutlivesTheHoldSaysNothing) {
  Story story;
  story.hold.expect = {.closed = true, .codes = {4401}, .within = 10s};
  story.held.expires = story.at(900s);
  EXPECT_EQ(story.judge(), "hold_unclear");
  story.held.expires.reset();
  EXPECT_EQ(story.judge(), "not_closed");
}

TEST(Hold, AnIdleLimitIsToldFromALimitOnTheWholeConnection) {
  Story story;
  story.held.survived = 20s;  // pings every 20 s were answered
  EXPECT_EQ(story.cut(EndedBy::fin, 65s, 5s), "close_unclean");
  EXPECT_EQ(story.cut(EndedBy::rst, 65s, 30s), "idle_closed");
  story.held.survived = {};
  EXPECT_EQ(story.cut(EndedBy::fin, 60s, 60s), "idle_closed");
}

}  // namespace
}  // namespace sonde
