#include "daemon/app/shared_tables.hpp"

#include <filesystem>
#include <string_view>

#include "daemon/log/log.hpp"

namespace sonde::app {
namespace {

// `alone`: what is so if the file cannot be opened.
template <class Table>
std::shared_ptr<Table> open_table(const store::StorageSettings& storage, std::string_view file,
                                  std::string_view alone) {
  if (storage.path.empty()) return Table::in_memory();
  auto table = Table::open((std::filesystem::path(storage.path) / file).string());
  if (table) return *std::move(table);
  log::say(log::Level::warning, alone, {{"why", table.error()}});
  return Table::in_memory();
}

}  // namespace

std::shared_ptr<auth::LockoutTable> open_lockouts(const store::StorageSettings& storage) {
  return open_table<auth::LockoutTable>(storage, "lockouts",
                                        "refused logins are counted by this process alone");
}

std::shared_ptr<auth::IssuedTable> open_issued(const store::StorageSettings& storage) {
  return open_table<auth::IssuedTable>(
      storage, "issued", "sessions of earlier runs are recognized in texts by this process alone");
}

}  // namespace sonde::app
