#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/mistake.hpp"
#include "daemon/access/tls_server.hpp"
#include "daemon/access/web_settings.hpp"

namespace sonde::access {

// A version of a file on the disk, by what stat(2) says; equal: nothing was written meanwhile.
struct FileVersion {
  bool exists = false;
  std::uint64_t device = 0, inode = 0, size = 0;
  std::int64_t changed = 0;  // nanoseconds; set at each write, and by rename and chmod
  bool operator==(const FileVersion&) const = default;
};
FileVersion version_of(const std::filesystem::path& file);

// The files of a web configuration, and their versions from before they were read.
using WatchedFiles = std::vector<std::pair<std::filesystem::path, FileVersion>>;

// A web configuration that was read and checked, with the files that it names. Immutable.
struct WebConfig {
  WebSettings settings;
  std::shared_ptr<const TlsServer> tls;  // null: plain HTTP, or its files were not read
};

// Whether a client has to prove who it is before it may read.
bool asks(const WebConfig& config);

// Reads a file in the exporter-toolkit's format; an empty file allows everything. Nullopt: there
// are mistakes. Where `mistakes` skips secrets, the files that it names are not read. `watched`
// gets the files that it depends on in any case.
std::optional<WebConfig> load_web_config(const std::filesystem::path& file,
                                         config::Mistakes& mistakes, WatchedFiles& watched);

}  // namespace sonde::access
