// Checks with a wrong password of one account, in two workers at once.
#include <gmock/gmock.h>

#include <algorithm>
#include <mutex>
#include <thread>

#include "probes/text/encode.hpp"
#include "tests/support/chat_target.hpp"

namespace sonde::test::refuse_password_workers_test {
namespace {

// What a service counts: wrong passwords in a row. Its sessions run on several threads.
class Counter {
 public:
  bool is_right(bool right) {
    const std::lock_guard lock(mutex_);
    row_ = right ? 0 : row_ + 1;
    wrong_ += right ? 0 : 1;
    longest_ = std::max(longest_, row_);
    return right;
  }
  int longest() const { return longest_; }
  int wrong() const { return wrong_; }

 private:
  std::mutex mutex_;
  int row_ = 0, longest_ = 0, wrong_ = 0;
};

constexpr char hello[] = R"(dialects:
  hello:
    type: [/type]
    rules: [{ when: { type: denied }, fail: auth_rejected_after_accept }]
    steps: [{ send: { user: "{{identity.username}}", password: "{{identity.password}}" } }]
    ready: { type: welcome }
)";

// The checks of two workers with one table of accounts, `rounds` each.
void check_twice(const DefaultConfig& usual, int rounds) {
  const std::string yaml = usual.yaml();
  const auto table = auth::LockoutTable::in_memory();
  const auto work = [&] {
    Walker worker;
    worker.shared().token_cache.share(table);
    const auto check = plan(yaml).check("p");
    for (int i = 0; i < rounds; ++i) {
      const ProbeRun walked = worker.walk(check);
      EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
    }
  };
  std::thread other(work);
  work();
  other.join();
}

TEST(WrongPasswordOfTwoWorkers, IsShownToALoginOneAtATime) {
  Counter counter;
  const Server server(Handler([&counter](const Request& request) -> Script {
    if (request.target() != "/auth/login") return {accept(), ready_message(), wait_for_close()};
    if (counter.is_right(request.body.contains("staple"))) return {json(200, granted())};
    return {pause(std::chrono::milliseconds(5)), json(401, R"({"error":"no"})")};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.probe["refuse"] = "[wrong_password]";
  usual.probe["reuse"] = "90%";
  usual.socket["ready"] = "{ type: connection_established, within: 150ms }";
  check_twice(usual, 8);
  EXPECT_EQ(counter.longest(), 1);
  EXPECT_EQ(counter.wrong(), 16);
}

TEST(WrongPasswordOfTwoWorkers, IsShownInAFrameOneAtATime) {
  Counter counter;
  const Server server(Handler([&counter](const Request&) -> Script {
    return {accept(), on_message([&counter](const std::string& message) -> Script {
              if (counter.is_right(message.contains("staple")))
                return {text(R"({"type":"welcome"})"), wait_for_close()};
              return {text(R"({"type":"denied"})"), close(1000), hang()};
            })};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.socket = {{"url", R"("{{target.ws}}/ws")"}, {"token_in", "none"}};
  usual.probe["dialect"] = "hello";
  usual.probe["refuse"] = "[wrong_password]";
  usual.probe["login"] = "";
  usual.target["lockout"] = "{ after: 4 }";
  usual.more = hello;
  check_twice(usual, 8);
  EXPECT_EQ(counter.longest(), 1);
  EXPECT_EQ(counter.wrong(), 16);
}

// The server takes whatever stands in the place of the token for a password of alice.
TEST(WrongPasswordOfTwoWorkers, IsShownInPlaceOfATokenOneAtATime) {
  Counter counter;
  const std::string right = text::base64(DefaultConfig::password);
  const Server server(Handler([&counter, right](const Request& request) -> Script {
    if (!counter.is_right(request.header("X-Password") == right)) return {answer(401)};
    return {accept(), ready_message(), wait_for_close()};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.login = {{"method", "token"},
                 {"token", R"("{{identity.password | b64}}")"},
                 {"lockout", "{ after: 4 }"}};
  usual.socket["token_in"] = R"({ header: "X-Password: {{token}}" })";
  usual.socket["headers"] = R"({ X-User: "{{identity.username}}" })";
  usual.socket["ready"] = "{ type: connection_established, within: 150ms }";
  usual.probe["refuse"] = "[no_token, garbage_token, wrong_password]";
  check_twice(usual, 4);
  EXPECT_EQ(counter.longest(), 1);
  EXPECT_EQ(counter.wrong(), 2 * 4 * 3);
}

TEST(WrongPasswordOfTwoWorkers, IsNotShownInPlaceOfATokenOnceTooManyWereRefused) {
  Counter counter;
  const std::string right = text::base64(DefaultConfig::password);
  bool open = true;
  const Server server(Handler([&](const Request& request) -> Script {
    if (!counter.is_right(open && request.header("X-Password") == right)) return {answer(401)};
    return {accept(), ready_message(), wait_for_close()};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.login = {{"method", "token"},
                 {"token", R"("{{identity.password | b64}}")"},
                 {"lockout", "{ after: 3, cooldown: 1h }"}};
  usual.socket["token_in"] = R"({ header: "X-Password: {{token}}" })";
  usual.socket["ready"] = "{ type: connection_established, within: 150ms }";
  usual.probe["refuse"] = "[no_token, garbage_token]";
  Walker walker;
  EXPECT_EQ(walker.walk(usual).verdict.outcome, Outcome::pass);
  EXPECT_EQ(counter.longest(), 1);
  open = false;
  for (int i = 0; i < 6; ++i) walker.walk_and_diagnose(usual, {.passed_lately = true});
  EXPECT_EQ(counter.longest(), 3) << "experiments with a wrong token count, too";
}

}  // namespace
}  // namespace sonde::test::refuse_password_workers_test
