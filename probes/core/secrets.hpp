#pragma once
#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "probes/text/pieces.hpp"

namespace sonde {

inline constexpr std::string_view redacted = "<redacted>";
// In place of a text in which nobody can say what is secret.
inline constexpr std::string_view withheld = "<withheld>";

// Texts that are not to be shown. Of a text of 8 bytes or more no 8 consecutive bytes are shown, in
// whatever encoding (find_encoded), so that a cut leaves none of it; of a shorter one, not the
// whole. Less than 4 bytes are ignored: they stand in half of all texts. Bounded: with more than
// 128 KB to hide, every text is withheld.
class Secrets {
 public:
  static constexpr std::size_t bytes_max = 128 * 1024;

  // False if nothing changes.
  bool hide(std::string_view text);
  // The secrets of `others` as well. False if nothing changes.
  bool hide(const Secrets& others);
  // A text that is no secret, such as an address of the target: what a longer secret has in common
  // with it is shown.
  void spare(std::string_view text);
  bool empty() const { return texts_.empty() && !full_; }

  // Replaces every stretch that is not to be shown by "<redacted>". Linear in `shown`.
  void redact(std::string& shown) const;

 private:
  const text::Pieces& pieces() const;

  std::set<std::string, std::less<>> texts_;
  std::vector<std::string> spared_;
  std::size_t bytes_ = 0;
  bool full_ = false;
  mutable std::shared_ptr<const text::Pieces> pieces_;  // of the texts; null: not made yet
};

}  // namespace sonde
