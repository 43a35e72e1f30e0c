#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "daemon/alert/rule_settings.hpp"

namespace sonde {

enum class Measured : std::uint8_t { share, span, count, burn };

// What can be said of an alert by what it is about; one row an AlertOf.
struct Subject {
  AlertOf of;
  std::string_view name;
  Measured measured;  // what its bound is; burn: it has none
  bool falls;         // it fires below its bound, else above
  std::optional<Bound> usual;
  // Of the keys that some subjects have and others have not, its own.
  std::vector<std::string_view> keys;
  // Whether a check can be asked; of one rule, without its selector.
  bool (*concerns)(const RuleSettings& rule, const Check& check);

  bool has(std::string_view key) const;
};
const Subject& subject(AlertOf of);

// The checks that a rule is about: selected, and of a kind that its subject knows.
bool concerns(const RuleSettings& rule, const Check& check);

}  // namespace sonde
