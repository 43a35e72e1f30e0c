#pragma once
#include <deque>
#include <string>
#include <string_view>

namespace sonde::dialect {

// The ids of the latest conversations that we have had as one user. A product that sends what is a
// user's to all of his sessions sends each of them the frames of the others, which are no
// stranger's. Pure.
class OwnRuns {
 public:
  void note(std::string_view id);
  bool knows(std::string_view id) const;

 private:
  std::deque<std::string> ids_;  // the latest first
};

}  // namespace sonde::dialect
