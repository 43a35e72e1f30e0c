#pragma once
#include <expected>
#include <string>
#include <string_view>

namespace sonde::net {

// Host names and addresses in URLs. Pure.

// The host of a URL as it is connected to: a name in lower case of 1 to 253 ASCII characters, an
// IPv4 address with four parts, or an IPv6 address without its brackets. `text` is ASCII. The error
// says what is wrong.
std::expected<std::string, std::string> parse_host(std::string_view text);

// The same, as browsers read a host (WHATWG URL section 3.5): %XX is decoded, other scripts are
// written in ASCII (UTS 46), and an IPv4 address may have parts in hex or octal, or fewer than
// four.
std::expected<std::string, std::string> parse_host_leniently(std::string_view text);

// A name in another script as DNS has it: "xn--bcher-kva.example" of "bücher.example" (UTS 46,
// nontransitional; IDNA 2008). `name` is UTF-8. The error says what is wrong.
std::expected<std::string, std::string> ascii_name(std::string_view name);

// Whether a host of a URL is this machine: localhost, 127.0.0.0/8 or ::1.
bool is_loopback(std::string_view host);

}  // namespace sonde::net
