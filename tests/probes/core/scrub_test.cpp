#include "probes/core/scrub.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <string>
#include <vector>

namespace sonde::scrub_test {
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

TEST(Scrub, AListOrAnObjectOfTokensLosesThem) {
  EXPECT_EQ(clean(R"({"access_token":["opaque-1234"],"n":"opaque-5678"})"),
            R"({"access_token":["<redacted>"],"n":"opaque-5678"})");
  EXPECT_EQ(clean(R"({"access_token": {"type": "opaque-5678", "value": "opaque-1234"}})"),
            R"({"access_token": {"type": "opaque-5678", "value": "<redacted>"}})");
  EXPECT_EQ(clean(R"({"tokens":{"access":"opaque-1234","refresh":"opaque-5678"},"a":"b"})"),
            R"({"tokens":{"access":"<redacted>","refresh":"<redacted>"},"a":"b"})");
  EXPECT_EQ(clean(R"({"d":"{\"tokens\":[{\"id\":\"opaque-1234\"}]}"})"),
            R"({"d":"{\"tokens\":[{\"id\":\"<redacted>\"}]}"})");
  EXPECT_EQ(clean(R"({"tokens":["opaque-12)"), R"({"tokens":["<redacted>)");
}

TEST(Scrub, WhatIsAssignedToANameOfASecretGoes) {
  const std::pair<std::string, std::string> rows[] = {
      {"access_token=OPAQUE1234&token_type=bearer", "access_token=#&token_type=bearer"},
      {"/cb?access_token=OPAQUE1234", "/cb?access_token=#"},
      {"/cb#access_token=OPAQUE1234&x=1", "/cb#access_token=#&x=1"},
      {"/app?ticket=ST-1-OPAQUE", "/app?ticket=#"},
      {"/cb?state=OPAQUE1234&code=OPAQUE5678", "/cb?state=OPAQUE1234&code=#"},
      {"/in?next=%2Fcb%3Faccess_token%3DOPAQUE1234%26x%3D1",
       "/in?next=%2Fcb%3Faccess_token%3D#%26x%3D1"},
      {"{'access_token': 'OPAQUE1234', 'n': 1}", "{'access_token': '#', 'n': 1}"},
      {"access_token: OPAQUE1234\n", "access_token: #\n"},
      {"<token>OPAQUE1234</token>", "<token>#</token>"},
      {R"(<input type=hidden name=SAMLResponse value="OPAQUE1234+/==">)",
       R"(<input type=hidden name=SAMLResponse value="#==">)"},
      {R"(<input value='OPAQUE1234' name='csrf_token'>)", R"(<input value='#' name='csrf_token'>)"},
      {R"(<meta name="csrf-token" content="OPAQUE1234">)",
       R"(<meta name="csrf-token" content="#">)"},
      {R"({"html":"<input name=\"csrf_token\" value=\"OPAQUE1234\">"})",
       R"({"html":"<input name=\"csrf_token\" value=\"#\">"})"}};
  for (const auto& [text, left] : rows) {
    std::string shown = clean(text);
    if (const auto at = shown.find("<redacted>"); at != shown.npos) shown.replace(at, 10, "#");
    EXPECT_EQ(shown, left);
  }
}

TEST(Scrub, SentencesAboutSecretsAreShown) {
  for (const std::string text :
       {"Token: is invalid or expired", "token=invalid", "error=invalid_token", "HTTP code=401",
        "expired token: 2026-01-01T00:00:00Z", "client_secret: /etc/sonde/client1",
        "token endpoint: https://id1.example.com/token", "/x?code=denied&page=OPAQUE1234",
        R"({"tokens":{"prompt":12,"model":"gpt-4-0613"}})",
        R"({"password":["This field needs 8 characters."]})",
        R"(<input name="email" value="alice1@example.com"><b token>)"})
    EXPECT_EQ(clean(text), text);
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
  for (const std::string_view unit :
       {"eyJ", "eyJ.a.b ", ":", "\":\"", R"(\":\")", R"("token":")", R"("token":"x",)", ": ", "\\",
        R"(\"":")", R"("tokens":[)", "token=", "token%3D", "token%3Da", "<a value=", "token:'",
        R"("token":{"a":")"})
    EXPECT_LT(time_of(unit, 64'000) / time_of(unit, 16'000), 10) << unit;
}

TEST(Scrub, CredentialsInHeadersAreFound) {
  using Found = std::vector<std::string_view>;
  EXPECT_EQ(credentials_in("Authorization", "Bearer abc"), Found{"abc"});
  EXPECT_EQ(credentials_in("x-api-key", "abc"), Found{"abc"});
  EXPECT_EQ(credentials_in("cookie", "a=b; c=d"), (Found{"b", "d"}));
  EXPECT_EQ(credentials_in("Set-Cookie", "a=b; Path=/x; Secure"), Found{"b"});
  EXPECT_EQ(credentials_in("Set-Cookie", ""), Found{});
  EXPECT_EQ(credentials_in("Set-Cookie", "opaque; Path=/"), Found{"opaque"});
  EXPECT_EQ(credentials_in("Set-Cookie", "flash=suspended by admin; Path=/"), Found{});
  EXPECT_EQ(credentials_in("X-Auth-Token", "opaque-1234"), Found{"opaque-1234"});
  EXPECT_EQ(credentials_in("X-CSRF-Token", "Required"), Found{});
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
                                 "Proxy-Authorization", "x-api-key", "X-Auth-Token",
                                 "X-Subject-Token", "X-Session-Token", "Api-Key", "X-CSRF-Token"})
    EXPECT_TRUE(is_sensitive_header(name)) << name;
  for (const std::string name :
       {"Content-Type", "X-Authorization-Hint", "Cookies", "", "X-RateLimit-Remaining-Tokens"})
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
}  // namespace sonde::scrub_test
