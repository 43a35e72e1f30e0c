#include "probes/dialect/http_send.hpp"

#include <gmock/gmock.h>

#include <mutex>

#include "tests/support/chat_target.hpp"

// A chat that is asked by HTTP and answered on the socket.
namespace sonde::test::http_send_test {
namespace {

using testing::HasSubstr;

// What the request asked, until the session answers it.
struct Mailbox {
  int status = 202;
  std::vector<std::string> asked;
  std::string authorization;
};
using MailboxPtr = std::shared_ptr<Mailbox>;
// The sessions that hear the answer. The server alone owns them, for they may not outlive it.
using Listeners = std::shared_ptr<std::vector<Peer>>;

boost::asio::awaitable<void> listen(Listeners listeners, Peer& peer) {
  listeners->push_back(peer);
  co_return;
}

std::string frame_of(const std::string& type, const std::string& body) {
  const auto asked = text::Document::parse(body);
  const auto id = asked ? asked->root().member("thread_id").string_or_empty() : "";
  return frame(op_text,
               R"({"type":")" + type + R"(","thread_id":")" + id + R"(","final_response":"42"})");
}

// The answer comes before the status of the request.
boost::asio::awaitable<void> publish(Listeners listeners, std::string body, Peer&) {
  for (Peer& listener : *listeners)
    for (const char* type : {"agent_started", "agent_thinking", "tool_executing", "tool_completed",
                             "agent_completed"}) {
      auto writing = listener.write(frame_of(type, body));
      co_await std::move(writing);
    }
}

Script serve(const MailboxPtr& mailbox, const Listeners& listeners, const Request& request) {
  if (request.target() == "/auth/login") return {json(200, granted())};
  if (request.target() != "/ask")
    return {accept(), ready_message(), std::bind_front(listen, listeners), wait_for_close()};
  mailbox->asked.push_back(request.body);
  mailbox->authorization = request.header("Authorization");
  if (mailbox->status == 0) return {hang()};
  if (mailbox->status != 202) return {json(mailbox->status, R"({"error":"busy"})")};
  return {std::bind_front(publish, listeners, request.body), json(202, R"({"accepted":true})")};
}

struct Asked {
  ProbeRun walked;
  Mailbox mailbox;
};

Asked ask(int status = 202, const std::string& url = "{{target.http}}/ask") {
  const auto mailbox = std::make_shared<Mailbox>(Mailbox{.status = status});
  ProbeRun walked = [&] {
    const Server server(
        Handler(std::bind_front(serve, mailbox, std::make_shared<std::vector<Peer>>())));
    DefaultConfig usual(server.url(""));
    usual.kind("chat");
    usual.probe["dialect"] = "asked";
    usual.probe["prompt"] = R"("What is 6 times 7?")";
    if (status == 0) usual.probe["timeout"] = "1s";
    usual.probe["challenge"] = "";
    usual.probe["answer"] = R"({ equals: "42" })";
    usual.more = R"(dialects:
  asked:
    extends: agent-events
    vars: { thread_id: "{{uuid()}}" }
    request:
      url: ")" + url +
                 R"("
      headers: { Authorization: "Bearer {{token}}" }
      json: { thread_id: "{{vars.thread_id}}", text: "{{prompt}}" }
      status: [202]
)";
    return walk(usual);
  }();
  return {std::move(walked), *mailbox};
}

TEST(HttpSend, AsksByARequestAndHearsTheAnswerOnTheSocket) {
  const Asked asked = ask();
  EXPECT_EQ(asked.walked.verdict.outcome, Outcome::pass) << asked.walked.show();
  ASSERT_EQ(asked.mailbox.asked.size(), 1U);
  EXPECT_THAT(asked.mailbox.asked.front(), HasSubstr("What is 6 times 7?"));
  EXPECT_EQ(asked.mailbox.authorization, "Bearer " + std::string(granted_token));
}

TEST(HttpSend, ThatIsRefusedFailsAsNotSentWithTheAnswersOwnError) {
  for (const int status : {200, 401, 500}) {
    const Asked asked = ask(status);
    EXPECT_EQ(asked.walked.verdict.step, Step::events);
    EXPECT_EQ(asked.walked.verdict.reason, Reason::send_failed) << asked.walked.show();
    EXPECT_THAT(asked.walked.verdict.detail, HasSubstr("HTTP " + std::to_string(status)));
  }
}

TEST(HttpSend, ThatIsNotAnsweredIsNamedWhereTheDeadlinePasses) {
  const Asked asked = ask(0);
  EXPECT_EQ(asked.walked.verdict.reason, Reason::timeout) << asked.walked.show();
  EXPECT_THAT(asked.walked.verdict.detail, HasSubstr("the request that sends, POST http"));
}

TEST(HttpSend, ThatReachesNobodyFailsAsNotSent) {
  const Asked asked = ask(202, "http://127.0.0.1:1/ask");
  EXPECT_EQ(asked.walked.verdict.reason, Reason::send_failed) << asked.walked.show();
  EXPECT_THAT(asked.walked.verdict.detail, HasSubstr("tcp_refused"));
}

}  // namespace
}  // namespace sonde::test::http_send_test
