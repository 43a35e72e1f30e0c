#include "probes/auth/issued_table.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "probes/auth/jwt/evp.hpp"
#include "probes/auth/jwt/signature.hpp"
#include "probes/core/assigned.hpp"
#include "probes/text/ascii.hpp"
#include "probes/text/unescape.hpp"

namespace sonde::auth {
namespace {

constexpr std::size_t slots_in_half = std::size_t{1} << 16U, taken_max = slots_in_half / 4 * 3;
constexpr std::size_t piece_size = 16, piece_step = 8, pieces_reach = 64;
constexpr std::size_t parts_max = 4;   // of a text
constexpr std::size_t steps_max = 64;  // of a search for a free slot
constexpr std::size_t batch_max = 4096 * piece_size;

// New digests go to one half. When that is full, the other one is emptied and takes its place.
struct IssuedHalf {
  std::atomic<std::uint32_t> taken{0};
  std::atomic<std::uint64_t> digests[slots_in_half];  // 0: free
};

}  // namespace

struct IssuedTable::Content {
  static constexpr char magic[8] = {'S', 'N', 'D', 'I', 'S', 'S', 'U', '1'};
  static_assert(sizeof magic == MappedFile::format_size);
  char format[8];
  char key[piece_size];
  std::atomic<std::uint32_t> epoch;  // odd: a half is being emptied
  IssuedHalf halves[2];
};

namespace {

bool is_shown_char(char c) { return c > 0x20 && c < 0x7f; }

// What an issued text may consist of, in whatever text it stands.
bool is_issued_char(char c) {
  return is_shown_char(c) && !std::string_view("\"'\\,;<>`(){}[]|").contains(c);
}

// What surely belongs to the text of which a piece was found.
bool goes_on_with(char c) {
  return text::is_alphanumeric(c) || std::string_view("-_.~+=%").contains(c);
}

// "eyJ...", with three parts.
bool is_of_jwt_shape(std::string_view text) {
  return text.starts_with("eyJ") && std::ranges::count(text, '.') >= 2;
}

// "/ws/room-17/chat", unlike base64 that happens to begin so.
bool is_path(std::string_view text) {
  if (!text.starts_with('/')) return false;
  std::size_t longest = 0;
  while (!text.empty()) {
    text.remove_prefix(1);
    const std::size_t end = std::min(text.find('/'), text.size());
    longest = std::max(longest, end);
    text.remove_prefix(end);
  }
  return longest < piece_size;
}

// Words, sentences, dates, addresses and paths occur in the texts of any server. A random text may
// happen to have no digits, but then it has letters of both cases.
bool may_be_remembered(std::string_view text) {
  if (text.size() < piece_size || is_of_jwt_shape(text) || is_path(text)) return false;
  if (text.contains("://")) return false;
  const bool both =
      std::ranges::any_of(text, text::is_upper) && std::ranges::any_of(text, text::is_lower);
  return looks_issued(text) || both || std::ranges::all_of(text, text::is_digit) ||
         std::ranges::all_of(text, text::is_letter);
}

// The parts of a text that quotes, bars and the like divide, as in 2|1:0|8:dXNlcg==|5d41... of
// Tornado: the longest ones of 16 bytes and more, at most `parts_max`. Where there are several, the
// names of JSON's members are among them, so only those with a digit count.
std::vector<std::string_view> parts_to_remember(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto end = std::ranges::find_if_not(text, is_issued_char);
    const auto size = static_cast<std::size_t>(end - text.begin());
    if (size > 0) parts.push_back(text.substr(0, size));
    text.remove_prefix(std::min(size + 1, text.size()));
  }
  const bool several = parts.size() > 1;
  std::erase_if(parts, [several](std::string_view part) {
    return !may_be_remembered(part) || (several && std::ranges::none_of(part, text::is_digit));
  });
  std::ranges::sort(parts, [](auto a, auto b) { return a.size() > b.size(); });
  parts.resize(std::min(parts.size(), parts_max));
  return parts;
}

void append_piece(std::string& pieces, std::string_view piece) {
  for (const char c : piece) pieces += text::lower(c);
}

void append_part(std::string& pieces, std::string_view part) {
  const std::size_t last = part.size() - piece_size;
  for (std::size_t at = 0; at < last && at + piece_size <= pieces_reach; at += piece_step)
    append_piece(pieces, part.substr(at, piece_size));
  append_piece(pieces, part.substr(last));
}

}  // namespace

std::shared_ptr<IssuedTable> IssuedTable::in_memory() {
  void* zeros = std::calloc(1, sizeof(Content));  // its pages are not touched until they are used
  if (zeros == nullptr) std::abort();
  auto* content = static_cast<Content*>(zeros);
  const std::string key = random_bytes(sizeof content->key);
  std::memcpy(content->key, key.data(), sizeof content->key);
  return std::shared_ptr<IssuedTable>(new IssuedTable(content, std::nullopt));
}

std::expected<std::shared_ptr<IssuedTable>, std::string> IssuedTable::open(
    const std::string& path) {
  const auto fresh = in_memory();
  std::memcpy(fresh->content_->format, Content::magic, sizeof Content::magic);
  const std::string_view bytes(reinterpret_cast<const char*>(fresh->content_), sizeof(Content));
  auto file = MappedFile::open(path, bytes, "digests of issued texts");
  if (!file) return std::unexpected(std::move(file.error()));
  auto* content = static_cast<Content*>(file->bytes());
  std::shared_ptr<IssuedTable> table(new IssuedTable(content, *std::move(file)));
  table->file_->join([content] { content->epoch.fetch_and(~1U); });  // a half was being emptied
  return table;
}

IssuedTable::~IssuedTable() {
  if (!file_) std::free(content_);
}

// The Davies-Meyer construction with AES, cut to 64 bits: one-way for who knows the key, too.
std::vector<std::uint64_t> IssuedTable::digests_of(const std::string& pieces) const {
  std::string out(pieces.size() + piece_size, '\0');
  const std::unique_ptr<EVP_CIPHER_CTX, Freed<EVP_CIPHER_CTX_free>> cipher(EVP_CIPHER_CTX_new());
  int written = 0;
  const bool good =
      cipher &&
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_128_ecb(), nullptr,
                         reinterpret_cast<const unsigned char*>(content_->key), nullptr) == 1 &&
      EVP_EncryptUpdate(cipher.get(), bytes(out), &written, bytes(pieces),
                        static_cast<int>(pieces.size())) == 1;
  if (!good) std::abort();
  std::vector<std::uint64_t> digests;
  digests.reserve(pieces.size() / piece_size);
  for (std::size_t at = 0; at < pieces.size(); at += piece_size) {
    std::uint64_t in = 0, made = 0;
    std::memcpy(&in, pieces.data() + at, sizeof in);
    std::memcpy(&made, out.data() + at, sizeof made);
    digests.push_back(std::max<std::uint64_t>(in ^ made, 1));
  }
  return digests;
}

bool IssuedTable::has(std::uint64_t digest) const {
  return std::ranges::any_of(content_->halves, [&](const IssuedHalf& half) {
    for (std::size_t step = 0; step < steps_max; ++step) {
      const std::uint64_t there = half.digests[(digest + step) % slots_in_half].load();
      if (there == 0 || there == digest) return there == digest;
    }
    return false;
  });
}

void IssuedTable::begin_half(std::uint32_t epoch) {
  if (epoch % 2 != 0 || !content_->epoch.compare_exchange_strong(epoch, epoch + 1)) return;
  IssuedHalf& next = content_->halves[(epoch / 2 + 1) % 2];
  for (auto& digest : next.digests) digest.store(0, std::memory_order_relaxed);
  next.taken.store(0);
  content_->epoch.store(epoch + 2);
}

// What is in the older half is added to the newer one, for it is in use.
void IssuedTable::add(std::uint64_t digest) {
  const std::uint32_t epoch = content_->epoch.load();
  IssuedHalf& half = content_->halves[epoch / 2 % 2];
  for (std::size_t step = 0; step < steps_max; ++step) {
    std::atomic<std::uint64_t>& slot = half.digests[(digest + step) % slots_in_half];
    std::uint64_t there = slot.load();
    if (there == digest) return;
    if (there != 0 || !slot.compare_exchange_strong(there, digest)) continue;
    if (half.taken.fetch_add(1) + 1 >= taken_max) begin_half(epoch);
    return;
  }
  half.digests[digest % slots_in_half].store(digest);  // crowded: the newest counts
}

bool IssuedTable::empty() const {
  return std::ranges::all_of(content_->halves, [](const auto& half) { return half.taken == 0; });
}

void IssuedTable::remember(std::string_view issued) {
  const auto plain = text::unescape(issued);  // a cookie may be the escaped form of a session's id
  const std::string_view unescaped = plain ? std::string_view(plain->bytes) : "";
  std::string pieces;
  for (const std::string_view text : {issued, unescaped})
    for (const std::string_view part : parts_to_remember(text)) append_part(pieces, part);
  if (pieces.empty()) return;
  for (const std::uint64_t digest : digests_of(pieces)) add(digest);
}

namespace {

// The part of `text` around the piece at `at` that belongs to it.
std::string_view whole_around(std::string_view text, std::size_t at) {
  std::size_t begin = at, end = at + piece_size;
  while (begin > 0 && goes_on_with(text[begin - 1])) --begin;
  while (end < text.size() && goes_on_with(text[end])) ++end;
  return text.substr(begin, end - begin);
}

}  // namespace

std::vector<std::string> IssuedTable::find(std::string_view text) const {
  std::vector<std::string> found;
  if (empty()) return found;
  std::string pieces;
  std::vector<std::size_t> places;
  std::size_t covered = 0;  // up to here it is found
  const auto look = [&] {
    if (pieces.empty()) return;
    const auto digests = digests_of(pieces);
    for (std::size_t i = 0; i < digests.size(); ++i) {
      if (places[i] < covered || !has(digests[i])) continue;
      const std::string_view whole = whole_around(text, places[i]);
      covered = static_cast<std::size_t>(whole.data() - text.data()) + whole.size();
      found.emplace_back(whole);
    }
    pieces.clear();
    places.clear();
  };
  std::size_t run = 0;  // of characters that an issued text may have, up to here
  for (std::size_t at = 0; at < text.size(); ++at) {
    run = is_issued_char(text[at]) ? run + 1 : 0;
    if (run < piece_size) continue;
    places.push_back(at + 1 - piece_size);
    append_piece(pieces, text.substr(places.back(), piece_size));
    if (pieces.size() >= batch_max) look();
  }
  look();
  return found;
}

}  // namespace sonde::auth
