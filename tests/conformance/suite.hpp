#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "probes/text/json.hpp"

namespace sonde::conformance {

// The cases of a suite where Sonde's parser decides otherwise than the data says, and why. The
// table is deviations.tsv in this folder: suite, reason and case in a line, separated by tabs; the
// reasons are explained in README.md.
class Suite {
 public:
  explicit Suite(std::string name);

  // One case: what the data wants, and what the parser made of it, both as a text to compare.
  void compare(const std::string& id, const std::string& wanted, const std::string& made);

  // At the end: the table has exactly the cases that deviate, each with a reason that the README
  // explains, and the suite had `cases` cases. Adds failures to the test. With
  // SONDE_CONFORMANCE_PRINT=1 prints what deviates as lines for the table.
  void conclude(std::size_t cases);

 private:
  struct Made {
    std::string wanted, made;
  };
  std::string name_;
  std::size_t cases_ = 0;
  std::map<std::string, Made> deviations_;
};

// A file of the data; adds a failure and returns an empty text if it cannot be read.
std::string read_data(const std::string& path);

// What a file of an npm package exports: `export default JSON`. `path` is below
// tests/peers/node_modules.
std::optional<text::Document> read_export(const std::string& path);

// A text on one line: as JSON, without quotes.
std::string shown(std::string_view text);

}  // namespace sonde::conformance
