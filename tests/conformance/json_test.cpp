#include "probes/text/json.hpp"

#include <gtest/gtest.h>

#include "tests/conformance/suite.hpp"

namespace sonde::conformance::json_test {
namespace {

// The texts that a parser may accept or not (i_), and that a browser does not: UTF-16.
bool is_accepted_by_browsers(std::string_view name) {
  return !name.contains("UTF-16") && !name.contains("utf16");
}

// https://github.com/nst/JSONTestSuite. What it leaves open has to be as in a browser's
// Response.json().
TEST(JsonConformance, BodiesAreAcceptedAndRefusedAsByBrowsers) {
  const auto data = read_export("json-test-suite/data/parsing.js");
  ASSERT_TRUE(data);
  Suite suite("json");
  for (std::size_t i = 0; i < data->root().size(); ++i) {
    const text::Json one = data->root().item(i);
    const std::string name = one.member("name").string_or_empty();
    const bool wanted =
        name.starts_with('y') || (name.starts_with('i') && is_accepted_by_browsers(name));
    const bool made = text::Document::parse_body(one.member("input").string_or_empty()).has_value();
    suite.compare(name, wanted ? "accept" : "refuse", made ? "accept" : "refuse");
  }
  suite.conclude(318);
}

}  // namespace
}  // namespace sonde::conformance::json_test
