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

// Why the file could not be used. `full`: no space; `corrupt`: it is damaged or no database;
// `foreign`: of a newer version or of another program, and not to be touched; `slow`: a question
// took longer than it was allowed to; `unusable`: all else.
struct Fault {
  enum class Kind : std::uint8_t { unusable, full, corrupt, foreign, slow };
  Kind kind = Kind::unusable;
  std::string text;
};

// A prepared statement with its values. One at a time of each text; ends when it is destroyed.
class Query;

// One SQLite file, on one thread at a time; the room's only owner of SQLite. The first fault
// stays, and until it is taken everything else does nothing: so a transaction reads as a straight
// line, and is asked once at its end.
class Database {
 public:
  // Opens or makes the file, and admits nobody else; changes nothing in it yet. `wal_max`: what
  // the log may keep on the disk, in bytes.
  Database(const std::filesystem::path& file, std::size_t wal_max);
  ~Database();  // closes; one that was found corrupt or foreign stays as it is
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  bool good() const { return !fault_; }
  std::optional<Fault> take_fault();
  void fail(Fault fault);  // unless it has failed already

  // The file is ours: it keeps a write-ahead log, and every commit is synced.
  void adopt();
  // Whether a power cut may take back what is committed from now on, as long as no later commit
  // is synced; a crash of the process never does.
  void sync(bool every_commit);

  void run(const std::string& sql);             // one or more statements without values or rows
  std::int64_t number(const std::string& sql);  // of the first row; 0 without one
  Query query(std::string_view sql);
  std::int64_t last_id() const;

  // From now on a statement that lasts longer fails as `slow`; zero: may take for ever.
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

  // Asks with the values of ?1, ?2, ..., which have to live until the last row was read.
  template <class... Values>
  Query& ask(const Values&... values) {
    reset();
    int place = 0;
    (bind(++place, values), ...);
    return *this;
  }
  // Asks, for what it does and not for its rows.
  template <class... Values>
  void run(const Values&... values) {
    ask(values...);
    while (next()) {
    }
    reset();
  }
  bool next();  // there is a row (another row)
  std::int64_t number(int column) const;
  std::string_view text(int column) const;  // until the next row

 private:
  void reset();
  template <std::integral Number>
  void bind(int place, Number number) {
    bind_number(place, static_cast<std::int64_t>(number));
  }
  void bind(int place, std::string_view text);
  void bind_number(int place, std::int64_t number);

  Database& database_;
  sqlite3_stmt* statement_;  // null after a fault
};

// What is done between its making and `commit` is there afterwards, or nothing of it.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(database) {
    database_.run("BEGIN IMMEDIATE");
  }
  ~Transaction();  // rolls back what was not committed; the fault stays
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  bool commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace sonde::store
