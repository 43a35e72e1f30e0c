#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sonde::access {

// The names that Go gives to suites and curves, which web configurations use, and OpenSSL's.

// nullopt: not a suite that Go supports; empty: one of TLS 1.3, which are always on.
std::optional<std::string_view> cipher_suite(std::string_view name);
std::vector<std::string_view> cipher_names();

std::optional<std::string_view> curve_name(std::string_view name);
std::vector<std::string_view> curve_names();

// The bytes of an address (4 or 16) as text, "::1"; empty: not an address.
std::string show_address(std::string_view bytes);

}  // namespace sonde::access
