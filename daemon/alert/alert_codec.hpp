#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "daemon/alert/alert_text.hpp"
#include "daemon/alert/rule_state.hpp"
#include "daemon/core/alert.hpp"

namespace sonde::alert {

// The part of an alert that is kept across a restart: its state and what receivers were sent, so
// that it can be resolved even if its rule is gone.
struct SavedAlert {
  std::string checksum;  // of its rule
  RuleState state;
  AlertText text;
  std::optional<Alert> alert;
};

std::string write(const SavedAlert& kept);  // JSON
std::optional<SavedAlert> read_saved_alert(
    std::string_view text);  // returns nullopt if it is not valid

}  // namespace sonde::alert
