#include "probes/text/html.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <vector>

#include "tests/conformance/suite.hpp"

namespace sonde::conformance::html_test {
namespace {

// A case of a .dat file: the page, and its tree.
struct Case {
  std::string page;
  std::vector<std::string> tree;  // lines such as `|     <form>`
  bool whole_page = true;         // not the inside of an element, and without scripts
};

std::vector<Case> cases_of(const std::string& data) {
  std::vector<Case> cases;
  std::string section;
  std::istringstream lines(data);
  for (std::string line; std::getline(lines, line);) {
    const bool of_text = section == "#data" && line != "#errors";
    if (!of_text && line.starts_with('#')) {
      if (line == "#data") cases.emplace_back();
      if (line == "#document-fragment" || line == "#script-on") cases.back().whole_page = false;
      section = line;
    } else if (section == "#data") {
      cases.back().page += line + "\n";
    } else if (section == "#document") {
      cases.back().tree.push_back(line);
    }
  }
  for (Case& one : cases)
    if (!one.page.empty()) one.page.pop_back();
  return cases;
}

std::size_t depth(const std::string& line) {
  return std::min(line.find_first_not_of("| "), line.size());
}

// What matters to a login: the forms, and the src of each script once, in their order. Elements of
// SVG and MathML, and those of a <template>, are not of the page.
std::string wanted_of(const Case& one) {
  std::string out;
  std::size_t forms = 0, in_template = std::string::npos;
  std::vector<std::string> scripts;
  for (std::size_t i = 0; i < one.tree.size(); ++i) {
    const std::string& line = one.tree[i];
    const std::size_t at = depth(line);
    if (at <= in_template) in_template = std::string::npos;
    if (in_template != std::string::npos) continue;
    const std::string element = line.substr(at);
    if (element == "<template>") in_template = at;
    if (element == "<form>") ++forms;
    if (element != "<script>") continue;
    for (std::size_t j = i + 1; j < one.tree.size() && depth(one.tree[j]) > at; ++j) {
      const std::string attribute = one.tree[j].substr(depth(one.tree[j]));
      if (!attribute.starts_with("src=\"")) continue;
      const std::string source = attribute.substr(5, attribute.size() - 6);
      if (!source.empty() && std::ranges::find(scripts, source) == scripts.end())
        scripts.push_back(source);
    }
  }
  out = std::to_string(forms) + " forms";
  for (const std::string& script : scripts) out += ", " + script;
  return out;
}

std::string made_of(const std::string& page) {
  const text::Html html = text::parse_html(page);
  std::string out = std::to_string(html.forms.size()) + " forms";
  for (const std::string& script : html.scripts) out += ", " + script;
  return out;
}

// https://github.com/html5lib/html5lib-tests, the trees. Sonde builds no tree; it has to find the
// forms and scripts that a browser finds.
TEST(HtmlConformance, FormsAndScriptsAreFoundAsByBrowsers) {
  const std::filesystem::path folder =
      "/usr/share/gocode/src/golang.org/x/net/html/testdata/webkit";
  std::vector<std::string> files;
  for (const auto& file : std::filesystem::directory_iterator(folder))
    if (file.path().extension() == ".dat") files.push_back(file.path().filename());
  std::ranges::sort(files);
  Suite suite("html");
  for (const std::string& file : files) {
    std::size_t number = 0;
    for (const Case& one : cases_of(read_data(folder / file))) {
      ++number;
      if (one.whole_page)
        suite.compare(file + ":" + std::to_string(number), wanted_of(one), made_of(one.page));
    }
  }
  suite.conclude(1516);
}

}  // namespace
}  // namespace sonde::conformance::html_test
