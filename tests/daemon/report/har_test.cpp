#include "daemon/report/har.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "probes/text/json.hpp"
#include "tests/daemon/core/made_results.hpp"

namespace sonde::report::har_test {
namespace {

using text::Json;
using Kind = text::Json::Kind;

// What HAR 1.2 requires of each of its objects (http://www.softwareishard.com/blog/har-12-spec/),
// as a schema: `list` for each item of an array, `object` for a member that is checked further.
struct Member {
  std::string_view name;
  Kind kind;
  const std::vector<Member>* of = nullptr;  // of the object, or of each object of the array
};
using Members = std::vector<Member>;

const Members pair = {{"name", Kind::string}, {"value", Kind::string}};
const Members timings = {{"blocked", Kind::number}, {"dns", Kind::number},
                         {"connect", Kind::number}, {"send", Kind::number},
                         {"wait", Kind::number},    {"receive", Kind::number},
                         {"ssl", Kind::number}};
const Members content = {{"size", Kind::number}, {"mimeType", Kind::string}};
const Members request = {{"method", Kind::string},        {"url", Kind::string},
                         {"httpVersion", Kind::string},   {"cookies", Kind::array, &pair},
                         {"headers", Kind::array, &pair}, {"queryString", Kind::array, &pair},
                         {"headersSize", Kind::number},   {"bodySize", Kind::number}};
const Members response = {{"status", Kind::number},        {"statusText", Kind::string},
                          {"httpVersion", Kind::string},   {"cookies", Kind::array, &pair},
                          {"headers", Kind::array, &pair}, {"content", Kind::object, &content},
                          {"redirectURL", Kind::string},   {"headersSize", Kind::number},
                          {"bodySize", Kind::number}};
const Members nothing = {};
const Members entry = {{"startedDateTime", Kind::string},   {"time", Kind::number},
                       {"request", Kind::object, &request}, {"response", Kind::object, &response},
                       {"cache", Kind::object, &nothing},   {"timings", Kind::object, &timings}};
const Members page_timings = {{"onContentLoad", Kind::number}, {"onLoad", Kind::number}};
const Members page = {{"startedDateTime", Kind::string},
                      {"id", Kind::string},
                      {"title", Kind::string},
                      {"pageTimings", Kind::object, &page_timings}};
const Members creator = {{"name", Kind::string}, {"version", Kind::string}};
const Members log_members = {{"version", Kind::string},
                             {"creator", Kind::object, &creator},
                             {"pages", Kind::array, &page},
                             {"entries", Kind::array, &entry}};
const Members har = {{"log", Kind::object, &log_members}};

// The first place that is not as the schema says; empty: all is.
std::string invalid(Json object, const Members& schema, const std::string& at = "") {
  if (object.kind() != Kind::object) return at + " is no object";
  for (const Member& member : schema) {
    const std::string path = at + "/" + std::string(member.name);
    const Json value = object.member(member.name);
    if (!value) return path + " is missing";
    if (value.kind() != member.kind) return path + " is of another type";
    if (member.of == nullptr) continue;
    if (value.kind() == Kind::object)
      if (auto wrong = invalid(value, *member.of, path); !wrong.empty()) return wrong;
    for (std::size_t i = 0; value.kind() == Kind::array && i < value.size(); ++i)
      if (auto wrong = invalid(value.item(i), *member.of, path + "/" + std::to_string(i));
          !wrong.empty())
        return wrong;
  }
  return "";
}

// A run with a health request, a chat over WebSocket, and an experiment.
MadeResult a_chat() {
  MadeResult made;
  Trace& trace = made.trace();
  trace.open(Phase::login, MadeResult::at(0));
  trace.enter(Phase::resolve, MadeResult::at(1));
  trace.enter(Phase::connect, MadeResult::at(4));
  trace.enter(Phase::tls, MadeResult::at(10));
  trace.enter(Phase::request, MadeResult::at(30));
  trace.enter(Phase::first_byte, MadeResult::at(31));
  trace.enter(Phase::body, MadeResult::at(61));
  trace.close(Phase::login, MadeResult::at(63));
  trace.exchange({.method = "POST",
                  .url = "https://a/login?as=alice%20b&x",
                  .sent = {{"content-type", "application/json"}},
                  .sent_body = R"({"user":"alice"})",
                  .status = 302,
                  .received = {{"Location", "/home"}, {"Content-Type", "text/html"}},
                  .body = "<p>\x01\xff</p>",
                  .body_bytes = 9,
                  .peer = "[::1]:443",
                  .at = MadeResult::at(30)});
  trace.open(Phase::upgrade, MadeResult::at(63));
  trace.enter(Phase::connect, MadeResult::at(64));
  trace.enter(Phase::request, MadeResult::at(70));
  trace.enter(Phase::first_byte, MadeResult::at(71));
  trace.close(Phase::upgrade, MadeResult::at(80));
  trace.exchange({.method = "GET",
                  .url = "wss://a/ws",
                  .status = 101,
                  .peer = "127.0.0.1:443",
                  .at = MadeResult::at(70)});
  trace.frame(Direction::out, "text", R"({"type":"user_message"})", MadeResult::at(100));
  trace.frame(Direction::in, "binary", "\x01\x02", MadeResult::at(120), true);
  trace.frame(Direction::in, "close", "", MadeResult::at(130));
  trace.finish(MadeResult::at(140));
  Trace aside(MadeResult::at(1300));
  aside.exchange(
      {.method = "GET", .url = "https://a/none", .status = 404, .at = MadeResult::at(1301)});
  trace.experiment({.name = "random_path", .at = MadeResult::at(1300)}, aside);
  made.failed(Step::events, Reason::missing_event);
  return made;
}

struct HarTest : testing::Test {
  text::Document document = text::Document::parse(as_har(a_chat().result(), "0.1.0")).value();
  Json log = document.root().member("log");
  Json entry_at(std::size_t index) const { return log.member("entries").item(index); }
  double number(Json object, std::string_view name) const {
    return object.member(name).number().value_or(-99);
  }
};

TEST_F(HarTest, HasAllThatHar12Requires) {
  EXPECT_EQ(invalid(document.root(), har), "");
  EXPECT_EQ(log.member("version").string(), "1.2");
  EXPECT_EQ(log.member("entries").size(), 3u);
}

TEST_F(HarTest, TheCheckOfThisTestFindsWhatIsMissing) {
  const auto other = text::Document::parse(R"({"log":{"version":"1.2","creator":{"name":"a"}}})");
  EXPECT_EQ(invalid(other->root(), har), "/log/creator/version is missing");
}

TEST_F(HarTest, TheTimesOfAnEntryAreThoseOfItsPhasesAndAddUp) {
  const Json of_entry = entry_at(0).member("timings");
  EXPECT_DOUBLE_EQ(number(of_entry, "dns"), 3);
  EXPECT_DOUBLE_EQ(number(of_entry, "connect"), 26) << "TLS is a part of it";
  EXPECT_DOUBLE_EQ(number(of_entry, "ssl"), 20);
  EXPECT_DOUBLE_EQ(number(of_entry, "send"), 1);
  EXPECT_DOUBLE_EQ(number(of_entry, "wait"), 30);
  EXPECT_DOUBLE_EQ(number(of_entry, "receive"), 2);
  EXPECT_DOUBLE_EQ(number(entry_at(0), "time"), 62);
  EXPECT_EQ(entry_at(0).member("startedDateTime").string(), "2026-01-02T03:04:05.679Z");
  EXPECT_DOUBLE_EQ(number(entry_at(1).member("timings"), "dns"), -1);
  EXPECT_DOUBLE_EQ(number(entry_at(1).member("timings"), "ssl"), -1);
  EXPECT_DOUBLE_EQ(number(entry_at(1).member("timings"), "connect"), 6);
}

TEST_F(HarTest, ShowsRequestAndAnswer) {
  const Json sent = entry_at(0).member("request");
  EXPECT_EQ(sent.member("postData").member("mimeType").string(), "application/json");
  EXPECT_EQ(sent.member("postData").member("text").string(), R"({"user":"alice"})");
  ASSERT_EQ(sent.member("queryString").size(), 2u);
  EXPECT_EQ(sent.member("queryString").item(0).member("value").string(), "alice b");
  const Json received = entry_at(0).member("response");
  EXPECT_EQ(number(received, "status"), 302);
  EXPECT_EQ(received.member("redirectURL").string(), "/home");
  EXPECT_EQ(received.member("content").member("mimeType").string(), "text/html");
  EXPECT_EQ(entry_at(0).member("serverIPAddress").string(), "::1");
  EXPECT_EQ(entry_at(2).member("comment").string(), "experiment random_path");
}

TEST_F(HarTest, FramesAreMessagesOfTheUpgrade) {
  EXPECT_FALSE(entry_at(0).member("_webSocketMessages"));
  const Json messages = entry_at(1).member("_webSocketMessages");
  ASSERT_EQ(messages.size(), 3u);
  EXPECT_EQ(messages.item(0).member("type").string(), "send");
  EXPECT_EQ(messages.item(0).member("data").string(), R"({"type":"user_message"})");
  EXPECT_NEAR(number(messages.item(0), "time"), 1'767'323'045.778, 0.001);
  EXPECT_EQ(number(messages.item(1), "opcode"), 2);
  EXPECT_EQ(messages.item(1).member("data").string(), "AQI=");
  EXPECT_EQ(number(messages.item(2), "opcode"), 8);
}

TEST(Har, OfARunWithoutExchangesIsValid) {
  const auto document = text::Document::parse(as_har(MadeResult().result(), "0.1.0"));
  ASSERT_TRUE(document);
  EXPECT_EQ(invalid(document->root(), har), "");
  EXPECT_EQ(document->root().member("log").member("entries").size(), 0u);
}

TEST(Har, FramesOfSeveralSessionsAreApart) {
  MadeResult made;
  Trace run(MadeResult::at(0));
  for (const char* who : {"alice-1", "bob-1"}) {
    Trace theirs(MadeResult::at(0));
    theirs.exchange({.method = "GET", .url = std::string("ws://a/") + who, .status = 101});
    theirs.frame(Direction::in, "text", who, MadeResult::at(5));
    made.trace().absorb(std::move(theirs), who);
  }
  const auto document = text::Document::parse(as_har(made.result(), "0.1.0"));
  const Json entries = document->root().member("log").member("entries");
  ASSERT_EQ(entries.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    const Json messages = entries.item(i).member("_webSocketMessages");
    ASSERT_EQ(messages.size(), 1u);
    EXPECT_TRUE(entries.item(i).member("request").member("url").string_or_empty().ends_with(
        messages.item(0).member("data").string_or_empty()));
  }
}

}  // namespace
}  // namespace sonde::report::har_test
