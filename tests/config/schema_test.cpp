#include "config/schema.hpp"

#include <gtest/gtest.h>

#include "tests/config/helpers.hpp"
#include "tests/config/sample.hpp"

namespace sonde::config::schema_test {
namespace {

TEST(Json, WritesScalarsByTheirQuotes) {
  EXPECT_EQ(to_json(scalar("5"), false), R"("5")");
  EXPECT_EQ(to_json(scalar("5", false), false), "5");
  EXPECT_EQ(to_json(scalar("true", false), false), "true");
  EXPECT_EQ(to_json(scalar("15s", false), false), R"("15s")");
  EXPECT_EQ(to_json(scalar("010", false), false), R"("010")");
  EXPECT_EQ(to_json(Value{}, false), "null");
}

TEST(Json, EscapesTexts) {
  EXPECT_EQ(to_json(scalar("a\"b\\c\n\x01\xC3\xA4"), false), "\"a\\\"b\\\\c\\n\\u0001\xC3\xA4\"");
}

TEST(Json, IsIndentedForPeople) {
  EXPECT_EQ(to_json(map({{"a", list({scalar("b"), map({})})}})),
            "{\n  \"a\": [\n    \"b\",\n    {}\n  ]\n}");
}

TEST(Schema, SaysWhatItIs) {
  const std::string document = schema_document(sample_section().schema());
  EXPECT_EQ(document.find("{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
                          "  \"title\": \"sonde.yaml\",\n  \"type\": \"object\","),
            0U);
}

TEST(Schema, CarriesHelpDefaultsAndBounds) {
  const Value schema = sample_section().schema();
  EXPECT_EQ(
      to_json(*schema.find("properties")->find("retries"), false),
      R"({"type":"integer","minimum":0,"maximum":5,"description":"How often once more.","default":0})");
  EXPECT_EQ(to_json(*schema.find("required"), false), R"(["url"])");
  EXPECT_EQ(to_json(*schema.find("additionalProperties"), false), "false");
  EXPECT_EQ(schema.find("properties")->find("every")->find("default")->text, "30s");
}

TEST(Markdown, HasARowForEachKey) {
  EXPECT_EQ(markdown({{"probes.share", "a | b", "0.5", "Of one | of all."},
                      {"url", "text", "", "Where."}}),
            "| key | type | default | what it is for |\n|---|---|---|---|\n"
            "| `probes.share` | a \\| b | `0.5` | Of one \\| of all. |\n"
            "| `url` | text |  | Where. |\n");
}

}  // namespace
}  // namespace sonde::config::schema_test
