
#include "probes/text/encode.hpp"

#include <gtest/gtest.h>

#include "probes/text/template.hpp"

namespace sonde::text::encode_test {
namespace {

using namespace std::string_literals;

std::string rendered(std::string_view text, std::string value) {
  Names names;
  names.set("x", std::move(value));
  return Template::parse(text)->render(names).value_or("unknown");
}

TEST(Hex, ReadsBothCasesAndBlanks) {
  EXPECT_EQ(from_hex("00 fF\n7a"), "\0\xFFz"s);
  EXPECT_EQ(from_hex(""), "");
  EXPECT_EQ(from_hex("abc").error(), "not hex: a digit is missing");
  EXPECT_EQ(from_hex("0g").error(), "not hex: a character outside of 0-9 a-f");
}

TEST(Hex, IsAFilterInBothDirections) {
  EXPECT_EQ(rendered("{{x | hex | unhex}}", "\0\xFE!"s), "\0\xFE!"s);
  EXPECT_EQ(rendered("[{{x | unhex}}]", "no hex"), "[]");
}

TEST(Parameter, IsDecodedAndTheFirst) {
  EXPECT_EQ(parameter("a=1&b=2&a=3", "a"), "1");
  EXPECT_EQ(parameter("a=1&b=2", "c"), std::nullopt);
  EXPECT_EQ(parameter("a", "a"), "");
  EXPECT_EQ(parameter("a=x%20y+z%2F%zz%", "a"), "x y z/%zz%");
  EXPECT_EQ(parameter("a=%4", "a"), "%4");
  EXPECT_EQ(parameter("%61=1", "a"), "1");
  EXPECT_EQ(parameter("&&a=b=c", "a"), "b=c");
  EXPECT_EQ(parameter("", "a"), std::nullopt);
}

TEST(Lengths, StandBeforeTheirText) {
  EXPECT_EQ(len16("MQTT"), "\0\4MQTT"s);
  EXPECT_EQ(len16(std::string(300, 'x')).substr(0, 3), "\x01\x2Cx"s);
  EXPECT_EQ(len16(std::string(70000, 'x')).size(), 65537U);
  EXPECT_EQ(varint(""), "\0"s);
  EXPECT_EQ(varint(std::string(127, 'x')).substr(0, 2), "\x7Fx");
  EXPECT_EQ(varint(std::string(128, 'x')).substr(0, 3), "\x80\x01x");
  EXPECT_EQ(varint(std::string(16384, 'x')).substr(0, 4), "\x80\x80\x01x");
  EXPECT_EQ(rendered("{{x | len16 | varint | hex}}", "ab"), "0400026162");
}

// The test vectors of FIPS 180-2.
TEST(Sha256, IsTheDigestInHex) {
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(rendered("{{x | sha256}}", ""),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  // RFC 7636 appendix B: the challenge of a code verifier.
  EXPECT_EQ(
      rendered("{{x | sha256 | unhex | b64url}}", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
      "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

TEST(Xml, EscapesWhatWouldBeMarkup) {
  EXPECT_EQ(xml_escape(R"(<a b="1" c='2'>&</a>)"),
            "&lt;a b=&quot;1&quot; c=&apos;2&apos;&gt;&amp;&lt;/a&gt;");
  EXPECT_EQ(rendered("<body>{{x | xml}}</body>", "2 < 3"), "<body>2 &lt; 3</body>");
}

TEST(Xml, ReadsItsEntitiesAndNoOthers) {
  const std::string text = R"(<a b="1" c='2'>& 38; é</a>)";
  EXPECT_EQ(xml_unescape(xml_escape(text)), text);
  EXPECT_EQ(xml_unescape("&#60;&#x3C;&#x20AC;&#128512;"), "<<\xE2\x82\xAC\xF0\x9F\x98\x80");
  for (const char* none : {"&nbsp;", "&", "&amp", "&;", "&#;", "&#xD800;", "&#1114112;", "&#x;"})
    EXPECT_EQ(xml_unescape(none), none);
}

}  // namespace
}  // namespace sonde::text::encode_test
