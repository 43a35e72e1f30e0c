#include <gmock/gmock.h>

#include "probes/core/trace.hpp"

// What a server issues is hidden without being told.
namespace sonde::issued_test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

const Instant start = Instant{} + 1h;

Exchange exchange_of(std::string body, Headers received = {}) {
  return {.method = "GET", .url = "/", .received = std::move(received), .body = std::move(body)};
}

// Ends the record, as the maker of a Result does; gives the detail as it is shown.
std::string end(Trace& trace, std::string detail = "") {
  trace.redact(detail);
  return detail;
}

TEST(Issued, WhatAServerIssuesIsHiddenUntold) {
  Trace trace(start);
  trace.at(Step::login);
  trace.frame(Direction::in, "text", "sess-12345678 and refr-12345678 and cred-12345678", start);
  trace.exchange({.method = "POST",
                  .sent = {{"Authorization", "Basic cred-12345678"}},
                  .received = {{"Set-Cookie", "sid=sess-12345678; Path=/"}, {"Set-Cookie", "l=en"}},
                  .body = R"({"refresh_token":"refr-12345678"})"});
  EXPECT_EQ(end(trace, "l=en: sess-12345678"), "l=en: <redacted>");
  EXPECT_EQ(trace.frames()[0].text, "<redacted> and <redacted> and <redacted>");
}

TEST(Issued, WhatAServerIssuesAfterTheLoginIsHiddenToo) {
  for (const std::string issued :
       {R"({"type":"ready","session_token":"opaque-1234"})", R"({"tokens":["opaque-1234"]})",
        "session_token=opaque-1234&x=1"}) {
    Trace trace(start);
    trace.at(Step::upgrade);
    trace.frame(Direction::in, "text", issued, start);
    trace.ended({.by = EndedBy::close_frame, .code = 1011, .reason = "opaque-1234 lost"});
    EXPECT_EQ(end(trace, "lost opaque-1234"), "lost <redacted>");
    EXPECT_THAT(trace.frames()[0].text, Not(HasSubstr("opaque-1")));
    EXPECT_EQ(trace.ending().reason, "<redacted> lost");
  }
}

TEST(Issued, WhatAHeaderIssuesIsHidden) {
  for (const auto& [name, value] : Headers{{"X-Subject-Token", "opaque-1234"},
                                           {"Api-Key", "opaque-1234"},
                                           {"Location", "/cb#access_token=opaque-1234&x=1"},
                                           {"Location", "/app?ticket=opaque-1234"},
                                           {"Set-Cookie", "opaque-1234; Path=/"}}) {
    Trace trace(start);
    trace.exchange(exchange_of("", {{name, value}}));
    EXPECT_EQ(end(trace, "no opaque-1234"), "no <redacted>") << name;
    EXPECT_THAT(trace.exchanges()[0].received[0].second, Not(HasSubstr("opaque")));
  }
}

TEST(Issued, ASentenceAboutATokenIsNoSecret) {
  Trace trace(start);
  trace.at(Step::login);
  trace.exchange(exchange_of(R"({"token":"Token is invalid or expired"})",
                             {{"Set-Cookie", "flash=suspended by admin"}}));
  const std::string detail = "Token is invalid or expired, suspended by admin";
  EXPECT_EQ(end(trace, detail), detail);
}

TEST(Issued, WhatAProviderSaysOfItselfIsNoSecret) {
  Trace trace(start);
  trace.at(Step::login);
  trace.exchange(exchange_of(R"({"token_endpoint":"https://id.example.com/token",)"
                             R"("token_endpoint_auth_method":"client_secret_basic"})"));
  const std::string detail = "https://id.example.com/token wants client_secret_basic";
  EXPECT_EQ(end(trace, detail), detail);
}

}  // namespace
}  // namespace sonde::issued_test
