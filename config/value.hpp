#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sonde::config {

// A place in a configuration; line and column count from 1, 0: no place.
struct Place {
  std::shared_ptr<const std::string> file;
  int line = 0;
  int column = 0;
};

// A node of a YAML document, independent of the YAML library: its value and its place.
struct Value {
  enum class Kind { none, scalar, list, map };
  struct Entry;

  Kind kind = Kind::none;
  Place place;
  std::string text;     // of a scalar; "~" of a Kind::none that is written so
  bool quoted = false;  // "5" is text and never a number
  std::vector<Value> items;
  std::vector<Entry> entries;  // in the order of the file; names are unique

  const Value* find(std::string_view name) const;
  // Whether it is written as `~`, which takes an inherited key or entry away. A key without a value
  // is more likely a mistake.
  bool takes_away() const { return kind == Kind::none && text == "~"; }
};

struct Value::Entry {
  std::string name;
  Place place;
  Value value;
};

}  // namespace sonde::config
