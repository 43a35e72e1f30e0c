#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace sonde::dialect {

// Whether everything that was opened was closed: by key if every frame of both events had one,
// otherwise by counting (never more closed than opened, and the same number at the end).
class Pairing {
 public:
  enum class Result : std::uint8_t { fine, unopened, unclosed, out_of_order };

  Pairing(std::size_t opener, std::size_t closer) : opener_(opener), closer_(closer) {}
  std::size_t opener() const { return opener_; }  // indices of the two events
  std::size_t closer() const { return closer_; }

  void opened(std::optional<std::size_t> key) { note(true, key); }
  void closed(std::optional<std::size_t> key) { note(false, key); }
  Result judge() const;

 private:
  struct Note {
    bool open;
    std::size_t key;
  };
  void note(bool open, std::optional<std::size_t> key);

  std::size_t opener_;
  std::size_t closer_;
  bool keyed_ = true;
  std::vector<Note> notes_;
};

}  // namespace sonde::dialect
