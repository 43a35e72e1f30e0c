#include <gmock/gmock.h>

#include "tests/support/chat_target.hpp"

// What is said of cookies that a login set and that do not reach the socket.
namespace sonde::test::socket_cookies_test {
namespace {

using testing::HasSubstr;

ProbeRun upgrade_with(const std::string& cookie) {
  const Server server(Handler([cookie](const Request& request) -> Script {
    if (request.target() == "/auth/login")
      return {answer(200, granted(), {{"Set-Cookie", cookie}})};
    return {request.header("Cookie").empty() ? answer(401) : accept(), ready_message(),
            wait_for_close()};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.socket["token_in"] = "cookie";
  return walk(usual);
}

TEST(SocketCookies, ThatDoNotGoToTheSocketAreNamedWithTheReason) {
  const ProbeRun walked = upgrade_with("sid=session-of-alice; Path=/api");
  EXPECT_EQ(walked.verdict.reason, Reason::unauthorized) << walked.show();
  EXPECT_THAT(walked.verdict.detail,
              HasSubstr("none of the login's cookies goes there: sid, its Path is /api"));
  EXPECT_EQ(upgrade_with("sid=session-of-alice; Path=/").verdict.outcome, Outcome::pass);
}

TEST(SocketCookies, ThatAreNotKeptAreNamedWithTheReason) {
  const ProbeRun walked = upgrade_with("sid=session-of-alice; Path=/; Domain=example.net");
  EXPECT_EQ(walked.verdict.reason, Reason::token_missing) << walked.show();
  EXPECT_THAT(walked.verdict.detail, HasSubstr("the cookie sid is not kept: "));
}

TEST(SocketCookies, ThatALoginCapturesAndThatAreNotKeptAreNamedWithTheReason) {
  const Server server(
      Script{answer(200, "{}", {{"Set-Cookie", "sid=session-of-alice; Domain=example.net"}})});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login = {
      {"method", "steps"},
      {"requests", R"([{ url: "{{target.auth}}/auth/login", body: "{{identity.password}}",
                                    capture: { token: { cookie: sid } } }])"}};
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.reason, Reason::answer_incomplete) << walked.show();
  EXPECT_THAT(walked.verdict.detail, HasSubstr("the cookie sid is not kept: its Domain"));
}

}  // namespace
}  // namespace sonde::test::socket_cookies_test
