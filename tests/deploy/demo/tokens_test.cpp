#include "deploy/demo/tokens.hpp"

#include <gtest/gtest.h>

#include "deploy/demo/base64.hpp"

namespace sonde::demo::tokens_test {
namespace {

const Now noon{std::chrono::hours(480000)};

TEST(Tokens, EndAfterFifteenMinutes) {
  const Tokens tokens;
  const auto token = tokens.issue("alice", "j", noon);
  EXPECT_EQ(tokens.verify(token, noon + std::chrono::minutes(14)), "alice");
  EXPECT_EQ(tokens.verify(token, noon + std::chrono::minutes(15)).error(), "token expired");
}

TEST(Tokens, AChangedSubjectBreaksTheSignature) {
  const Tokens tokens;
  const auto token = tokens.issue("alice", "j", noon);
  const auto first = token.find('.');
  const auto last = token.rfind('.');
  auto claims = *unbase64(token.substr(first + 1, last - first - 1));
  claims.replace(claims.find("alice"), 5, "carol");
  const auto forged = token.substr(0, first + 1) + base64url(claims) + token.substr(last);
  EXPECT_EQ(tokens.verify(forged, noon).error(), "bad signature");
}

TEST(Tokens, OtherKeysAndAlgorithmsAreRefused) {
  const Tokens tokens, others;
  EXPECT_EQ(tokens.verify(others.issue("alice", "j", noon), noon).error(), "bad signature");
  const auto unsigned_token =
      base64url(R"({"alg":"none"})") + "." + base64url(R"({"sub":"alice"})") + ".";
  EXPECT_EQ(tokens.verify(unsigned_token, noon).error(), "algorithm not allowed");
}

TEST(Tokens, GarbageIsNoJwt) {
  const Tokens tokens;
  for (const auto* text : {"", ".", "..", "garbage", "a.b", "a.b.c", "!.!.!"}) {
    EXPECT_EQ(tokens.verify(text, noon).error(), "not a JWT") << text;
  }
}

TEST(Base64, GoesThereAndBack) {
  for (const std::string text : {"", "f", "fo", "foo", "foob", "fooba", "foobar", "\xff\xfe\xfd"}) {
    EXPECT_EQ(unbase64(base64url(text)), text);
  }
  EXPECT_EQ(base64url("\xff\xfe"), "__4");
  EXPECT_EQ(unbase64("//4="), "\xff\xfe");
  EXPECT_FALSE(unbase64("a b"));
}

}  // namespace
}  // namespace sonde::demo::tokens_test
