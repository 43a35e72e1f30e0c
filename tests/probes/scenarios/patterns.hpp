#pragma once
#include <string>
#include <string_view>

#include "tests/support/http_server.hpp"

// Products whose way to authenticate a WebSocket is no built-in dialect, each as a user describes
// it: in YAML alone.
namespace sonde::test {

// The right one; servers know no other.
inline constexpr std::string_view pattern_token =
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl";

// "pass", or what probe `p` of a file failed with ("fail ready/no_ready: ..."). HOST in the file is
// the server's "127.0.0.1:1234", SECRET the file that holds `secret`. The trace must not show the
// token.
std::string outcome_of_pattern(std::string yaml, const Handler& handler,
                               const std::string& secret = std::string(pattern_token));

}  // namespace sonde::test
