#include "probes/dialect/pairing.hpp"

#include <map>

namespace sonde::dialect {

void Pairing::note(bool open, std::optional<std::size_t> key) {
  keyed_ = keyed_ && key;
  notes_.push_back({open, key.value_or(0)});
}

Pairing::Result Pairing::judge() const {
  std::map<std::size_t, long> balance;  // negative: closed before it was opened
  bool early = false;
  for (const auto& [open, key] : notes_) {
    long& count = balance[keyed_ ? key : 0];
    count += open ? 1 : -1;
    early = early || count < 0;
  }
  Result result = early ? Result::out_of_order : Result::fine;
  for (const auto& [key, count] : balance) {
    if (count < 0) return Result::unopened;
    if (count > 0) result = Result::unclosed;
  }
  return result;
}

}  // namespace sonde::dialect
