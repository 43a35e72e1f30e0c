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

// Makes a Value of what a YAML parser meets, one event after the other, and knows what a
// configuration may hold: bounds, unique keys, names as keys. It knows no YAML library.
class Document {
 public:
  // Thrown by every event: the document cannot be read any further.
  struct Refused {
    Place place;
    std::string path;
    std::string text;
    bool template_unquoted = false;  // {{x}}, which YAML takes for a mapping in a mapping
  };
  using Anchor = std::size_t;  // 0: none

  explicit Document(Mistakes& mistakes) : mistakes_(&mistakes) {}

  void none(const Place& place, Anchor anchor);
  void scalar(const Place& place, Anchor anchor, std::string text, bool quoted);
  void open(const Place& place, Anchor anchor, Value::Kind kind);  // a list or a map
  void close();
  // The anchored value once more. Its size is known before it is copied.
  void alias(const Place& place, Anchor anchor);

  Place innermost() const;                     // where the list or map began that is still open
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
  struct Frame {  // a list or map that is still open
    Value value;
    Anchor anchor = 0;
    std::optional<Value> key;  // waits for its value
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
