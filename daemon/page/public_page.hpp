#pragma once
#include <expected>
#include <string>
#include <vector>

#include "config/section.hpp"
#include "daemon/page/facts.hpp"

namespace sonde::page {

// `page:`: what people see who may not see what is inside.
struct PublicSettings {
  std::vector<std::string> targets;  // `public`; empty: there is no public page
  std::string title = "Status";
  std::string logo;  // a file; empty: none

  // The content of `logo`, and its type, read when the file is loaded; empty: none.
  std::string logo_bytes = {}, logo_type = {};
};
const config::Section<PublicSettings>& section_of(const PublicSettings*);

inline constexpr std::size_t logo_bytes_max = std::size_t{64} * 1024;
// Reads the logo; the error says what is wrong with it, for people: it is missing, too large, or
// not an SVG, PNG, JPEG or WebP image by its name.
std::expected<void, std::string> read_logo(PublicSettings& settings);

// The page at /public: the chosen targets with their boxes and ninety days, and nothing from
// inside: no address, identity, probe, reason, detail, alert, location or version.
std::string public_page(const OverviewFacts& facts, const PublicSettings& settings);
// The source of its style for the content security policy: "'sha256-...'". The style is within the
// page, so that one path without a password is enough.
const std::string& public_style_source();

}  // namespace sonde::page
