#include "tests/conformance/suite.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

namespace sonde::conformance {
namespace {

const std::string folder = std::string(SONDE_SOURCE_DIR) + "/tests/conformance/";

// The reason of each case of a suite in the table.
std::map<std::string, std::string> listed(const std::string& suite) {
  std::istringstream table(read_data(folder + "deviations.tsv"));
  std::map<std::string, std::string> cases;
  for (std::string line; std::getline(table, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    const auto first = line.find('\t'), second = line.find('\t', first + 1);
    if (second == line.npos) {
      ADD_FAILURE() << "not three columns: " << line;
    } else if (line.substr(0, first) == suite) {
      cases[line.substr(second + 1)] = line.substr(first + 1, second - first - 1);
    }
  }
  return cases;
}

}  // namespace

Suite::Suite(std::string name) : name_(std::move(name)) {}

void Suite::compare(const std::string& id, const std::string& wanted, const std::string& made) {
  ++cases_;
  if (wanted != made) deviations_[id] = {wanted, made};
}

void Suite::conclude(std::size_t cases) {
  EXPECT_EQ(cases_, cases) << "the data is another one";
  const auto table = listed(name_);
  const std::string readme = read_data(folder + "README.md");
  const bool print = std::getenv("SONDE_CONFORMANCE_PRINT") != nullptr;
  for (const auto& [id, made] : deviations_) {
    const auto row = table.find(id);
    if (print)
      std::cout << name_ << '\t' << (row == table.end() ? "?" : row->second) << '\t' << id
                << "\t# wanted " << shown(made.wanted) << ", made " << shown(made.made) << '\n';
    else if (row == table.end())
      ADD_FAILURE() << name_ << ", case " << id << ": wanted " << shown(made.wanted) << ", made "
                    << shown(made.made);
  }
  for (const auto& [id, reason] : table) {
    EXPECT_TRUE(deviations_.contains(id)) << name_ << ", case " << id << " deviates no longer";
    EXPECT_TRUE(readme.contains("| `" + reason + "` |")) << "README.md does not explain " << reason;
  }
}

std::string read_data(const std::string& path) {
  const std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path << " is missing; tests/run build installs it";
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::optional<text::Document> read_export(const std::string& path) {
  const std::string file =
      read_data(std::string(SONDE_SOURCE_DIR) + "/tests/peers/node_modules/" + path);
  constexpr std::string_view before = "export default ";
  const auto at = file.find(before);
  if (at == file.npos) return std::nullopt;
  auto document = text::Document::parse(std::string_view(file).substr(at + before.size()));
  EXPECT_TRUE(document) << path;
  return document ? std::optional(*std::move(document)) : std::nullopt;
}

std::string shown(std::string_view text) {
  std::string line;
  for (char c : text::json_escape(text)) line += c;
  return line;
}

}  // namespace sonde::conformance
