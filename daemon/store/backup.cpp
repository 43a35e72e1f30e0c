#include "daemon/store/backup.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

namespace sonde::store {
namespace {

namespace files = std::filesystem;

constexpr int patience_ms = 10'000;  // for a program that holds the file

struct Close {
  void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
};
using Handle = std::unique_ptr<sqlite3, Close>;

std::string system_text() { return std::generic_category().message(errno); }

std::expected<Handle, std::string> open_file(const files::path& file, int flags) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  Handle handle(raw);
  if (code != SQLITE_OK)
    return std::unexpected(
        fmt::format("{}: {}", file.string(), raw ? sqlite3_errmsg(raw) : sqlite3_errstr(code)));
  sqlite3_busy_timeout(raw, patience_ms);
  return handle;
}

// All pages in one step, which reads one state and is not begun again when the daemon writes.
std::string copy_pages(sqlite3* from, sqlite3* to) {
  sqlite3_backup* backup = sqlite3_backup_init(to, "main", from, "main");
  if (backup != nullptr) {
    sqlite3_backup_step(backup, -1);
    if (sqlite3_backup_finish(backup) == SQLITE_OK) return "";
  }
  return sqlite3_errmsg(to);
}

int take_first(void* text, int columns, char** values, char**) {
  auto& out = *static_cast<std::string*>(text);
  if (out.empty() && columns > 0 && values[0] != nullptr) out = values[0];
  return 0;
}

// The first value of a statement, or its error.
std::string answer_of(sqlite3* handle, const char* sql) {
  std::string text;
  const int code = sqlite3_exec(handle, sql, take_first, &text, nullptr);
  return code == SQLITE_OK ? text : sqlite3_errmsg(handle);
}

// A single file that a reader needs nothing beside: the log is taken into it.
std::string complete(sqlite3* copy) {
  std::string mode = answer_of(copy, "PRAGMA journal_mode=DELETE");
  if (mode != "delete") return mode;
  const std::string checked = answer_of(copy, "PRAGMA quick_check(1)");
  return checked == "ok" ? "" : "the store is damaged: " + checked;
}

// A file under a name of its own until it is kept.
class Unfinished {
 public:
  explicit Unfinished(const files::path& wanted) : path_(wanted.string() + ".XXXXXX") {
    descriptor_ = ::mkostemp(path_.data(), O_CLOEXEC);
  }
  ~Unfinished() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    if (!kept_) ::unlink(path_.c_str());
  }
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;

  bool is_open() const { return descriptor_ >= 0; }
  const std::string& path() const { return path_; }

  // Gives it its name, which must be free; empty: it is kept.
  std::string keep(const files::path& name) {
    if (::fsync(descriptor_) != 0) return system_text();
    if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, name.c_str(), RENAME_NOREPLACE) == 0) {
      kept_ = true;
    } else if (errno != EINVAL || ::link(path_.c_str(), name.c_str()) != 0) {  // as on NFS
      return errno == EEXIST ? "it exists already" : system_text();
    }
    sync_folder(name.has_parent_path() ? name.parent_path() : ".");
    return "";
  }

 private:
  static void sync_folder(const files::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    ::fsync(descriptor);
    ::close(descriptor);
  }

  std::string path_;
  int descriptor_ = -1;
  bool kept_ = false;
};

std::string copy_into(sqlite3* from, const std::string& path) {
  auto to = open_file(path, SQLITE_OPEN_READWRITE);
  if (!to) return to.error();
  std::string wrong = copy_pages(from, to->get());
  return wrong.empty() ? complete(to->get()) : wrong;
}

}  // namespace

std::expected<std::uintmax_t, std::string> back_up(const files::path& directory,
                                                   const files::path& copy) {
  const files::path database = directory / "sonde.db";
  const auto fail = [](const files::path& path, const std::string& text) {
    return std::unexpected(path.string() + ": " + text);
  };
  std::error_code error;
  if (!files::exists(database, error))
    return fail(database, error ? error.message() : "there is no store yet");
  if (files::exists(files::symlink_status(copy, error))) return fail(copy, "it exists already");
  auto from = open_file(database, SQLITE_OPEN_READONLY);
  if (!from) return std::unexpected(from.error());
  Unfinished unfinished(copy);
  if (!unfinished.is_open()) return fail(copy, system_text());
  if (const std::string wrong = copy_into(from->get(), unfinished.path()); !wrong.empty())
    return fail(database, wrong);
  if (const std::string wrong = unfinished.keep(copy); !wrong.empty()) return fail(copy, wrong);
  return files::file_size(copy, error);
}

}  // namespace sonde::store
