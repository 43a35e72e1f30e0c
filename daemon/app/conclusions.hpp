#pragma once
#include <map>
#include <span>
#include <string>
#include <vector>

#include "daemon/core/change.hpp"
#include "daemon/core/sink.hpp"

namespace sonde::app {

// What experiments concluded of the failures that last, between the workers, which know it, and the
// store, which keeps it: a failure that goes on over a restart keeps its reason. Pure.
class Conclusions : public Sink {
 public:
  void accept(const ResultPtr& result) override;
  // What changed since the last call.
  std::vector<StateRecord> take_notes();
  // What was there at start, by key_of: the fingerprint of the check, a line break, and the text of
  // its conclusions. Once.
  std::map<std::string, std::string> restore(std::span<const StateRecord> notes);

 private:
  std::map<std::string, std::string> kept_;
  std::vector<StateRecord> notes_;
};

}  // namespace sonde::app
