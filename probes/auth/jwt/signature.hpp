#pragma once
#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

namespace sonde::auth {

// Returns the raw signature of `text`; `key` is a private key in PEM, or the secret itself for HS*.
// The error says what is wrong with the key, and does not contain any of it.
std::expected<std::string, std::string> sign(std::string_view algorithm, std::string_view key,
                                             std::string_view text);

// SHA-256 of `text`, as bytes.
std::string sha256(std::string_view text);
// Returns `count` cryptographically random bytes.
std::string random_bytes(std::size_t count);

}  // namespace sonde::auth
