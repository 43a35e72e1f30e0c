#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "config/value.hpp"

namespace sonde::config {

// Something wrong in a configuration, or (a warning) legal but unwise.
struct Mistake {
  Place place;
  std::string path;  // "probes.chat.every"
  std::string text;  // what is wrong, and what to do: "unknown key; did you mean 'every'?"
  bool warning = false;
};

// What a user wrote, in quotes, for a message; cut if it is long.
std::string quote(std::string_view text);

std::string show(const Place& place);  // "sonde.yaml:12:5"

// "sonde.yaml:12:5: probes.chat.evry: unknown key; did you mean 'every'?"; warnings say so.
// Control characters are shown as '?'.
std::string show(const Mistake& mistake);

// Collects every mistake of a load, up to `count_max` (and as many warnings), each once; it prints
// in the order of files and lines.
class Mistakes {
 public:
  static constexpr std::size_t count_max = 200;

  void add(const Place& place, std::string path, std::string text);
  void warn(const Place& place, std::string path, std::string text);
  bool any() const;  // apart from warnings
  std::vector<Mistake> sorted() const;

 private:
  void keep(Mistake mistake);

  std::vector<Mistake> all_;
};

// The name in `names` that was probably meant; empty if none is near.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& names);

// "there is no event 'strated'; did you mean 'started'?" `thing` may be empty.
std::string no_such(std::string_view thing, std::string_view name,
                    const std::vector<std::string_view>& known);

}  // namespace sonde::config
