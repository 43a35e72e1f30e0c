#include "daemon/store/pieces.hpp"

#include <algorithm>

namespace sonde::store {
namespace {

template <class Row>
std::size_t copy_some(const std::vector<Row>& from, std::size_t begin, std::size_t rows,
                      std::vector<Row>& to) {
  const std::size_t end = std::min(from.size(), begin + rows);
  to.assign(from.begin() + static_cast<std::ptrdiff_t>(begin),
            from.begin() + static_cast<std::ptrdiff_t>(end));
  return end;
}

template <class Row>
void drop_first(std::vector<Row>& rows, std::size_t count) {
  rows.erase(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(count));
}

}  // namespace

Changes Pieces::next(std::size_t rows) {
  Changes piece;
  next_.notes = copy_some(changes_.notes, kept_.notes, rows, piece.notes);
  rows -= piece.notes.size();
  next_.buckets = copy_some(changes_.buckets, kept_.buckets, rows, piece.buckets);
  rows -= piece.buckets.size();
  next_.results = copy_some(changes_.results, kept_.results, rows, piece.results);
  return piece;
}

void Pieces::kept() { kept_ = next_; }

void Pieces::forget_kept() {
  drop_first(changes_.notes, kept_.notes);
  drop_first(changes_.buckets, kept_.buckets);
  drop_first(changes_.results, kept_.results);
  kept_ = next_ = {};
}

}  // namespace sonde::store
