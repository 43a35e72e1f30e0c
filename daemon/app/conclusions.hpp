#pragma once
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/core/change.hpp"
#include "daemon/core/sink.hpp"

namespace sonde::app {

// Passes the conclusions of experiments about lasting failures from the workers to the store, so
// that a failure that lasts over a restart keeps its reason. Pure.
class Conclusions : public Sink {
 public:
  void accept(const ResultPtr& result) override;
  // The records that changed since the last call.
  std::vector<StateRecord> take_notes();
  // Restores the stored state; call it once. Returns, by key_of, the fingerprint of the check, a
  // line break, and the text of its conclusions.
  std::map<std::string, std::string> restore(std::span<const StateRecord> notes);

 private:
  std::unordered_map<std::string, std::string> kept_;  // by key_of; without empty ones
  std::vector<StateRecord> notes_;
};

}  // namespace sonde::app
