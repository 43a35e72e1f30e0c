#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "daemon/alert/alert_text.hpp"
#include "daemon/alert/rule_state.hpp"
#include "daemon/core/alert.hpp"

namespace sonde::alert {

// What is kept of an alert over a restart: where it stands, and what receivers know of it, so that
// it can be resolved even if nobody knows its rule any more.
struct Kept {
  std::string checksum;  // of its rule
  RuleState state;
  AlertText text;
  std::optional<Alert> alert;
};

std::string write(const Kept& kept);                   // JSON
std::optional<Kept> read_kept(std::string_view text);  // nothing: it is none

}  // namespace sonde::alert
