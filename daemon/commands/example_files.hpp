#pragma once
#include <span>

#include "config/embedded_file.hpp"

namespace sonde::commands {

// The examples of config/examples.
std::span<const config::EmbeddedFile> example_files();

}  // namespace sonde::commands
