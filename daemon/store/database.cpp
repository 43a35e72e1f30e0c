#include "daemon/store/database.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace sonde::store {
namespace {

constexpr std::int64_t page = 4096;
constexpr int steps_between_looks = 2000;  // of the virtual machine, some 20 us

// A quota and a limit on file sizes also mean that there is no space.
bool is_without_space(int system_error) {
  return system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG;
}

Fault::Kind kind_of(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return Fault::Kind::full;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Fault::Kind::corrupt;
    case SQLITE_INTERRUPT:
      return Fault::Kind::slow;
    default:
      return Fault::Kind::unusable;
  }
}

// Other programs may read the file while the daemon runs (a backup, an analysis), so it is locked
// for each transaction only; a second daemon is kept out by the lock of the directory. A program
// that holds the file for writing is waited for.
constexpr int busy_ms_max = 2000;

// The cache: a batch needs little of SQLite's default of 2 MB, which reading at start would fill
// permanently.
std::string manners(std::size_t wal_max) {
  const auto bytes = static_cast<std::int64_t>(wal_max);
  return fmt::format(
      "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;"
      "PRAGMA secure_delete=FAST; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-512;"
      "PRAGMA wal_autocheckpoint={};"
      "PRAGMA journal_size_limit={};",
      std::max<std::int64_t>(bytes / page / 2, 8), bytes);
}

}  // namespace

Database::Database(const std::filesystem::path& file, std::size_t wal_max, Use use) {
  const int access =
      use == Use::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  check(sqlite3_open_v2(file.c_str(), &handle_, access | SQLITE_OPEN_NOMUTEX, nullptr));
  if (!handle_) return;
  sqlite3_extended_result_codes(handle_, 1);
  sqlite3_busy_timeout(handle_, busy_ms_max);
  sqlite3_progress_handler(handle_, steps_between_looks, &Database::overdue, this);
  run(manners(wal_max));
}

Database::~Database() {
  for (const auto& [sql, statement] : prepared_) sqlite3_finalize(statement);
  if (hands_off_) sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_close_v2(handle_);
}

std::optional<Fault> Database::take_fault() { return std::exchange(fault_, std::nullopt); }

void Database::fail(Fault fault) {
  hands_off_ |= fault.kind == Fault::Kind::corrupt || fault.kind == Fault::Kind::foreign;
  if (!fault_) fault_ = std::move(fault);
}

// auto_vacuum can be set only while the file has no tables.
void Database::adopt() {
  run("PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL");
  sync(true);
}

void Database::sync(bool every_commit) {
  run(every_commit ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
}

void Database::check(int code) {
  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return;
  std::string text = handle_ ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
  const int kind = code & 0xff;
  const bool of_system = handle_ && (kind == SQLITE_IOERR || kind == SQLITE_CANTOPEN);
  const int system_error = of_system ? sqlite3_system_errno(handle_) : 0;
  if (of_system) text += ": " + std::generic_category().message(system_error);
  fail({is_without_space(system_error) ? Fault::Kind::full : kind_of(code), std::move(text)});
}

void Database::run(const std::string& sql) {
  if (good()) check(sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr));
}

std::int64_t Database::number(const std::string& sql) {
  Query asked = query(sql);
  return asked.ask().next() ? asked.number(0) : 0;
}

Query Database::query(std::string_view sql) {
  if (!good()) return {*this, nullptr};
  const auto known = prepared_.find(sql);
  if (known != prepared_.end()) return {*this, known->second};
  sqlite3_stmt* statement = nullptr;
  check(sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
  if (statement) prepared_.emplace(sql, statement);
  return {*this, statement};
}

std::int64_t Database::last_id() const { return sqlite3_last_insert_rowid(handle_); }

void Database::limit(Span longest) {
  limit_ = longest == Span::zero() ? Instant::max() : Clock::now() + longest;
}

int Database::overdue(void* database) {
  const Instant limit = static_cast<const Database*>(database)->limit_;
  return limit != Instant::max() && Clock::now() > limit ? 1 : 0;
}

bool Query::next() {
  if (!statement_ || !database_.good()) return false;
  const int code = sqlite3_step(statement_);
  database_.check(code);
  return code == SQLITE_ROW;
}

std::int64_t Query::number(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Query::text(int column) const {
  const auto* text = sqlite3_column_text(statement_, column);
  const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return text ? std::string_view(reinterpret_cast<const char*>(text), bytes) : std::string_view();
}

std::string_view Query::blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return bytes ? std::string_view(bytes, size) : std::string_view();
}

void Query::reset() {
  if (statement_) sqlite3_reset(statement_);
}

void Query::bind(int place, std::string_view text) {
  if (!statement_) return;
  database_.check(sqlite3_bind_text64(statement_, place, text.data() ? text.data() : "",
                                      text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

// Without a value it would keep that of the last execution.
void Query::bind(int place, Blob blob) {
  if (!statement_) return;
  database_.check(blob.bytes.empty() ? sqlite3_bind_null(statement_, place)
                                     : sqlite3_bind_blob64(statement_, place, blob.bytes.data(),
                                                           blob.bytes.size(), SQLITE_STATIC));
}

void Query::bind_number(int place, std::int64_t number) {
  if (statement_) database_.check(sqlite3_bind_int64(statement_, place, number));
}

Transaction::~Transaction() {
  if (!open_) return;
  auto fault = database_.take_fault();
  database_.run("ROLLBACK");
  database_.take_fault();  // SQLite may have rolled back already
  if (fault) database_.fail(std::move(*fault));
}

bool Transaction::commit() {
  database_.run("COMMIT");
  open_ = !database_.good();
  return database_.good();
}

}  // namespace sonde::store
