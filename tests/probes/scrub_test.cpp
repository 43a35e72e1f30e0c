#include "probes/scrub.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <string>
#include <vector>

namespace sonde {
namespace {

const std::string jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl-_";

// Of this thread, which a busy machine does not change.
double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::string clean(std::string text) {
  scrub(text);
  return text;
}

TEST(Scrub, WhatLooksLikeAJwtGoesUntold) {
  EXPECT_EQ(clean("Bearer " + jwt + ", and " + jwt), "Bearer <redacted>, and <redacted>");
  EXPECT_EQ(clean("/ws?token=" + jwt + "&v=1"), "/ws?token=<redacted>&v=1");
  EXPECT_EQ(clean("eyJ is no token, nor is eyJhbGci.x"), "eyJ is no token, nor is eyJhbGci.x");
}

TEST(Scrub, TheSignatureOfAJwtThatWasCutGoes) {
  EXPECT_EQ(clean("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9."), "<redacted>");
}

TEST(Scrub, AJsonMemberThatIsNamedLikeASecretLosesItsValue) {
  EXPECT_EQ(clean(R"({"access_token":"abc","user":"alice"})"),
            R"({"access_token":"<redacted>","user":"alice"})");
  EXPECT_EQ(clean(R"({ "Password" : "a\"b" , "n": 1})"),
            R"({ "Password" : "<redacted>" , "n": 1})");
  EXPECT_EQ(clean(R"({"client_secret":"x","ticket_id":"y","jwt":"z"})"),
            R"({"client_secret":"<redacted>","ticket_id":"<redacted>","jwt":"<redacted>"})");
}

TEST(Scrub, AJsonMemberThatIsCutLosesWhatIsLeftOfIt) {
  EXPECT_EQ(clean(R"({"password":"half of i)").find("half"), std::string::npos);
}

TEST(Scrub, AMemberOfJsonInAStringOfJsonLosesItsValue) {
  EXPECT_EQ(clean(R"({"data":"{\"token\":\"abc\",\"n\": \"1\"}"})"),
            R"({"data":"{\"token\":\"<redacted>\",\"n\": \"1\"}"})");
}

TEST(Scrub, AMemberOfJsonTwoStringsDeepLosesItsValue) {
  EXPECT_EQ(clean(R"({"a":"{\"b\":\"{\\\"token\\\":\\\"abc\\\",\\\"n\\\":\\\"1\\\"}\"}"})"),
            R"({"a":"{\"b\":\"{\\\"token\\\":\\\"<redacted>\\\",\\\"n\\\":\\\"1\\\"}\"}"})");
}

TEST(Scrub, TheStartOfAJwtAtACutGoes) {
  std::string text = "Bearer eyJhbGciOiJSUzI1NiJ9.eyJz";
  scrub(text, true);
  EXPECT_EQ(text, "Bearer <redacted>");
  text = "eyJhbGciOiJSUzI1NiJ9 is complete";
  scrub(text, true);
  EXPECT_EQ(text, "eyJhbGciOiJSUzI1NiJ9 is complete");
}

TEST(Scrub, WhatItTakesOutOfMembersItTells) {
  std::string text = R"({"access_token":"a1","user":"alice","refresh_token":"b2"})";
  std::vector<std::string> removed;
  scrub(text, false, &removed);
  EXPECT_EQ(removed, (std::vector<std::string>{"a1", "b2"}));
}

TEST(Scrub, TheTimeGrowsWithTheTextAlone) {
  const auto time_of = [](std::string_view unit, std::size_t bytes) {
    std::string text;
    while (text.size() < bytes) text += unit;
    double best = 1e9;
    for (int i = 0; i < 5; ++i) {
      std::string copy = text;
      const double begun = cpu_seconds();
      scrub(copy);
      best = std::min(best, cpu_seconds() - begun);
    }
    return best;
  };
  for (const std::string_view unit : {"eyJ", "eyJ.a.b ", ":", "\":\"", R"(\":\")", R"("token":")",
                                      R"("token":"x",)", ": ", "\\", R"(\"":")"})
    EXPECT_LT(time_of(unit, 64'000) / time_of(unit, 16'000), 10) << unit;
}

TEST(Scrub, CredentialsInHeadersAreFound) {
  using Found = std::vector<std::string_view>;
  EXPECT_EQ(credentials_in("Authorization", "Bearer abc"), Found{"abc"});
  EXPECT_EQ(credentials_in("x-api-key", "abc"), Found{"abc"});
  EXPECT_EQ(credentials_in("cookie", "a=b; c=d"), (Found{"b", "d"}));
  EXPECT_EQ(credentials_in("Set-Cookie", "a=b; Path=/x; Secure"), Found{"b"});
  EXPECT_EQ(credentials_in("Set-Cookie", ""), Found{});
}

TEST(Scrub, AnEscapedQuoteInAMembersNameHidesNothing) {
  EXPECT_EQ(clean(R"({"tok\"en token\"x":"abc"})"), R"({"tok\"en token\"x":"<redacted>"})");
}

TEST(Scrub, EveryMemberIsLookedAt) {
  EXPECT_EQ(clean(R"({"token":"a","b":"c","secret":"d:e","jwt":"f"})"),
            R"({"token":"<redacted>","b":"c","secret":"<redacted>","jwt":"<redacted>"})");
}

TEST(Scrub, HarmlessMembersKeepTheirValues) {
  for (const std::string text :
       {R"({"token_type":"Bearer"})", R"({"tokens":"12"})", R"({"type":"agent_started"})",
        R"({"password":17})", R"(["token","x"])", ":", "\":\"", "token:x"})
    EXPECT_EQ(clean(text), text);
}

TEST(Scrub, SensitiveHeadersAreKnownInAnyCase) {
  for (const std::string name : {"Authorization", "authorization", "COOKIE", "Set-Cookie",
                                 "Proxy-Authorization", "x-api-key"})
    EXPECT_TRUE(is_sensitive_header(name)) << name;
  for (const std::string name : {"Content-Type", "X-Authorization-Hint", "Cookies", ""})
    EXPECT_FALSE(is_sensitive_header(name)) << name;
}

TEST(Scrub, ASensitiveHeaderKeepsItsSchemeAlone) {
  EXPECT_EQ(scrub_header("Bearer abc"), "Bearer <redacted>");
  EXPECT_EQ(scrub_header("Basic YTpi"), "Basic <redacted>");
  EXPECT_EQ(scrub_header("abc"), "<redacted>");
  EXPECT_EQ(scrub_header("sid=abc; Path=/"), "<redacted>");
  EXPECT_EQ(scrub_header(""), "<redacted>");
}

}  // namespace
}  // namespace sonde
