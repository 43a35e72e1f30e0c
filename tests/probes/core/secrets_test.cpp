#include "probes/core/secrets.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sonde::secrets_test {
namespace {

std::string clean(std::string text, const std::vector<std::string>& hidden) {
  Secrets secrets;
  for (const auto& secret : hidden) secrets.hide(secret);
  secrets.redact(text);
  return text;
}

TEST(Secrets, EachGoesWhereverItStands) {
  EXPECT_EQ(clean("a s3cret, s3crets!", {"s3cret"}), "a <redacted>, <redacted>s!");
  EXPECT_EQ(clean("s3cret", {"s3cret"}), "<redacted>");
  EXPECT_EQ(clean("s3cre", {"s3cret"}), "s3cre");
}

TEST(Secrets, OneOfTheRedactionItselfDoesNotLoop) {
  EXPECT_EQ(clean("redacted", {"redacted"}), "<redacted>");
}

TEST(Secrets, OfTwoThatContainOneAnotherBothGo) {
  for (const auto& hidden : {std::vector<std::string>{"abcdef", "xxabcdefyy"},
                             std::vector<std::string>{"xxabcdefyy", "abcdef"},
                             std::vector<std::string>{"xxab", "xxabcdefyy"}})
    EXPECT_EQ(clean("[xxabcdefyy]", hidden), "[<redacted>]");
}

TEST(Secrets, ABeginningAndAnEndGoToo) {
  const std::string secret = "0123456789abcdefghijklmnopqrstuvwxyz";
  EXPECT_EQ(clean("... " + secret.substr(0, 30), {secret}), "... <redacted>");
  EXPECT_EQ(clean(secret.substr(9) + " ...", {secret}), "<redacted> ...");
  EXPECT_EQ(clean("0123" + secret, {secret}), "0123<redacted>");
  EXPECT_EQ(clean(secret.substr(0, 7), {secret}), secret.substr(0, 7));
}

TEST(Secrets, EachGoesInEitherCaseOfItsLetters) {
  const std::string secret = "Hunter2-PASSW0RD-Alice";
  EXPECT_EQ(clean("https://hunter2-passw0rd-alice.example.com/", {secret}),
            "https://<redacted>.example.com/");
  EXPECT_EQ(clean("HUNTER2-PASSW0RD-ALICE", {secret}), "<redacted>");
  EXPECT_EQ(clean("hUNTER2-p", {secret}), "<redacted>");
  EXPECT_EQ(clean("S3CRET s3cret", {"s3cREt"}), "<redacted> <redacted>");
  EXPECT_EQ(clean("@[`{\xc1", {"`{@["}), "@[`{\xc1");
  EXPECT_EQ(clean("\x40\x5b\xc1\xda", {"\x60\x7b\xe1\xfa"}), "\x40\x5b\xc1\xda");
}

TEST(Secrets, OneBeyondAsciiGoesInLatin1Too) {
  EXPECT_EQ(clean(R"([Gr\xfc\xdfe aus K\xf6ln] [Gr%FC%DFe+aus+K%F6ln])", {"Grüße aus Köln"}),
            "[<redacted>] [<redacted>]");
}

TEST(Secrets, OneOfLessThanFourBytesIsShown) { EXPECT_EQ(clean("abc", {"abc"}), "abc"); }

TEST(Secrets, ThoseThatLookEscapedThemselvesGoInEveryForm) {
  const std::string secret = "a%41b&amp;c\\u0041d+e f";
  for (const std::string& text :
       {secret, std::string("a%2541b%26amp%3Bc%5Cu0041d%2Be+f"),
        std::string("a%2541b%26amp%3bc%5cu0041d%2be%20f"), std::string("a%41b&amp;c\\\\u0041d+e f"),
        std::string("a%41b&amp;amp;c\\u0041d+e f"),
        std::string("a%41b\\u0026amp;c\\\\u0041d\\u002be f")})
    EXPECT_EQ(clean("[" + text + "]", {secret}), "[<redacted>]") << text;
}

TEST(Secrets, OneThatIsKnownChangesNothing) {
  Secrets secrets;
  EXPECT_TRUE(secrets.hide("s3cret"));
  EXPECT_FALSE(secrets.hide("s3cret"));
  EXPECT_FALSE(secrets.hide("ab"));
}

TEST(Secrets, ThoseOfOthersAreTakenOver) {
  Secrets ours, theirs;
  ours.hide("s3cret");
  theirs.hide("hidden");
  EXPECT_TRUE(ours.hide(theirs));
  EXPECT_FALSE(ours.hide(theirs));
  std::string text = "s3cret hidden";
  ours.redact(text);
  EXPECT_EQ(text, "<redacted> <redacted>");
}

TEST(Secrets, ThousandsAreHiddenAsWellAsOne) {
  std::vector<std::string> hidden;
  for (int i = 0; i < 3000; ++i) hidden.push_back("cookie-value-" + std::to_string(100'000 + i));
  hidden.push_back("the last secret of all");
  EXPECT_EQ(clean("x the last secret of all y", hidden), "x <redacted> y");
}

TEST(Secrets, WithMoreThanCanBeHiddenEveryTextIsWithheld) {
  Secrets secrets;
  for (int i = 0; i < 200; ++i) secrets.hide(std::string(1000, 'x') + std::to_string(i));
  std::string text = "harmless", nothing;
  secrets.redact(text);
  secrets.redact(nothing);
  EXPECT_EQ(text, "<withheld>");
  EXPECT_EQ(nothing, "");
  Secrets others;
  EXPECT_TRUE(others.hide(secrets));
  text = "harmless";
  others.redact(text);
  EXPECT_EQ(text, "<withheld>");
}

TEST(Secrets, WhatAnAddressSharesWithASecretIsShown) {
  Secrets secrets;
  secrets.spare("https://chat.example.com/");
  secrets.hide("https://chat.example.com/ws?ticket=0123456789");
  std::string text = "GET https://chat.example.com/ws?ticket=0123456789 of chat.example.com";
  secrets.redact(text);
  EXPECT_EQ(text.find("ticket"), text.npos) << text;
  EXPECT_EQ(text.find("0123"), text.npos) << text;
  EXPECT_TRUE(text.starts_with("GET https://chat.exam")) << text;
  EXPECT_TRUE(text.ends_with(" of chat.example.com")) << text;
}

TEST(Secrets, OneThatIsNothingButAnAddressIsHiddenAllTheSame) {
  Secrets secrets;
  secrets.spare("https://chat.example.com/");
  secrets.hide("chat.example.com");
  std::string text = "it is chat.example.com.";
  secrets.redact(text);
  EXPECT_EQ(text, "it is <redacted>.");
}

// Whatever the texts, no place is passed over: the fast search agrees with the simple one.
TEST(Secrets, TheSearchMissesNothing) {
  const std::vector<std::string> hidden = {"abab", "babaabab", "aabbaabb"};
  for (unsigned bits = 0; bits < (1U << 12); ++bits) {
    std::string text;
    for (unsigned i = 0; i < 12; ++i) text += (bits >> i & 1) != 0 ? 'b' : 'a';
    const std::string left = clean(text, hidden);
    for (const auto& secret : hidden) EXPECT_EQ(left.find(secret), left.npos) << text;
  }
}

}  // namespace
}  // namespace sonde::secrets_test
