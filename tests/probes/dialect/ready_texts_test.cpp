#include <gmock/gmock.h>

#include "tests/support/chat_target.hpp"

// What is said, and shown, of sessions that do not become ready.
namespace sonde::test::ready_texts_test {
namespace {

using testing::HasSubstr;
using testing::Not;

ProbeRun greeted(const Act& greeting, const std::string& dialect) {
  const Server server(Handler([greeting](const Request& request) -> Script {
    if (request.target() == "/auth/login") return {json(200, granted())};
    return {accept(), greeting, wait_for_close()};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.socket["ready"] = "{ within: 150ms }";
  usual.probe["dialect"] = "d";
  usual.more = "dialects: { d: { type: [/type], " + dialect + " } }\n";
  return walk(usual);
}

TEST(ReadyTexts, AStepThatTookTheReadyMessageIsNamed) {
  const Act hello = text(R"({"type":"hello"})");
  const ProbeRun taken =
      greeted(hello, "steps: [{ expect: { type: hello } }], ready: { type: hello }");
  EXPECT_EQ(taken.verdict.reason, Reason::no_ready) << taken.show();
  EXPECT_THAT(taken.verdict.detail, HasSubstr("a step of the dialect has taken the one before"));
  const ProbeRun silent =
      greeted(hello, "steps: [{ expect: { type: hello } }], ready: { type: welcome }");
  EXPECT_THAT(silent.verdict.detail, Not(HasSubstr("a step of the dialect")));
}

TEST(ReadyTexts, TextInABinaryMessageIsShownAsText) {
  const ProbeRun walked = greeted(binary(R"({"type":"hello"})"), "ready: { type: hello }");
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  ASSERT_FALSE(walked.trace->frames().empty());
  EXPECT_EQ(walked.trace->frames().front().text, R"({"type":"hello"})");
  EXPECT_EQ(walked.trace->frames().front().kind, "binary");
}

TEST(ReadyTexts, BytesThatAreNoTextAreShownAsHexDigits) {
  const ProbeRun walked = greeted(binary("\xff\x01"), "ready: { type: hello }");
  ASSERT_FALSE(walked.trace->frames().empty());
  EXPECT_EQ(walked.trace->frames().front().text, "ff01");
}

}  // namespace
}  // namespace sonde::test::ready_texts_test
