#pragma once
#include <expected>
#include <string>
#include <string_view>

#include "daemon/core/view.hpp"

namespace sonde::web {

// Reads a request from a JSON body; the error lists every mistake of its structure: "for: a text is
// expected; resaon: unknown; did you mean 'reason'?". Does not validate the texts.
std::expected<MaintenanceRequest, std::string> maintenance_of(std::string_view body);
std::expected<AcknowledgeRequest, std::string> acknowledge_of(std::string_view body);
std::expected<DeployRequest, std::string> deploy_of(std::string_view body);

}  // namespace sonde::web
