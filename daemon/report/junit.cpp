#include "daemon/report/junit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "daemon/core/format.hpp"
#include "daemon/report/text.hpp"
#include "probes/text/code_points.hpp"
#include "probes/text/encode.hpp"
#include "probes/text/printable.hpp"

namespace sonde::report {
namespace {

struct Counts {
  int tests = 0, failures = 0, errors = 0, skipped = 0;
  Span took{};
};

struct Suite {
  std::string target;
  std::vector<ResultPtr> results;
};

Counts count(std::span<const ResultPtr> results) {
  Counts all;
  for (const ResultPtr& result : results) {
    ++all.tests;
    all.failures += result->verdict.outcome == Outcome::fail ? 1 : 0;
    all.errors += result->verdict.outcome == Outcome::inconclusive ? 1 : 0;
    all.skipped += result->verdict.outcome == Outcome::skipped ? 1 : 0;
    all.took += result->took;
  }
  return all;
}

std::string attributes(const Counts& counts) {
  return fmt::format(R"(tests="{}" failures="{}" errors="{}" skipped="{}" time="{}")", counts.tests,
                     counts.failures, counts.errors, counts.skipped, as_seconds(counts.took));
}

std::vector<Suite> suites_of(std::span<const ResultPtr> results) {
  std::vector<Suite> suites;
  for (const ResultPtr& result : results) {
    auto suite = std::ranges::find(suites, result->check->target, &Suite::target);
    if (suite == suites.end()) {
      suites.push_back({result->check->target, {}});
      suite = std::prev(suites.end());
    }
    suite->results.push_back(result);
  }
  return suites;
}

// The element inside a testcase with the failure; empty for a pass.
std::string outcome_xml(const Result& result) {
  const Verdict& verdict = result.verdict;
  const TextStyle plain{.colour = false, .unicode = true, .width = 100, .full = true};
  const std::string message = xml_attribute(cause(verdict, plain));
  if (verdict.outcome == Outcome::pass) return "";
  if (verdict.outcome == Outcome::skipped)
    return fmt::format("      <skipped message=\"{}\"/>\n", message);
  const std::string_view tag = verdict.outcome == Outcome::fail ? "failure" : "error";
  return fmt::format("      <{0} type=\"{1}/{2}\" message=\"{3}\">{4}</{0}>\n", tag,
                     name(verdict.step), name(verdict.reason), message,
                     xml_text(as_text(result, plain)));
}

// A property, which most readers of JUnit files show and the others ignore.
std::string run_xml(const Result& result) {
  if (result.id.empty()) return "";
  return fmt::format("      <properties><property name=\"run\" value=\"{}\"/></properties>\n",
                     result.id);
}

std::string testcase_xml(const Result& result, int occurrence) {
  std::string label = result.check->name;
  if (occurrence > 1) label += fmt::format(" ({})", occurrence);
  return fmt::format(
      "    <testcase name=\"{}\" classname=\"{}\" time=\"{}\">\n{}{}    </testcase>\n",
      xml_attribute(label), xml_attribute("sonde." + result.check->kind), as_seconds(result.took),
      run_xml(result), outcome_xml(result));
}

std::string suite_xml(const Suite& suite) {
  std::string xml =
      fmt::format("  <testsuite name=\"{}\" {} timestamp=\"{}\">\n", xml_attribute(suite.target),
                  attributes(count(suite.results)), as_rfc3339(suite.results.front()->started));
  std::map<std::string, int> occurrences;
  for (const ResultPtr& result : suite.results)
    xml += testcase_xml(*result, ++occurrences[result->check->name]);
  return xml + "  </testsuite>\n";
}

}  // namespace

std::string as_junit(std::span<const ResultPtr> results) {
  std::string xml =
      fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"sonde\" {}>\n",
                  attributes(count(results)));
  for (const Suite& suite : suites_of(results)) xml += suite_xml(suite);
  return xml + "</testsuites>\n";
}

namespace {

// XML 1.0, production 2 (Char), without characters that mislead a reader.
bool xml_carries(char32_t code) {
  return !text::deceives(code) && code != 0xFFFE && code != 0xFFFF;
}

std::string escaped(char32_t code, std::string_view bytes, bool attribute) {
  switch (code) {
    case '\r':
      return "&#13;";
    case '\n':
      return attribute ? "&#10;" : "\n";
    case '\t':
      return attribute ? "&#9;" : "\t";
    default:
      break;
  }
  if (xml_carries(code)) return text::markup_escape(bytes, attribute ? "&<>\"" : "&<>");
  return fmt::format("\\x{:02x}", static_cast<unsigned>(code));
}

std::string xml_escape(std::string_view text, bool attribute) {
  std::string all;
  while (!text.empty()) {
    const text::Rune rune = text::first_rune(text);
    all += rune.code ? escaped(*rune.code, text.substr(0, rune.bytes), attribute) : "\uFFFD";
    text.remove_prefix(rune.bytes);
  }
  return all;
}

}  // namespace

std::string xml_attribute(std::string_view text) { return xml_escape(text, true); }
std::string xml_text(std::string_view text) { return xml_escape(text, false); }

}  // namespace sonde::report
