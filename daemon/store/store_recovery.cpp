#include "daemon/store/store_recovery.hpp"

#include <sys/statvfs.h>

#include <algorithm>
#include <limits>
#include <system_error>
#include <utility>

#include "daemon/log/log.hpp"
#include "daemon/store/backlog.hpp"

namespace sonde::store {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kilobyte = 1024, megabyte = 1024 * kilobyte;
// Space that stays free, so that the log can always be emptied into the file, which then grows.
constexpr std::uint64_t reserve = 256 * kilobyte;
constexpr std::size_t rows_when_full = 32;

// Free space on the disk of a folder; a large value if it is not known.
std::uint64_t free_bytes(const std::string& folder) {
  struct statvfs facts{};
  if (::statvfs(folder.c_str(), &facts) != 0) return std::numeric_limits<std::uint64_t>::max();
  return std::uint64_t{facts.f_bavail} * facts.f_frsize;
}

// Rows of one transaction, which is in the log before it is in the file.
std::size_t rows_at_once(std::uint64_t free) {
  if (free > 64 * megabyte) return 4096;
  return free > 4 * megabyte ? 256 : rows_when_full;
}

WallTime now() { return std::chrono::system_clock::now(); }

std::uint64_t size_of(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  return error ? 0 : size;
}

void observe(StoreFacts& facts, double took) {
  const auto bound = std::ranges::lower_bound(facts.durations_bounds, took);
  facts.durations[static_cast<std::size_t>(bound - facts.durations_bounds.begin())]++;
  facts.durations_sum += took;
}

}  // namespace

StoreRecovery::StoreRecovery(StorageSettings settings) : settings_(std::move(settings)) {
  facts_.enabled = true;
  facts_.durations_bounds = {.001, .005, .025, .1, .25, .5, 1, 5};
  facts_.durations.resize(facts_.durations_bounds.size() + 1);
  facts_.size_bytes = {{"db", 0}, {"wal", 0}};
}

StoreRecovery::Opening StoreRecovery::open() {
  Opening opening;
  const auto fault =
      attempt([&](StoreFile& archive) { opening.remembered = archive.remember(now()); });
  opening.taken = taken_;
  if (opening.taken.empty()) settle(fault);  // otherwise the daemon does not start
  return opening;
}

bool StoreRecovery::write(Changes& changes) {
  const Instant begun = Clock::now();
  std::optional<Fault> fault;
  bool was_full = false;
  Pieces pieces(changes);
  do {
    fault = make_room(was_full);
    if (fault) break;
    const auto rows = was_full ? rows_when_full : rows_at_once(free_bytes(settings_.path));
    const Changes piece = pieces.next(rows);
    fault = attempt([&](StoreFile& archive) { archive.write(piece); });
    if (!fault)
      pieces.kept();
    else if (was_full || fault->kind != Fault::Kind::full)
      break;
    else
      was_full = true;  // a quota, which statvfs does not report: a small transaction may fit
  } while (fault || !pieces.empty());
  pieces.forget_kept();
  observe(facts_, sonde::seconds(Clock::now() - begun));
  ++(fault ? facts_.write_errors : facts_.writes);
  settle(fault);
  return !fault;
}

// Empties the log while the file can still grow.
std::optional<Fault> StoreRecovery::make_room(bool scarce) {
  const fs::path log = fs::path(settings_.path) / "sonde.db-wal";
  if (scarce || size_of(log) > free_bytes(settings_.path) / 2)
    (void)attempt_once([](StoreFile& archive) { archive.checkpoint(); });
  if (free_bytes(settings_.path) >= reserve) return std::nullopt;
  return Fault{Fault::Kind::full, settings_.path + ": less than 256 KB of the disk is free"};
}

bool StoreRecovery::tidy() {
  if (!archive_) return false;
  bool more = false;
  if (auto fault = attempt([&](StoreFile& archive) { more = archive.tidy(now()); })) settle(fault);
  measure();
  return more && archive_;
}

bool StoreRecovery::examine() {
  if (!archive_ || !unexamined_) return false;
  bool more = false;
  auto fault = attempt_once([&](StoreFile& archive) { more = archive.examine(*unexamined_); });
  if (fault && fault->kind == Fault::Kind::corrupt) replace(*fault), more = false;
  if (more)
    ++*unexamined_;
  else
    unexamined_.reset();
  return more;
}

std::expected<std::vector<EvidenceRow>, std::string> StoreRecovery::evidence(
    const EvidenceQuery& query) {
  std::vector<EvidenceRow> rows;
  auto fault = attempt([&](StoreFile& archive) { rows = archive.evidence(query); });
  if (fault) return std::unexpected(std::move(fault->text));
  return rows;
}

std::expected<std::string, std::string> StoreRecovery::transcript(std::int64_t id) {
  std::string json;
  auto fault = attempt([&](StoreFile& archive) { json = archive.transcript(id); });
  if (fault) return std::unexpected(std::move(fault->text));
  return json;
}

std::expected<std::vector<RunRow>, std::string> StoreRecovery::runs(const RunQuery& query) {
  std::vector<RunRow> rows;
  auto fault = attempt([&](StoreFile& archive) { rows = archive.runs(query); });
  if (fault) return std::unexpected(std::move(fault->text));
  return rows;
}

std::expected<std::optional<RunTranscript>, std::string> StoreRecovery::run(std::string_view id) {
  std::optional<RunTranscript> found;
  auto fault = attempt([&](StoreFile& archive) { found = archive.run(id); });
  if (fault) return std::unexpected(std::move(fault->text));
  return found;
}

void StoreRecovery::close() {
  if (archive_) archive_->checkpoint();
  archive_.reset();
  directory_.reset();
}

// Replaces a damaged file, and repeats the work with the new one.
std::optional<Fault> StoreRecovery::attempt(const Work& work) {
  auto fault = attempt_once(work);
  if (!fault || fault->kind != Fault::Kind::corrupt || !replace(*fault)) return fault;
  return attempt_once(work);
}

// A file with a failure, other than a slow query, is closed and its content given up; the next
// attempt opens it again.
std::optional<Fault> StoreRecovery::attempt_once(const Work& work) {
  if (auto fault = ready()) return fault;
  work(*archive_);
  auto fault = archive_->take_fault();
  const bool spent =
      fault && fault->kind != Fault::Kind::slow && fault->kind != Fault::Kind::corrupt;
  if (spent) archive_.reset();
  return fault;
}

std::optional<Fault> StoreRecovery::ready() {
  if (archive_) return files_are_gone() ? std::optional(give_up_files()) : std::nullopt;
  if (auto fault = open_archive()) return fault;
  if (rescued_.empty()) return std::nullopt;
  archive_->write(rescued_);
  auto fault = archive_->take_fault();
  if (fault)
    archive_.reset();
  else
    rescued_ = {};
  return fault;
}

std::optional<Fault> StoreRecovery::open_archive() {
  if (auto fault = take_directory()) return fault;
  const bool unclean = size_of(directory_->log()) > 0;
  archive_ = std::make_unique<StoreFile>(directory_->database(), settings_.retention);
  auto fault = archive_->take_fault();
  if (fault && fault->kind != Fault::Kind::corrupt) archive_.reset();
  if (!fault && unclean) unexamined_ = 0;
  file_ = id_of(directory_->database());
  log_ = id_of(directory_->log());
  return fault;
}

// Whether the files were removed: writes to a deleted file still succeed.
bool StoreRecovery::files_are_gone() const {
  if (!directory_->is_ours() || id_of(directory_->database()) != file_) return true;
  return log_ && id_of(directory_->log()) != log_;
}

Fault StoreRecovery::give_up_files() {
  rescued_ = as_changes(archive_->remember(now()));
  archive_.reset();
  log::say(log::Level::error,
           "the files of the store were removed or replaced; they are opened again",
           {{"file", directory_->database().string()},
            {"buckets_saved", std::to_string(rescued_.buckets.size())},
            {"notes_saved", std::to_string(rescued_.notes.size())}});
  Fault fault{Fault::Kind::unusable,
              directory_->database().string() + ": was removed or replaced while it was in use"};
  if (!directory_->is_ours()) directory_.reset();
  return fault;
}

std::optional<Fault> StoreRecovery::take_directory() {
  if (!directory_) {
    auto taken = Directory::take(settings_.path);
    if (!taken) {
      if (taken.error().taken) taken_ = taken.error().text;
      return Fault{Fault::Kind::unusable, settings_.path + ": " + taken.error().text};
    }
    directory_.emplace(std::move(*taken));
  }
  auto made = directory_->make_database();
  if (!made)
    return Fault{Fault::Kind::unusable, directory_->database().string() + ": " + made.error()};
  return std::nullopt;
}

bool StoreRecovery::replace(const Fault& damage) {
  Changes saved;
  if (archive_) saved = as_changes(archive_->remember(now()));
  archive_.reset();
  const auto away = directory_->move_aside(now());
  log::say(log::Level::error, "the store is damaged; a fresh one is begun",
           {{"file", directory_->database().string()},
            {"damage", damage.text},
            {"moved_to", away ? away->string() : "(not moved: " + away.error() + ")"},
            {"buckets_saved", std::to_string(saved.buckets.size())},
            {"notes_saved", std::to_string(saved.notes.size())}});
  if (!away) return false;
  ++facts_.corrupt;
  unexamined_.reset();
  return !attempt_once([&](StoreFile& archive) { archive.write(saved); });
}

// Updates the facts about the store after its last write.
void StoreRecovery::settle(const std::optional<Fault>& fault) {
  const std::string why = fault ? fault->text : "";
  if (why != facts_.why && fault)
    log::say(log::Level::error, "the store keeps nothing; probing goes on",
             {{"path", settings_.path}, {"why", why}});
  else if (facts_.degraded && !fault)
    log::say(log::Level::info, "the store keeps what happens again", {{"path", settings_.path}});
  facts_.degraded = fault.has_value();
  facts_.why = why;
  measure();
}

void StoreRecovery::measure() {
  if (!directory_) return;
  facts_.size_bytes["db"] = size_of(directory_->database());
  facts_.size_bytes["wal"] = size_of(directory_->log());
  if (archive_) log_ = id_of(directory_->log());
}

}  // namespace sonde::store
