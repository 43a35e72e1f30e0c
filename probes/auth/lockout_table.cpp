#include "probes/auth/lockout_table.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "config/file.hpp"
#include "probes/auth/jwt/signature.hpp"

namespace sonde::auth {

// The counts are in one word, so that they change atomically, and so is the quiet time.
struct LockoutTable::Slot {
  std::atomic<Key> key{0};  // 0: free
  std::atomic<std::uint64_t> counts{0};
  std::atomic<std::int64_t> last{0};
  std::atomic<std::uint64_t> quiet{0};
};

struct LockoutTable::Content {
  static constexpr std::size_t slots_max = 4096;
  static constexpr char magic[8] = {'S', 'N', 'D', 'L', 'O', 'C', 'K', '1'};
  static_assert(sizeof magic == MappedFile::format_size);
  char format[8] = {};
  char salt[24] = {};
  Slot slots[slots_max];
};

namespace {

static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

// Bits in the word of a row: refused 14, redeemed 14, pending 8, two marks of 14.
constexpr int count_bits = 14, pending_bits = 8;
constexpr std::uint64_t count_max = (1 << count_bits) - 1, pending_max = (1 << pending_bits) - 1;

std::uint64_t clamped(int count, std::uint64_t most) {
  return std::min(static_cast<std::uint64_t>(std::max(count, 0)), most);
}

std::uint64_t packed(const RefusalCounts& counts) {
  std::uint64_t word = counts.tried[1] & count_max;
  word = word << count_bits | (counts.tried[0] & count_max);
  word = word << pending_bits | clamped(counts.pending, pending_max);
  word = word << count_bits | clamped(counts.redeemed, count_max);
  return word << count_bits | clamped(counts.refused, count_max);
}

RefusalCounts unpacked(std::uint64_t word) {
  const auto take = [&word](int bits) {
    const auto part = static_cast<std::uint16_t>(word & ((1U << bits) - 1));
    word >>= bits;
    return part;
  };
  RefusalCounts counts;
  counts.refused = take(count_bits);
  counts.redeemed = take(count_bits);
  counts.pending = take(pending_bits);
  for (std::uint16_t& mark : counts.tried) mark = take(count_bits);
  return counts;
}

// Bits of a quiet time, from the top: its end 40, granted 12, wish 12. Of two such words, the
// greater one ends later.
constexpr int span_bits = 12;
constexpr std::uint64_t span_max = (1 << span_bits) - 1, until_max = (1ULL << 40) - 1;

std::uint64_t packed(const LockoutTable::Quiet& quiet) {
  const auto until = static_cast<std::uint64_t>(std::max<std::int64_t>(quiet.until, 0));
  std::uint64_t word = std::min(until, until_max);
  word = word << span_bits | clamped(quiet.granted, span_max);
  return word << span_bits | clamped(quiet.wanted, span_max);
}

LockoutTable::Quiet quiet_in(std::uint64_t word) {
  return {.until = static_cast<std::int64_t>(word >> 2 * span_bits),
          .granted = static_cast<int>(word >> span_bits & span_max),
          .wanted = static_cast<int>(word & span_max)};
}

// Adds what others counted since `before`. Clearing the known rejections clears those of the others
// too.
RefusalCounts merged(const RefusalCounts& there, const RefusalCounts& before,
                     const RefusalCounts& now) {
  if (there == before || (now.refused == 0 && before.refused > 0)) return now;
  RefusalCounts sum = now;
  sum.refused = std::max(there.refused + now.refused - before.refused, 0);
  sum.pending = std::max(there.pending + now.pending - before.pending, 0);
  sum.redeemed = std::clamp(there.redeemed + now.redeemed - before.redeemed, 0, sum.refused);
  return sum;
}

}  // namespace

LockoutTable::Key LockoutTable::key_of(std::string_view target, std::string_view user) {
  const std::string digest = sha256(std::string(target) + "/" + std::string(user));
  Key key = 0;
  std::memcpy(&key, digest.data(), sizeof key);
  return std::max<Key>(key, 1);
}

std::shared_ptr<LockoutTable> LockoutTable::in_memory() {
  auto* content = new Content;
  const std::string salt = random_bytes(sizeof content->salt);
  std::memcpy(content->salt, salt.data(), sizeof content->salt);
  return std::shared_ptr<LockoutTable>(new LockoutTable(content, std::nullopt));
}

std::expected<std::shared_ptr<LockoutTable>, std::string> LockoutTable::open(
    const std::string& path) {
  const auto fresh = in_memory();
  std::memcpy(fresh->content_->format, Content::magic, sizeof Content::magic);
  const std::string_view bytes(reinterpret_cast<const char*>(fresh->content_), sizeof(Content));
  auto file = MappedFile::open(path, bytes, "counts of refused logins");
  if (!file) return std::unexpected(std::move(file.error()));
  auto* content = static_cast<Content*>(file->bytes());
  std::shared_ptr<LockoutTable> table(new LockoutTable(content, *std::move(file), path));
  table->file_->join([&table] { table->settle(); });
  return table;
}

// It is not known whether they were rejected, so they count as rejected.
void LockoutTable::settle() {
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(wall).count();
  for (Slot& slot : content_->slots) {
    RefusalCounts counts = unpacked(slot.counts.load());
    if (counts.pending == 0) continue;
    counts.refused += std::exchange(counts.pending, 0);
    slot.last.store(now);
    slot.counts.store(packed(counts));
  }
}

LockoutTable::~LockoutTable() {
  if (!file_) delete content_;
}

LockoutTable::Slot* LockoutTable::find(Key key, bool make) const {
  for (std::size_t step = 0; step < Content::slots_max; ++step) {
    Slot& slot = content_->slots[(key + step) % Content::slots_max];
    Key there = slot.key.load();
    if (there == 0 && !make) return nullptr;
    if (there == 0 && slot.key.compare_exchange_strong(there, key)) return &slot;
    if (there == key) return &slot;
  }
  return nullptr;
}

std::optional<LockoutTable::Row> LockoutTable::read(Key key) const {
  const Slot* slot = find(key, false);
  if (slot == nullptr) return std::nullopt;
  return Row{unpacked(slot->counts.load()), slot->last.load(), quiet_in(slot->quiet.load())};
}

// The moment comes first: whoever sees the counts sees a moment that is no older.
bool LockoutTable::replace(Key key, const RefusalCounts& before, const Row& now) {
  Slot* slot = find(key, true);
  if (slot == nullptr) return true;
  slot->last.store(now.last);
  std::uint64_t there = packed(before);
  return slot->counts.compare_exchange_strong(there, packed(now.counts));
}

void LockoutTable::write(Key key, const RefusalCounts& before, const Row& now) {
  Slot* slot = find(key, now.counts.refused + now.counts.pending > 0);
  if (slot == nullptr) return;
  slot->last.store(now.last);
  std::uint64_t there = slot->counts.load();
  while (!slot->counts.compare_exchange_weak(there,
                                             packed(merged(unpacked(there), before, now.counts)))) {
  }
}

void LockoutTable::write(Key key, const Quiet& quiet) {
  Slot* slot = find(key, true);
  if (slot == nullptr) return;
  const std::uint64_t wanted = packed(quiet);
  std::uint64_t there = slot->quiet.load();
  while (there < wanted && !slot->quiet.compare_exchange_weak(there, wanted)) {
  }
}

LockoutTable::Claim::Claim(Claim&& other) noexcept
    : table_(std::move(other.table_)),
      slot_(std::exchange(other.slot_, nullptr)),
      file_(std::exchange(other.file_, -1)) {}

LockoutTable::Claim::~Claim() {
  if (slot_ != nullptr) slot_->last.store(0);
  if (file_ >= 0) ::close(file_);
}

// On the heap, a slot whose moment is not 0. In the file, a lock on a byte behind its end, of a
// description of its own (F_OFD_SETLK), so that it excludes other workers of the process as well.
// Where the file system has no such locks, nothing is excluded.
std::optional<LockoutTable::Claim> LockoutTable::claim(const std::shared_ptr<LockoutTable>& table,
                                                       Key key) {
  Claim mine;
  if (!table->file_) {
    Slot* slot = table->find(key, true);
    std::int64_t free = 0;
    if (slot == nullptr) return mine;
    if (!slot->last.compare_exchange_strong(free, 1)) return std::nullopt;
    mine.table_ = table;
    mine.slot_ = slot;
    return mine;
  }
  const auto opened = config::open_own_file(table->path_, O_RDWR);
  if (!opened) return mine;
  mine.file_ = *opened;
  struct flock wanted{};
  wanted.l_type = F_WRLCK;
  wanted.l_whence = SEEK_SET;
  wanted.l_start = static_cast<off_t>(sizeof(Content) + (key >> 16));
  wanted.l_len = 1;
  const bool taken =
      ::fcntl(mine.file_, F_OFD_SETLK, &wanted) != 0 && (errno == EAGAIN || errno == EACCES);
  if (taken) return std::nullopt;
  return mine;
}

std::uint16_t LockoutTable::mark_of(std::string_view credentials) const {
  const std::string_view salt(content_->salt, sizeof content_->salt);
  const std::string digest = sha256(std::string(salt).append(credentials));
  std::uint16_t mark = 0;
  std::memcpy(&mark, digest.data(), sizeof mark);
  return std::max<std::uint16_t>(mark & count_max, 1);
}

}  // namespace sonde::auth
