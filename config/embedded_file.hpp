#pragma once
#include <string_view>

namespace sonde::config {

// A file that is compiled into the binary (sonde_embed in cmake/libraries.cmake).
struct EmbeddedFile {
  std::string_view name;  // without the folder, and without .yaml
  std::string_view text;
};

}  // namespace sonde::config
