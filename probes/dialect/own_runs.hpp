#pragma once
#include <deque>
#include <string>
#include <string_view>

namespace sonde::dialect {

// The ids of our latest conversations as one user. A product that sends a user's data to all of the
// user's sessions sends each of them the frames of the others; those are not foreign. Pure.
class OwnRuns {
 public:
  void note(std::string_view id);
  bool knows(std::string_view id) const;

 private:
  std::deque<std::string> ids_;  // newest first
};

}  // namespace sonde::dialect
