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
// Replaces a text if it is not known which parts of it are secret.
inline constexpr std::string_view withheld = "<withheld>";

// Texts that must not be shown. Of a text of 8 bytes or more no 8 consecutive bytes are shown, in
// any encoding (find_encoded), so that a cut text shows no part of it; a shorter text is not shown
// as a whole. Texts of less than 4 bytes are ignored, because they occur everywhere. Bounded: with
// more than 128 KB to hide, every text is withheld.
class Secrets {
 public:
  static constexpr std::size_t bytes_max = 128 * 1024;

  // Returns false if nothing changes.
  bool hide(std::string_view text);
  // Hides the secrets of `others` too. Returns false if nothing changes.
  bool hide(const Secrets& others);
  // A text that is not secret, such as an address of the target: parts that a longer secret shares
  // with it are shown.
  void spare(std::string_view text);
  bool empty() const { return texts_.empty() && !full_; }

  // Replaces everything that must not be shown by "<redacted>". Linear in the length of `shown`.
  void redact(std::string& shown) const;

 private:
  const text::Pieces& pieces() const;

  std::set<std::string, std::less<>> texts_;
  std::vector<std::string> spared_;
  std::size_t bytes_ = 0;
  bool full_ = false;
  mutable std::shared_ptr<const text::Pieces> pieces_;  // of the texts; null: not built yet
};

}  // namespace sonde
