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

// Looks for many texts at once, in time linear in what it looks through. Texts of less than 8 bytes
// are too likely to stand somewhere by chance and are ignored.
class Needles {
 public:
  // A text and the forms in which it can appear: as it is, in any case of its letters, in hex, and
  // inside base64 of something longer (both alphabets, the three alignments; RFC 4648).
  void add(std::string_view text, std::size_t owner);

  // Whose texts stand in `text`, each owner once, in rising order.
  std::vector<std::size_t> owners_in(std::string_view text) const;
  // Of the longest form.
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
  std::bitset<65536> beginnings_;  // hashes of those: most places are passed by a look at it
  std::size_t bytes_max_ = 0, owners_ = 0;
};

// Everything that one session received, as it may hide a text: the bytes as they came, across
// messages; with JSON's escapes undone; and each text of the JSON in them (also of JSON inside its
// texts), joined with what stood at the same place before, for a text that is streamed in pieces.
class Received {
 public:
  // The owners of the texts that this message completes.
  std::vector<std::size_t> take(std::string_view payload, const Needles& needles);

 private:
  void look(std::string& tail, std::string_view more, const Needles& needles,
            std::vector<bool>& found) const;
  // Names and lists on the way from the root, hashed: to spell a deep one out for each of a hundred
  // thousand texts would cost a second.
  using Place = std::uint64_t;
  void walk(Place place, text::Json value, const Needles& needles, std::vector<bool>& found,
            int depth);
  void walk_text(Place place, std::string_view text, const Needles& needles,
                 std::vector<bool>& found, int depth);

  std::string raw_;
  std::unordered_map<Place, std::string> places_;  // the end of what stood there
};

// The JSON in a message: all of it, or what begins after a prefix as Socket.IO has it.
std::string_view json_in(std::string_view payload);

// With the escapes of JSON strings (RFC 8259 7) undone wherever they stand.
std::string unescaped(std::string_view text);

}  // namespace sonde::isolation
