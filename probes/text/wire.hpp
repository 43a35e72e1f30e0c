#pragma once
#include <expected>
#include <string>
#include <string_view>

namespace sonde::text {

// The bytes of hex digits; spaces between them are skipped. The error says what is wrong.
std::expected<std::string, std::string> from_hex(std::string_view digits);

// The text with its length before it in two bytes, high byte first, as in MQTT and other protocols.
// Only the first 65535 bytes of a longer text.
std::string len16(std::string_view bytes);
// The text with its length before it as a variable byte integer (MQTT 3.1.1 section 2.2.3). Only
// the first 268435455 bytes of a longer text.
std::string varint(std::string_view bytes);

// Escapes a text for the inside of an XML element or attribute.
std::string xml_escape(std::string_view text);
// The reverse: decodes XML's five entities and numeric references. Anything else is unchanged.
std::string xml_unescape(std::string_view text);

}  // namespace sonde::text
