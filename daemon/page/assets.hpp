#pragma once
#include <span>
#include <string>
#include <string_view>

#include "config/embedded_file.hpp"

namespace sonde::page {

// The style, script and icon of the pages, such as "page.css".
std::span<const config::EmbeddedFile> page_files();

// "/assets/page-1a2b3c4d.css": with a digest of the content, so that browsers may keep it for
// good.
const std::string& asset_path(std::string_view name);

// The file at a path as asset_path() returns it; nullptr: there is none.
const config::EmbeddedFile* asset_at(std::string_view path);
// Its Content-Type.
std::string_view content_type(const config::EmbeddedFile& file);

}  // namespace sonde::page
