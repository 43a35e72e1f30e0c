#pragma once
#include <memory>

#include "daemon/app/settings.hpp"
#include "probes/auth/issued_table.hpp"
#include "probes/auth/lockout_table.hpp"

namespace sonde::app {

// The tables of the daemon, or of a `sonde run`, in the folder of `storage`. All processes share
// them, and they survive a restart. In memory if there is no storage and, with a warning, if the
// file cannot be opened.

// `lockouts`, in which refused logins are counted, so that an account that is close to being locked
// stays protected.
std::shared_ptr<auth::LockoutTable> open_lockouts(const store::StorageSettings& storage);
// `issued`, by which texts that earlier runs were issued are recognized.
std::shared_ptr<auth::IssuedTable> open_issued(const store::StorageSettings& storage);

}  // namespace sonde::app
