#pragma once
#include <memory>

#include "daemon/app/settings.hpp"
#include "probes/auth/lockout_table.hpp"

namespace sonde::app {

// Where the daemon, or a `sonde run`, counts refused logins: `lockouts` in the folder of `storage`,
// which all of them share and which keeps a restart from giving an account that we nearly locked a
// fresh start. In memory where there is no storage, and, with a warning, where the file is not to
// be had.
std::shared_ptr<auth::LockoutTable> open_lockouts(const store::StorageSettings& storage);

}  // namespace sonde::app
