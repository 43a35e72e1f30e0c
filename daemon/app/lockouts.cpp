#include "daemon/app/lockouts.hpp"

#include "daemon/log/log.hpp"

namespace sonde::app {

std::shared_ptr<auth::LockoutTable> open_lockouts(const store::StorageSettings& storage) {
  if (storage.path.empty()) return auth::LockoutTable::in_memory();
  auto table =
      auth::LockoutTable::open((std::filesystem::path(storage.path) / "lockouts").string());
  if (table) return *std::move(table);
  log::say(log::Level::warning, "refused logins are counted by this process alone",
           {{"why", table.error()}});
  return auth::LockoutTable::in_memory();
}

}  // namespace sonde::app
