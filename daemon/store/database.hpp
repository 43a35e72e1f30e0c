#pragma once
#include <chrono>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "probes/core/clock.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace sonde::store {

// Why the file could not be used. `full`: no space; `corrupt`: damaged or not a database;
// `foreign`: of a newer version or another program, and not to be modified; `slow`: a query
// exceeded its time limit; `unusable`: anything else.
struct Fault {
  enum class Kind : std::uint8_t { unusable, full, corrupt, foreign, slow };
  Kind kind = Kind::unusable;
  std::string text;
};

// Bytes as a value; empty: NULL.
struct Blob {
  std::string_view bytes;
};

// A prepared statement with its values. Only one at a time with the same text.
class Query;

// One SQLite file, used on one thread at a time; the only owner of SQLite in this component. The
// first fault is kept, and until it is taken all operations do nothing, so a transaction is written
// without checks and tested once at its end.
class Database {
 public:
  // `read`: the file has to exist, and is never changed.
  enum class Use : std::uint8_t { write, read };
  // Opens or creates the file; does not change it yet. Other processes may read it, and the
  // directory's lock keeps other daemons out. `wal_max`: limit for the write-ahead log on disk, in
  // bytes; a reader that holds a transaction open lets it grow beyond.
  Database(const std::filesystem::path& file, std::size_t wal_max, Use use = Use::write);
  ~Database();  // closes it; leaves a corrupt or foreign file unchanged
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  bool good() const { return !fault_; }
  std::optional<Fault> take_fault();
  void fail(Fault fault);  // keeps an earlier fault

  // Takes the file over: uses a write-ahead log, and syncs every commit.
  void adopt();
  // Whether every commit is synced from now on. If not, a power cut may undo commits until the next
  // synced one; a crash of the process never does.
  void sync(bool every_commit);

  void run(const std::string& sql);             // one or more statements without values or rows
  std::int64_t number(const std::string& sql);  // of the first row; 0 if there is none
  Query query(std::string_view sql);
  std::int64_t last_id() const;

  // From now on a statement that takes longer fails as `slow`; zero: no limit.
  void limit(Span longest);

 private:
  friend class Query;
  void check(int code);
  static int overdue(void* database);

  sqlite3* handle_ = nullptr;
  bool hands_off_ = false;
  std::optional<Fault> fault_;
  std::map<std::string, sqlite3_stmt*, std::less<>> prepared_;
  Instant limit_ = Instant::max();
};

class Query {
 public:
  Query(Database& database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}
  ~Query() { reset(); }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  // Executes with the values of ?1, ?2, ..., which have to live until the last row was read.
  template <class... Values>
  Query& ask(const Values&... values) {
    reset();
    int place = 0;
    (bind(++place, values), ...);
    return *this;
  }
  // Executes a statement without reading its rows.
  template <class... Values>
  void run(const Values&... values) {
    ask(values...);
    while (next()) {
    }
    reset();
  }
  bool next();  // goes to the next row; false: there is none
  std::int64_t number(int column) const;
  std::string_view text(int column) const;  // valid until the next row
  std::string_view blob(int column) const;  // the same; empty: NULL

 private:
  void reset();
  template <std::integral Number>
  void bind(int place, Number number) {
    bind_number(place, static_cast<std::int64_t>(number));
  }
  void bind(int place, std::string_view text);
  void bind(int place, Blob blob);
  void bind_number(int place, std::int64_t number);

  Database& database_;
  sqlite3_stmt* statement_;  // null after a fault
};

// All operations between its construction and `commit` take effect, or none of them.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(database) {
    database_.run("BEGIN IMMEDIATE");
  }
  ~Transaction();  // rolls back if not committed; the fault stays
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  bool commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace sonde::store
