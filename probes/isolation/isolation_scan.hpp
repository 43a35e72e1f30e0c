#pragma once
#include <bitset>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "probes/text/json.hpp"

namespace sonde::isolation {

// Searches for many texts at once, in linear time. Texts of less than 8 bytes are ignored, because
// they are likely to occur by chance.
class Needles {
 public:
  // Adds a text with the forms in which it can appear: unchanged, in any letter case, in hex, and
  // inside base64 of a longer text (both alphabets, three alignments; RFC 4648).
  void add(std::string_view text, std::size_t owner);

  // The owners of texts found in `text`, each once, in rising order.
  std::vector<std::size_t> owners_in(std::string_view text) const;
  // Size of the longest form.
  std::size_t bytes_max() const { return bytes_max_; }

 private:
  struct Form {
    std::string text;
    std::size_t owner;
    bool any_case;
  };
  void add_form(std::string text, std::size_t owner, bool any_case);
  void find(std::string_view text, bool any_case, std::vector<bool>& found) const;

  std::multimap<std::uint64_t, Form> forms_;  // by their first eight bytes
  std::bitset<65536> beginnings_;  // hashes of those, which rule out most positions quickly
  std::size_t bytes_max_ = 0, owners_ = 0;
};

// Everything that one session received, in the ways it may contain a text: the raw bytes, across
// messages; with JSON escapes decoded; and each text in the JSON (also of JSON inside its texts),
// joined with earlier values at the same place, for texts that are streamed in pieces.
class Received {
 public:
  // The owners of the texts that this message completes.
  std::vector<std::size_t> take(std::string_view payload, const Needles& needles);

 private:
  void look(std::string& tail, std::string_view more, const Needles& needles,
            std::vector<bool>& found) const;
  // Hash of the names and indexes on the path from the root: writing out a deep path for each of a
  // hundred thousand texts would take a second.
  using Place = std::uint64_t;
  void walk(Place place, text::Json value, const Needles& needles, std::vector<bool>& found,
            int depth);
  void walk_text(Place place, std::string_view text, const Needles& needles,
                 std::vector<bool>& found, int depth);

  std::string raw_;
  std::unordered_map<Place, std::string> places_;  // the end of the earlier values there
};

// The JSON in a message: all of it, or the part after a prefix as in Socket.IO.
std::string_view json_in(std::string_view payload);

// `text` with all escapes of JSON strings decoded (RFC 8259 section 7).
std::string unescaped(std::string_view text);

}  // namespace sonde::isolation
