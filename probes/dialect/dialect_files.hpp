#pragma once
#include <span>

#include "config/embedded_file.hpp"

namespace sonde::dialect {

// The built-in dialects, from config/dialects; nothing is read at run time.
std::span<const config::EmbeddedFile> dialect_files();

}  // namespace sonde::dialect
