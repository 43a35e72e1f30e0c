#pragma once
#include <expected>
#include <string>
#include <string_view>

#include "daemon/core/view.hpp"

namespace sonde::web {

// What a client asks for, out of a JSON body; or every mistake of its shape in one text:
// "for: a text is expected; resaon: unknown; did you mean 'reason'?". What the texts say is for
// others to judge.
std::expected<MaintenanceRequest, std::string> maintenance_of(std::string_view body);
std::expected<DeployWish, std::string> deploy_of(std::string_view body);

}  // namespace sonde::web
