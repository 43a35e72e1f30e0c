#pragma once
#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sonde::text {

// The SHA-256 digest (FIPS 180-4) of bytes, as 64 lower-case hex digits.
std::string sha256(std::string_view bytes);

std::string base64(std::string_view bytes);
std::string base64url(std::string_view bytes);  // without padding
// with or without padding
std::expected<std::string, std::string> from_base64url(std::string_view text);

std::string hex(std::string_view bytes);
// The bytes of hex digits; spaces between them are skipped. The error says what is wrong.
std::expected<std::string, std::string> from_hex(std::string_view digits);

std::string percent_encode(std::string_view bytes);  // all except RFC 3986 "unreserved"
// All except the characters that `keeps` accepts.
std::string percent_encode(std::string_view bytes, const std::function<bool(char)>& keeps);
// The reverse; an escape that is none stays as it is (WHATWG URL section 1.3).
std::string percent_decode(std::string_view text);

// The parameters of a query or of a form by name, decoded, "+" as a space; the first one of each
// name counts (WHATWG URL section 5.1).
using Parameters = std::map<std::string, std::string, std::less<>>;
Parameters read_parameters(std::string_view encoded);
// The value of one; nullopt: it is not given.
std::optional<std::string> parameter(std::string_view encoded, std::string_view name);

// The text with its length before it in two bytes, high byte first, as in MQTT and other protocols.
// Only the first 65535 bytes of a longer text.
std::string len16(std::string_view bytes);
// The text with its length before it as a variable byte integer (MQTT 3.1.1 section 2.2.3). Only
// the first 268435455 bytes of a longer text.
std::string varint(std::string_view bytes);

// Escapes those of the five characters & < > " ' that are in `which`: for XML, HTML and Slack.
std::string markup_escape(std::string_view text, std::string_view which);
// Escapes a text for the inside of an XML element or attribute.
std::string xml_escape(std::string_view text);
// The reverse: decodes XML's five entities and numeric references. Anything else is unchanged.
std::string xml_unescape(std::string_view text);

}  // namespace sonde::text
