#pragma once
#include <expected>
#include <optional>
#include <string>

#include "probes/upgrade/refuse_upgrade.hpp"

namespace sonde::upgrade {

boost::asio::awaitable<Checked> check_one(RefusalCheck check, const RefusalSubject& subject);

// The upgrade without a fault that the checks are compared with; no failure: it is accepted.
struct Control {
  std::optional<Failure> failure = {};
  diagnosis::Observation seen = {};
};
boost::asio::awaitable<Control> try_control(const RefusalSubject& subject);

}  // namespace sonde::upgrade
