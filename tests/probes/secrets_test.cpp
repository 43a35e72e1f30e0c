#include "probes/secrets.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sonde {
namespace {

std::string doubled(std::string_view text) {
  std::string twice;
  for (const char c : text) twice.append(2, c);
  return twice;
}

std::string clean(std::string text, const std::vector<std::string>& hidden) {
  constexpr Form forms[] = {doubled};
  Secrets secrets;
  for (const auto& secret : hidden) secrets.hide(secret, forms);
  secrets.redact(text);
  return text;
}

TEST(Secrets, EachGoesWhereverItStands) {
  EXPECT_EQ(clean("a s3cret, s3crets3cret!", {"s3cret"}), "a <redacted>, <redacted><redacted>!");
  EXPECT_EQ(clean("s3cret", {"s3cret"}), "<redacted>");
  EXPECT_EQ(clean("s3cre", {"s3cret"}), "s3cre");
}

TEST(Secrets, OneOfTheRedactionItselfDoesNotLoop) {
  EXPECT_EQ(clean("redacted", {"redacted"}), "<redacted>");
}

TEST(Secrets, EveryFormGoes) { EXPECT_EQ(clean("x ss33ccrreett y", {"s3cret"}), "x <redacted> y"); }

TEST(Secrets, OfTwoThatContainOneAnotherTheLongerGoesWhole) {
  for (const auto& hidden : {std::vector<std::string>{"abcdef", "xxabcdefyy"},
                             std::vector<std::string>{"xxabcdefyy", "abcdef"},
                             std::vector<std::string>{"xxab", "xxabcdefyy"}})
    EXPECT_EQ(clean("[xxabcdefyy]", hidden), "[<redacted>]");
}

TEST(Secrets, ALongOneThatOnlyBeginsLikeItStays) {
  const std::string secret = "0123456789abcdefghijklmnopqrstuvwxyz";
  EXPECT_EQ(clean(secret.substr(0, 30), {secret}), secret.substr(0, 30));
  EXPECT_EQ(clean("0123" + secret, {secret}), "0123<redacted>");
}

TEST(Secrets, OneOfLessThanFourBytesIsShown) {
  EXPECT_EQ(clean("abc", {"abc"}), "abc");
  EXPECT_EQ(clean("aabbcc", {"abc"}), "<redacted>");
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
}  // namespace sonde
