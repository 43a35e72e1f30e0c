#include "daemon/report/junit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <optional>
#include <vector>

#include "tests/daemon/core/made_results.hpp"

namespace sonde::report::junit_test {
namespace {
using testing::HasSubstr;

// The elements of a document as "testsuites/testsuite/testcase" paths, in order; nothing if its
// tags do not nest or its text holds what must be escaped.
std::optional<std::vector<std::string>> outline(std::string_view xml) {
  std::vector<std::string> open, paths;
  xml.remove_prefix(xml.find("?>") + 2);
  while (!xml.empty()) {
    const std::size_t tag = xml.find('<');
    if (xml.substr(0, tag).find_first_of("\x1b\x01") != std::string_view::npos) return std::nullopt;
    if (tag == std::string_view::npos) break;
    const std::size_t end = xml.find('>', tag);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view inside = xml.substr(tag + 1, end - tag - 1);
    const std::string element(
        inside.substr(inside.starts_with('/') ? 1 : 0, inside.find_first_of(" /", 1)));
    if (inside.starts_with('/')) {
      if (open.empty() || element != open.back()) return std::nullopt;
      open.pop_back();
    } else {
      std::string path;
      for (const auto& parent : open) path += parent + "/";
      paths.push_back(path + element);
      if (!inside.ends_with('/')) open.push_back(element);
    }
    xml.remove_prefix(end + 1);
  }
  return open.empty() ? std::optional(paths) : std::nullopt;
}

TEST(Junit, IsATestsuiteEachTargetAndATestcaseEachResult) {
  const std::vector<ResultPtr> results{
      MadeResult("login", "staging", "login").shared(),
      MadeResult("login", "production", "login").shared(),
      MadeResult("chat", "staging").failed(Step::events, Reason::stalled).shared()};
  const std::vector<std::string> expected{"testsuites",
                                          "testsuites/testsuite",
                                          "testsuites/testsuite/testcase",
                                          "testsuites/testsuite/testcase",
                                          "testsuites/testsuite/testcase/failure",
                                          "testsuites/testsuite",
                                          "testsuites/testsuite/testcase"};
  EXPECT_EQ(outline(as_junit(results)), expected);
}

TEST(Junit, CountsAndTimesStandAtTheSuite) {
  const std::vector<ResultPtr> results{
      MadeResult("a").shared(), MadeResult("b").failed(Step::login, Reason::credentials).shared(),
      MadeResult("c").failed(Step::login, Reason::own_dns).shared(),
      MadeResult("d").failed(Step::login, Reason::overlap).took(0).shared()};
  EXPECT_THAT(as_junit(results),
              HasSubstr("<testsuite name=\"staging\" tests=\"4\" failures=\"1\" errors=\"1\" "
                        "skipped=\"1\" time=\"3.600000\" timestamp=\"2026-01-02T03:04:05.678Z\">"));
}

TEST(Junit, NamesProbeKindStepAndReason) {
  const std::vector<ResultPtr> results{
      MadeResult("web").failed(Step::ready, Reason::no_ready, "a < b & \"c\"").shared()};
  const std::string xml = as_junit(results);
  EXPECT_THAT(xml, HasSubstr("<testcase name=\"web\" classname=\"sonde.chat\" time=\"1.200000\">"));
  EXPECT_THAT(xml, HasSubstr("<failure type=\"ready/no_ready\" "
                             "message=\"ready/no_ready: a &lt; b &amp; &quot;c&quot;\">"));
}

TEST(Junit, OwnFaultsAreErrorsAndSkippedBeatsSkipped) {
  const std::vector<ResultPtr> results{
      MadeResult("a").failed(Step::login, Reason::own_dns).shared(),
      MadeResult("b").failed(Step::login, Reason::overlap).shared()};
  const std::string xml = as_junit(results);
  EXPECT_THAT(xml, HasSubstr("<error type=\"login/own_dns\""));
  EXPECT_THAT(xml, HasSubstr("<skipped message=\"login/overlap\"/>"));
}

TEST(Junit, FurtherRunsOfAProbeHaveNamesOfTheirOwn) {
  const std::vector<ResultPtr> results{MadeResult("a").shared(), MadeResult("a").shared()};
  const std::string xml = as_junit(results);
  EXPECT_THAT(xml, HasSubstr("name=\"a\""));
  EXPECT_THAT(xml, HasSubstr("name=\"a (2)\""));
}

TEST(Junit, StaysWellFormedWhateverAServerSends) {
  MadeResult made("a<b", "x\"y");
  made.frame(Direction::in, "]]></failure>\x1b\x01\xFF<script>", 1);
  made.failed(Step::events, Reason::malformed, "\x1b[31m]]></failure>");
  const std::vector<ResultPtr> results{made.shared()};
  EXPECT_TRUE(outline(as_junit(results)).has_value());
}

TEST(Xml, EscapesWhatCannotStand) {
  EXPECT_EQ(xml_attribute("a\n\"b\""), "a&#10;&quot;b&quot;");
  EXPECT_EQ(xml_text("a\n\"b\""), "a\n\"b\"");
  EXPECT_EQ(xml_text("\x1b\x01"), "\\x1b\\x01");
  EXPECT_EQ(xml_text("\xFF"
                     "a"),
            "\uFFFDa");
  EXPECT_EQ(xml_text("\uFFFE"), "\\xfffe");
}

}  // namespace
}  // namespace sonde::report::junit_test
