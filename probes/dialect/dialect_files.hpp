#pragma once
#include <span>
#include <string_view>

namespace sonde::dialect {

// A built-in dialect: its name and its YAML, from config/dialects.
struct DialectFile {
  std::string_view name;
  std::string_view yaml;
};

// The built-in dialects, compiled into the binary; nothing is read at run time.
std::span<const DialectFile> dialect_files();

}  // namespace sonde::dialect
