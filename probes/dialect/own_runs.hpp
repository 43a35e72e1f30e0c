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

  // The product has ended an answer to us with an event that has ids of ours. So an answer without
  // them is probably not to us.
  void answered_with_ids() { with_ids_ = true; }
  bool answers_have_ids() const { return with_ids_; }

 private:
  std::deque<std::string> ids_;  // newest first
  bool with_ids_ = false;
};

}  // namespace sonde::dialect
