#pragma once
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/auth/mapped_file.hpp"

namespace sonde::auth {

// Recognizes what services issued to earlier runs (session cookies, tokens, captured values), in
// texts that come long after. Holds digests of pieces of 16 bytes, from which what is random cannot
// be derived: of each text the pieces at every 8th byte of the first 64, and the last one. So a
// text that is shown whole is found, and so is any part of 23 bytes of the first 64. Bounded to 1
// MB: of at least the last 6,000 texts, whatever their length, and of the last 16,000 with 32
// bytes; a text of several parts counts as several. Shared by all workers of a process and, if in a
// file, by all processes that use it; it survives their end. Thread-safe and lock-free. When it
// forgets old ones, a piece that another thread adds at that moment may get lost.
class IssuedTable {
 public:
  // A table in the memory of this process.
  static std::shared_ptr<IssuedTable> in_memory();
  // In a file, for its owner alone (0600), made where there is none. The error says why not.
  static std::expected<std::shared_ptr<IssuedTable>, std::string> open(const std::string& path);
  ~IssuedTable();
  IssuedTable(const IssuedTable&) = delete;
  IssuedTable& operator=(const IssuedTable&) = delete;

  // Of a text that quotes, bars or the like divide, as signed cookies, it takes the four longest
  // parts. Ignores what is shorter than 16 bytes, what is no issued text (sentences, addresses,
  // words), and JWTs, which are recognized by their shape (see sonde::scrub).
  void remember(std::string_view issued);
  // Nothing was issued yet, so find() finds nothing.
  bool empty() const;
  // The parts of a text that contain such a piece, in either letter case, as they are written: as
  // far as there is no blank, quote or other separator. Linear in the length of the text.
  std::vector<std::string> find(std::string_view text) const;

 private:
  struct Content;
  IssuedTable(Content* content, std::optional<MappedFile> file)
      : content_(content), file_(std::move(file)) {}
  bool has(std::uint64_t digest) const;
  void add(std::uint64_t digest);
  void begin_half(std::uint32_t epoch);
  std::vector<std::uint64_t> digests_of(const std::string& pieces) const;

  Content* content_;
  std::optional<MappedFile> file_;  // nullopt: the table is on the heap
};

}  // namespace sonde::auth
