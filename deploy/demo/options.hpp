#pragma once
#include <chrono>
#include <cstdint>
#include <expected>
#include <span>
#include <string>

namespace sonde::demo {

// The command line options.
struct Options {
  std::string host = "127.0.0.1";       // a literal address, or localhost
  std::uint16_t port = 8080;            // 0: any free one
  std::uint64_t seed = 1;               // of the ids in events; never of keys and secrets
  std::chrono::milliseconds think{20};  // between two events of a run; at most an hour
  std::string tls_cert, tls_key;        // of the ids in events; never of keys and secrets
  std::string users;                    // a file of lines user:password; empty: alice, bob, carol
  std::size_t max_sessions = 20000;
  bool help = false;
};

// The error is one line for a person.
std::expected<Options, std::string> parse_options(std::span<const char* const> arguments);

// "250ms", "2s" or a bare number of milliseconds, from 0 to an hour.
std::expected<std::chrono::milliseconds, std::string> parse_milliseconds(std::string_view text);

extern const char* const usage;

}  // namespace sonde::demo
