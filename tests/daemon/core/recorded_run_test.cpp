#include "daemon/core/recorded_run.hpp"

#include <gtest/gtest.h>

#include "daemon/core/result_json.hpp"
#include "tests/daemon/core/made_results.hpp"

namespace sonde::recorded_run_test {
namespace {

using namespace std::chrono_literals;

MadeResult full() {
  MadeResult made = made_chat();
  made.failed(Step::events, Reason::missing_event, "tool_completed never came\x1b")
      .concluded(Reason::clock_skew)
      .attempt(2);
  Trace& trace = made.trace();
  trace.exchange({.method = "GET",
                  .url = "https://a/ws?x=1",
                  .sent = {{"X-A", "b"}},
                  .sent_body = "sent",
                  .status = 101,
                  .received = {{"Upgrade", "websocket"}},
                  .body = "received",
                  .body_bytes = 900,
                  .peer = "127.0.0.1:443",
                  .at = MadeResult::at(52)});
  made.frame(Direction::out, R"({"type":"user_message"})", 100);
  trace.frame(Direction::in, "binary", "\x01\x02", MadeResult::at(120), true);
  trace.remark("this is no JSON");
  trace.tls({.version = "TLSv1.3",
             .cipher = "C",
             .alpn = "http/1.1",
             .subject = "CN=a",
             .issuer = "CN=b",
             .not_after = 1'800'000'000,
             .host_port = "a:443"});
  trace.peer("127.0.0.1:443");
  trace.ended({.by = EndedBy::close_frame, .code = 1011, .reason = "oops"});
  trace.refusals = {{"no_token", RefusalNote::State::refused, ""},
                    {"garbage", RefusalNote::State::not_performed, "no login"}};
  trace.experiment({.name = "random_path",
                    .question = "?",
                    .answer = "404",
                    .at = MadeResult::at(1300),
                    .took = 5ms},
                   Trace(MadeResult::at(1300)));
  trace.separated = "the path is wrong";
  trace.reachable = true;
  trace.delivered = false;
  trace.skew = -3s;
  return made;
}

TEST(RecordedRun, IsTheSameAsTheOneThatWasRecorded) {
  Result result = full().result();
  result.id = "6b0ec3400123456789abcdef01234567";
  const std::string json = as_json(result);
  const auto back = result_from_json(json);
  ASSERT_TRUE(back) << back.error();
  EXPECT_EQ(as_json(*back), json);
}

TEST(RecordedRun, APassAndASkippedTickComeBack) {
  for (MadeResult made : {made_chat(), MadeResult().failed(Step::health, Reason::overlap)}) {
    const std::string json = as_json(made.result());
    const auto back = result_from_json(json);
    ASSERT_TRUE(back) << back.error();
    EXPECT_EQ(as_json(*back), json);
  }
}

TEST(RecordedRun, SaysWhyATextIsNone) {
  for (const char* text : {"", "{", "[]", "null", "7", R"({"probe":"a"})",
                           R"({"probe":"a","verdict":"great"})", R"({"verdict":"pass"})"}) {
    const auto back = result_from_json(text);
    ASSERT_FALSE(back) << text;
    EXPECT_TRUE(back.error().contains("JSON") || back.error().contains("transcript"));
  }
}

// A file may come from anywhere.
TEST(RecordedRun, LeavesOutWhatIsOfAnotherType) {
  const auto back = result_from_json(
      R"({"probe":"a","verdict":"fail","step":7,"reason":"no such reason","seconds":1e308,)"
      R"("attempt":-1e300,"started":"yesterday","id":"../../etc/passwd","phases":{"a":1},)"
      R"("events":[7,{"name":"x","state":"nonsense"}],"exchanges":[null,{"status":1e99,"sent":[1]}],)"
      R"("frames":[{"kind":"evil","bytes":-4,"at":-1e300}],"tls":"x","ending":[],"skew_seconds":"x"})");
  ASSERT_TRUE(back) << back.error();
  EXPECT_EQ(back->id, "");
  EXPECT_EQ(back->attempt, 1);
  EXPECT_TRUE(back->trace->phases().empty());
  EXPECT_TRUE(back->trace->events().empty());
  EXPECT_EQ(back->trace->exchanges().size(), 2u);
  ASSERT_EQ(back->trace->frames().size(), 1u);
  EXPECT_EQ(back->trace->frames()[0].kind, "frame");
  EXPECT_FALSE(as_json(*back).empty());
}

}  // namespace
}  // namespace sonde::recorded_run_test
