#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/reader.hpp"
#include "config/value.hpp"

namespace sonde::config {

// Builds a Value from the events of a YAML parser, and enforces the rules for configurations:
// limits, unique keys, only texts as keys. Independent of the YAML library.
class Document {
 public:
  // Thrown by every event if the document cannot be read any further.
  struct Refused {
    Place place;
    std::string path;
    std::string text;
    bool template_unquoted = false;  // {{x}} without quotes, which YAML reads as nested mappings
  };
  using Anchor = std::size_t;  // 0: none

  explicit Document(Mistakes& mistakes) : mistakes_(&mistakes) {}

  void none(const Place& place, Anchor anchor, bool tilde);  // `tilde`: written as ~
  void scalar(const Place& place, Anchor anchor, std::string text, bool quoted);
  void open(const Place& place, Anchor anchor, Value::Kind kind);  // a list or a map
  void close();
  // Inserts the anchored value again. Its size is checked before it is copied.
  void alias(const Place& place, Anchor anchor);

  Place innermost() const;                     // where the innermost open list or map began
  const Place& last() const { return last_; }  // where the last event was
  Value take() { return std::move(root_); }

 private:
  struct Size {
    std::size_t nodes = 0, bytes = 0;
    int height = 0;  // 0: a scalar
  };
  struct Anchored {
    Value value;
    Size size;
  };
  struct Frame {  // an open list or map
    Value value;
    Anchor anchor = 0;
    std::optional<Value> key;  // has no value yet
    std::unordered_map<std::string, Place> names;
    std::optional<Value> merged;  // the value of <<
    Size size;
  };

  void put(Value value, Anchor anchor, const Size& size);
  void put_in_map(Frame& frame, Value value);
  void take_key(Frame& frame, Value key);
  void take_entry(Frame& frame, Value key, Value value);
  void merge(Frame& frame);
  void merge_one(Frame& frame, const Value& map);
  void count(const Place& place, const Size& size);
  Reader reader() const;
  [[noreturn]] void refuse(const Place& place, std::string text, bool template_unquoted = false);

  Mistakes* mistakes_;
  Value root_;
  std::vector<Frame> frames_;
  std::unordered_map<Anchor, Anchored> anchored_;
  Size total_;
  Place last_;
};

}  // namespace sonde::config
