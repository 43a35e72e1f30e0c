#include "probes/text/encoded.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <string>
#include <vector>

#include "probes/text/ascii.hpp"
#include "probes/text/json.hpp"
#include "probes/text/template.hpp"

namespace sonde::text::encoded_test {
namespace {

// What is left of a text when the pieces of one secret are replaced by "#".
std::string left(std::string_view text, std::string_view secret) {
  const std::string_view all[] = {secret};
  const auto found = find_encoded(text, Pieces(all, {}));
  if (!found) return "(given up)";
  std::string kept;
  std::size_t at = 0;
  for (const Stretch& stretch : *found) {
    kept.append(text.substr(at, stretch.begin - at)).append("#");
    at = stretch.end;
  }
  return kept.append(text.substr(at));
}

std::string each(std::string_view text, const char* format) {
  std::string all;
  for (const char c : text) {
    char one[16];
    std::snprintf(one, sizeof one, format, static_cast<unsigned char>(c));
    all += one;
  }
  return all;
}

constexpr std::string_view secret = "p&ss <w0rd>=\"quo\\wed\"/+~";

TEST(Encoded, AsItIs) {
  EXPECT_EQ(left("a " + std::string(secret) + " b", secret), "a # b");
  EXPECT_EQ(left("nothing of it", secret), "nothing of it");
  EXPECT_EQ(left("", secret), "");
}

TEST(Encoded, EveryPieceOfEightBytesAndNoShorterOne) {
  for (std::size_t size = 1; size <= secret.size(); ++size)
    for (std::size_t at = 0; at + size <= secret.size(); ++at) {
      const std::string piece(secret.substr(at, size));
      EXPECT_EQ(left("[" + piece + "]", secret), "[" + (size < 8 ? piece : "#") + "]");
    }
}

TEST(Encoded, ShortTextsAreFoundAsAWhole) {
  EXPECT_EQ(left("my s3cret, s3cre", "s3cret"), "my #, s3cre");
  EXPECT_EQ(left("abcd abc", "abcd"), "# abc");
  EXPECT_EQ(left("abc", "abc"), "abc");
  EXPECT_EQ(left("YWJjZA==", "abcd"), "#==");
  EXPECT_EQ(left("x61626364y", "abcd"), "x#y");
}

TEST(Encoded, EscapesOfJsonAsGoGsonPythonAndPhpWriteThem) {
  EXPECT_EQ(left("[" + json_escape(secret) + "]", secret), "[#]");
  EXPECT_EQ(left(R"([p\u0026ss \u003cw0rd\u003e=\"quo\\wed\"/+~])", secret), "[#]");  // Go
  EXPECT_EQ(left(R"([p\u0026ss \u003Cw0rd\u003E\u003d\"quo\\wed\"\/+~])", secret), "[#]");
  EXPECT_EQ(left("[" + each(secret, "\\u%04x") + "]", secret), "[#]");
  EXPECT_EQ(left("[" + each(secret, "\\u%04X") + "]", secret), "[#]");
  EXPECT_EQ(left("[" + each(secret, "\\x%02x") + "]", secret), "[#]");
}

TEST(Encoded, EscapesOfUrlsAndForms) {
  EXPECT_EQ(left("[" + percent_encode(secret) + "]", secret), "[#]");
  EXPECT_EQ(left("[" + each(secret, "%%%02x") + "]", secret), "[#]");
  EXPECT_EQ(left("[" + each(secret, "%%%02X") + "]", secret), "[#]");
  EXPECT_EQ(left("[p%26ss <w0rd%3e=\"quo\\wed%22/+~]", secret), "[#]");
}

TEST(Encoded, EntitiesOfHtml) {
  EXPECT_EQ(left("[p&amp;ss &lt;w0rd&gt;=&quot;quo\\wed&quot;/+~]", secret), "[#]");
  EXPECT_EQ(left("[p&amp;ss&#32;&lt;w0rd&gt;&equals;&#34;quo&bsol;wed&quot;&sol;&plus;~]", secret),
            "[#]");
  EXPECT_EQ(left("[" + each(secret, "&#%d;") + "]", secret), "[#]");
  EXPECT_EQ(left("[" + each(secret, "&#x%x;") + "]", secret), "[#]");
  EXPECT_EQ(left("[" + each(secret, "&#X%04X;") + "]", secret), "[#]");
}

TEST(Encoded, HexOfEitherCaseWhereverItBegins) {
  EXPECT_EQ(left("[" + hex(secret) + "]", secret), "[#]");
  EXPECT_EQ(left("[" + each(secret, "%02X") + "]", secret), "[#]");
  EXPECT_EQ(left("abc" + hex(secret) + "9", secret), "abc#9");
  for (const char* dump : {"%02x:", "%02X ", "%02x-", "%02x,"})
    EXPECT_EQ(left("[" + each(secret, dump) + "]", secret).size(), 4U) << dump;
  for (const char* escape : {"=%02X", "\\%02x", "\\%02X"})
    EXPECT_LT(left("[" + each(secret, escape) + "]", secret).size(), 7U) << escape;
  EXPECT_EQ(left("de ad be ef ca fe", secret), "de ad be ef ca fe");
  EXPECT_EQ(left("de ad be e", secret), "de ad be e");
}

TEST(Encoded, ListsOfNumbersAsProgramsPrintBytes) {
  for (const char* one : {"%d,", "%d ", "%d, ", "%d,\n  ", "0x%02x, ", "0x%02X,", "0x%x "})
    EXPECT_LT(left("[" + each(secret, one) + "]", secret).size(), 9U) << one;
  EXPECT_EQ(left(R"({"type":"Buffer","data":[112,38,115,115,32,60,119,48,114]})", secret),
            R"({"type":"Buffer","data":[#]})");
  EXPECT_EQ(left("[-61, -68, 112, -61, -97, 114, -61, -92]", "üpßrä"), "[#]");
  EXPECT_EQ(left("00000000: 7026 7373 203c 7730 7264  p&ss", secret), "00000000: #  p&ss");
  EXPECT_EQ(left("70267373 203c7730 7264", secret), "#");
  for (const std::string text :
       {"1, 2, 3, 4", "[1,,2]", "dead beef", "300, 301, 302, 303", "-, -, 1"})
    EXPECT_EQ(left(text, secret), text);
}

TEST(Encoded, Base64AndHexInLinesOfAnyLength) {
  for (const std::size_t width : {4U, 7U, 16U, 76U})
    for (const std::string end : {"\n", "\r\n", "\n    "})
      for (const std::string& digits : {base64(secret), hex(secret)}) {
        std::string text;
        for (std::size_t at = 0; at < digits.size(); at += width)
          text += (at > 0 ? end : "") + digits.substr(at, width);
        EXPECT_EQ(left("[" + text + "]", secret).substr(0, 2), "[#") << text;
        EXPECT_LT(left(json_quote(text), secret).size(), 8U) << text;
      }
}

TEST(Encoded, Utf16OfEitherOrder) {
  std::string little, big;
  for (const char c : secret) {
    little += {c, '\0'};
    big += {'\0', c};
  }
  for (const std::string& text : {little, big}) {
    EXPECT_LT(left(text, secret).size(), 3U);
    EXPECT_LT(left(base64(text), secret).size(), 7U);
    EXPECT_LT(left(json_quote(text), secret).size(), 16U);
  }
}

TEST(Encoded, EscapesOfC) {
  EXPECT_EQ(left("[" + each(secret, "\\%03o") + "]", secret), "[#]");
  EXPECT_EQ(left("[" + each(secret, "\\U%08x") + "]", secret), "[#]");
}

TEST(Encoded, EntitiesThatBrowsersTake) {
  EXPECT_EQ(left("[p&AMP;ss &LT;w0rd&GT;=&QUOT;quo\\wed&QUOT;/+~]", secret), "[#]");
  EXPECT_EQ(left("[p&ampss &ltw0rd&gt=&quotquo\\wed&quot/+~]", secret), "[#]");
  EXPECT_EQ(left("[Gr&uuml&szlige &#55357;&#56395; aus K&ouml;ln]", "Grüße 👋 aus Köln"), "[#]");
}

TEST(Encoded, Base64WhereverTheTextBegins) {
  for (const std::string before : {"", "a", "ab", "abc", "user:"})
    for (const std::string after : {"", "x", "xy"})
      for (const bool url : {false, true}) {
        const std::string text = before + std::string(secret) + after;
        const std::string shown = left(url ? base64url(text) : base64(text), secret);
        EXPECT_EQ(shown.find(base64(secret).substr(4, 12)), shown.npos) << shown;
        EXPECT_LE(shown.size(), before.size() * 2 + after.size() * 2 + 4) << shown;
      }
}

TEST(Encoded, Base32OfEitherCaseWhereverItBegins) {
  // python3: base64.b32encode(b"hunter2-hunter2")
  const std::string encoded = "NB2W45DFOIZC22DVNZ2GK4RS", plain = "hunter2-hunter2";
  for (const std::string& text : {encoded, lowered(encoded)}) {
    EXPECT_EQ(left("[" + text + "]", plain), "[#]");
    EXPECT_LT(left("ab" + text + "==", plain).size(), 6U);
  }
  EXPECT_EQ(left("internationalization", plain), "internationalization");
}

TEST(Encoded, SeveralEncodingsOneInAnother) {
  EXPECT_EQ(left("[" + json_escape(json_escape(secret)) + "]", secret), "[#]");
  EXPECT_EQ(left("[" + json_escape(json_escape(json_escape(secret))) + "]", secret), "[#]");
  EXPECT_EQ(left("[" + percent_encode(percent_encode(secret)) + "]", secret), "[#]");
  EXPECT_EQ(left("[" + percent_encode(base64("?>?>" + std::string(secret))) + "]", secret)
                .find(base64(secret).substr(4, 12)),
            std::string::npos);
  EXPECT_EQ(left("[" + hex(json_escape(secret)) + "]", secret), "[#]");
  EXPECT_EQ(left("[" + base64(hex(secret)) + "]", secret), "[#]");
  EXPECT_EQ(
      left("[" + base64url(base64("abc" + std::string(secret) + "abc")) + "]", secret).size() < 40,
      true);
  EXPECT_EQ(left("[" + json_escape(each(secret, "&#%d;")) + "]", secret), "[#]");
}

TEST(Encoded, CharactersBeyondAscii) {
  const std::string umlauts = "Grüße 👋 aus Köln";
  EXPECT_EQ(left(R"([Gr\u00fc\u00dfe \ud83d\udc4b aus K\u00f6ln])", umlauts), "[#]");
  EXPECT_EQ(left("[Gr&#252;&#xdf;e &#128075; aus K&#246;ln]", umlauts), "[#]");
  EXPECT_EQ(left("[Gr&uuml;&szlig;e &#128075; aus K&ouml;ln]", umlauts), "[#]");
  EXPECT_EQ(left(R"([Gr\u{fc}\u{df}e \u{1f44b} aus K\u{00f6}ln])", umlauts), "[#]");
  EXPECT_EQ(left("[" + percent_encode(umlauts) + "]", umlauts), "[#]");
  EXPECT_EQ(left(R"([Gr\u00fc\u00dfe \U0001f44b aus K\u00f6ln])", umlauts), "[#]");
  EXPECT_EQ(left("[Gr%u00fc%u00DFe %ud83d%udc4b aus K%u00f6ln]", umlauts), "[#]");
}

TEST(Encoded, WhatOnlyLooksLikeAnEscapeStays) {
  for (const std::string text :
       {"100 % of it", "%zz%4", "\\", "\\q\\u12", "&", "&amp", "&#;", "&#x;", "&nothing;",
        "\\ud800 alone", "\\u{}", "\\u{1234567}", "\\u{12", "%", "a\\"})
    EXPECT_EQ(left(text, secret), text);
}

TEST(Encoded, ASearchOfDeeplyNestedTextIsGivenUpRatherThanLong) {
  // Whatever it says, it ends, and what is not known to be free of secrets is not shown as such.
  std::string text(3000, 'A');
  for (int i = 0; i < 3; ++i) text = base64(text);
  const std::string shown = left(text, secret);
  EXPECT_TRUE(shown == text || shown == "(given up)");
}

// Of this thread, which a busy machine does not change.
double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Four times the text takes four times as long, not sixteen times, whatever text and secret are.
double growth(const std::string& small, const std::string& large, std::string_view hidden) {
  const std::string_view all[] = {hidden};
  const Pieces pieces(all, {});
  const auto time_of = [&](const std::string& text) {
    double best = 1e9;
    for (int i = 0; i < 5; ++i) {
      const double begun = cpu_seconds();
      (void)find_encoded(text, pieces);
      best = std::min(best, cpu_seconds() - begun);
    }
    return best;
  };
  return time_of(large) / time_of(small);
}

std::string repeated(std::string_view text, std::size_t bytes) {
  std::string all;
  while (all.size() < bytes) all += text;
  return all;
}

TEST(Encoded, TheTimeOfASearchGrowsWithTheTextAlone) {
  const std::string as = std::string(16'000, 'a') + "b", eyj = repeated("eyJhbGci", 16'000);
  for (const auto& [unit, hidden] : {std::pair<std::string_view, std::string_view>{"a", as},
                                     {"eyJ", eyj},
                                     {"eyJeyJ", as},
                                     {"\\u0061", as},
                                     {"%61", as},
                                     {"%25", as},
                                     {"\\\\", as},
                                     {"&#97;", as},
                                     {"97,", as},
                                     {"6161 ", as},
                                     {"&aaaaaaaaaaa", as},
                                     {"YWFh\n", as},
                                     {"\\141", as},
                                     {"YWFh", as}})
    EXPECT_LT(growth(repeated(unit, 16'000), repeated(unit, 64'000), hidden), 10) << unit;
}

}  // namespace
}  // namespace sonde::text::encoded_test
