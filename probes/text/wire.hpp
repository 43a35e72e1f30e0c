#pragma once
#include <expected>
#include <string>
#include <string_view>

namespace sonde::text {

// The bytes that hex digits say; blanks between them are skipped. The error says what is wrong.
std::expected<std::string, std::string> from_hex(std::string_view digits);

// A text after its length in two bytes, the high one first, as MQTT and many others write it. Of a
// longer text the first 65535 bytes.
std::string len16(std::string_view bytes);
// A text after its length as a variable byte integer (MQTT 3.1.1 section 2.2.3). Of a text that is
// longer than that can say, its first 268435455 bytes.
std::string varint(std::string_view bytes);

// A text as it stands inside of an XML element or an attribute.
std::string xml_escape(std::string_view text);
// The other way: the five entities of XML and characters by number. What is none of them stays.
std::string xml_unescape(std::string_view text);

}  // namespace sonde::text
