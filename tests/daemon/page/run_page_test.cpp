#include "daemon/page/run_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/core/recorded_run.hpp"
#include "daemon/core/result_json.hpp"
#include "tests/daemon/page/hand_overview.hpp"

namespace sonde::page::run_page_test {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

// A run of a chat that lost an event, as the store keeps it.
struct RunPageTest : testing::Test {
  std::shared_ptr<Trace> trace = std::make_shared<Trace>(Instant{});
  Result result{.check = make_check("chat"),
                .verdict = Verdict::of(Step::events, {Reason::missing_event, "no tool_completed"}),
                .started = noon,
                .begun = Instant{},
                .took = milliseconds(400)};
  std::string passed_json;
  bool admin = false;

  void SetUp() override {
    trace->open(Phase::login, at(0));
    trace->enter(Phase::connect, at(1));
    trace->enter(Phase::first_byte, at(3));
    trace->close(Phase::login, at(50));
    trace->enter(Phase::events, at(100));
    trace->leave(at(400));
    trace->event({"agent_started", EventState::received, milliseconds(20)});
    trace->event({"tool_completed", EventState::missing, {}});
    trace->event({"agent_started", EventState::duplicate, milliseconds(25)});
    trace->exchange({.method = "POST",
                     .url = "http://t/login",
                     .sent = {{"Accept", "*/*"}},
                     .sent_body = "{}",
                     .status = 200,
                     .received = {{"Server", "<x>"}},
                     .body = "line one\nline two",
                     .body_bytes = 17,
                     .peer = "127.0.0.1:80",
                     .at = at(3)});
    trace->frame(Direction::in, "text", "<script>alert(1)</script>", at(120));
    trace->remark("not JSON");
    trace->refusals.push_back({"no_token", RefusalNote::State::refused, ""});
    trace->refusals.push_back({"garbage_token", RefusalNote::State::failed, "got ready"});
    trace->refusals.push_back({"other", RefusalNote::State::not_performed, "paused"});
    trace->tls({.version = "TLSv1.3",
                .cipher = "AES",
                .subject = "CN=t",
                .issuer = "CN=ca",
                .not_after = 1'893'456'000,
                .host_port = "t:443"});
  }
  static Instant at(int millis) { return Instant{} + milliseconds(millis); }
  std::string page() {
    result.trace = trace;
    auto read = result_from_json(as_json(result));
    EXPECT_TRUE(read) << read.error();
    RunView view{.now = noon,
                 .version = "1",
                 .run = {.id = std::string(32, 'a'), .ended = noon},
                 .events = {"agent_started", "agent_thinking", "tool_completed", "agent_completed"},
                 .result = *std::move(read),
                 .passed = {},
                 .passed_result = {},
                 .admin = admin};
    if (!passed_json.empty()) {
      view.passed = std::string(32, 'b');
      view.passed_result = result_from_json(passed_json).value();
    }
    return run_page(view);
  }
};

TEST_F(RunPageTest, AMissingEventStandsWhereItShouldHaveCome) {
  trace->event({"agent_completed", EventState::received, milliseconds(60)});
  const std::string html = page();
  const auto lane = html.find("class=\"lane\"");
  ASSERT_NE(lane, html.npos);
  const auto missing = html.find("tool_completed", lane);
  EXPECT_LT(html.find("agent_started", lane), missing);
  EXPECT_LT(missing, html.find("agent_completed", lane));
}

TEST_F(RunPageTest, AWrongOrderIsMarkedAndTheExpectedOneIsSaid) {
  trace = std::make_shared<Trace>(Instant{});
  trace->event({"agent_started", EventState::received, milliseconds(10)});
  trace->event({"tool_completed", EventState::received, milliseconds(20)});
  trace->event({"agent_thinking", EventState::received, milliseconds(30)});
  trace->event({"agent_completed", EventState::received, milliseconds(40)});
  trace->delivered = false;
  result.verdict = Verdict::of(Step::events, {Reason::out_of_order, ""});
  const std::string html = page();
  EXPECT_THAT(html, HasSubstr("<li class=\"out_of_order\"><b>tool_completed</b>"));
  EXPECT_THAT(html, HasSubstr("<li class=\"received\"><b>agent_thinking</b>"));
  EXPECT_THAT(html, HasSubstr("Expected order: agent_started, agent_thinking, tool_completed, "
                              "agent_completed."));
  EXPECT_THAT(html, HasSubstr("<dd>all came, but in the wrong order</dd>"));
}

TEST_F(RunPageTest, AnEventThatComesAgainInARightOrderIsNotMarked) {
  trace->event({"agent_thinking", EventState::received, milliseconds(30)});
  trace->event({"tool_completed", EventState::received, milliseconds(40)});
  trace->event({"agent_thinking", EventState::received, milliseconds(50)});
  EXPECT_THAT(page(), Not(HasSubstr("out_of_order")));
  EXPECT_THAT(page(), Not(HasSubstr("Expected order")));
}

TEST_F(RunPageTest, SaysWhyWithTheHelpOfTheReason) {
  const std::string html = page();
  EXPECT_THAT(html, HasSubstr("<b>events/missing_event</b> A required event never came."));
  EXPECT_THAT(html, HasSubstr("no tool_completed"));
  EXPECT_THAT(html, HasSubstr("/api/v1/runs/" + std::string(32, 'a')));
}

TEST_F(RunPageTest, TheWaterfallNestsPhases) {
  const std::string html = page();
  EXPECT_THAT(html, HasSubstr("class=\"d0\">login<"));
  EXPECT_THAT(html, HasSubstr("class=\"d1\">connect<"));
  EXPECT_THAT(html, HasSubstr("class=\"d1\">first_byte<"));
  EXPECT_THAT(html, HasSubstr("class=\"d0\">events<"));
}

TEST_F(RunPageTest, EventsAreInTheOrderOfTheirTimeAndMissingOnesLast) {
  const std::string html = page();
  const auto received = html.find("<li class=\"received\"><b>agent_started");
  const auto twice = html.find("<li class=\"duplicate\"><b>agent_started");
  const auto missing =
      html.find("<li class=\"missing\"><b>tool_completed</b><small>missing</small>");
  ASSERT_NE(missing, html.npos);
  EXPECT_LT(received, twice);
  EXPECT_LT(twice, missing);
}

TEST_F(RunPageTest, RefusalChecksSayWhatHappened) {
  const std::string html = page();
  EXPECT_THAT(html, HasSubstr("rejected, as it should be"));
  EXPECT_THAT(html, HasSubstr("let in or not rejected cleanly"));
  EXPECT_THAT(html, HasSubstr("not performed"));
  EXPECT_THAT(html, HasSubstr("got ready"));
}

TEST_F(RunPageTest, TextsOfTheServerAreTexts) {
  const std::string html = page();
  EXPECT_THAT(html, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(html, HasSubstr("Server: &lt;x&gt;"));
  EXPECT_THAT(html, HasSubstr("line one\nline two"));
  EXPECT_THAT(html, HasSubstr("not JSON"));
}

TEST_F(RunPageTest, ShowsTheCertificateOfEachServer) {
  EXPECT_THAT(page(), HasSubstr("<td>CN=t</td><td>CN=ca</td><td>2030-01-01</td>"));
}

TEST_F(RunPageTest, ExperimentsAreApartFromTheRun) {
  trace->experiment({.name = "random_path",
                     .question = "the same token at a path that does not exist",
                     .answer = "HTTP 404",
                     .at = at(500),
                     .took = milliseconds(5)},
                    Trace(Instant{}));
  EXPECT_THAT(page(), HasSubstr("the same token at a path that does not exist</th><td>HTTP 404"));
}

TEST_F(RunPageTest, IsComparedWithTheLastRunThatPassed) {
  Result passed = result;
  passed.verdict = Verdict::pass();
  auto other = std::make_shared<Trace>(Instant{});
  other->enter(Phase::connect, at(0));
  other->enter(Phase::close, at(4));
  other->leave(at(6));
  other->exchange({.method = "POST", .url = "http://t/login", .status = 201, .at = at(0)});
  passed.trace = other;
  passed_json = as_json(passed);
  const std::string html = page();
  EXPECT_THAT(html, HasSubstr("passing run: POST http://t/login → 201<br>this run: POST "
                              "http://t/login → 200"));
  EXPECT_THAT(html, HasSubstr("<td>2.0 ms</td><td>4.0 ms</td><td>-2.0 ms</td>"));
  EXPECT_THAT(html, HasSubstr("<td>not reached</td>"));
  EXPECT_THAT(html, HasSubstr("/runs/" + std::string(32, 'b')));
}

TEST_F(RunPageTest, RunNowIsOfferedWhereChangesAreAllowed) {
  EXPECT_THAT(page(), Not(HasSubstr("Run now")));
  admin = true;
  EXPECT_THAT(page(), HasSubstr("Run now"));
}

TEST_F(RunPageTest, AnyTranscriptMakesAPage) {
  for (const std::string members :
       {"", R"(,"phases":7,"events":[1,null,{}],"exchanges":[[]])",
        R"(,"phases":[{"name":1,"at":1e300,"seconds":-1e300}],"seconds":1e999)",
        R"(,"phases":[{"name":"connect","at":1e300,"seconds":-1e300}],"seconds":1e300)",
        R"(,"exchanges":[{"status":1e99,"body_bytes":-5,"sent":[{"name":{}}]}])"}) {
    auto read = result_from_json(R"({"probe":"p","verdict":"fail")" + members + "}");
    ASSERT_TRUE(read) << members << ": " << read.error();
    RunView view{.now = noon, .version = "1", .run = {.ended = noon}, .result = *std::move(read)};
    EXPECT_THAT(run_page(view), HasSubstr("</html>")) << members;
  }
}

}  // namespace
}  // namespace sonde::page::run_page_test
