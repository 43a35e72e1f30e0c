#pragma once
#include <span>

#include "config/embedded_file.hpp"

namespace sonde::web {

// daemon/web/openapi.yaml alone.
std::span<const config::EmbeddedFile> openapi_files();

}  // namespace sonde::web
