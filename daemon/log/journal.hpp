#pragma once
#include "daemon/log/record.hpp"

namespace sonde::log {

// Sends a record to journald: MESSAGE, PRIORITY, SYSLOG_IDENTIFIER, and each field of the record
// under its name in capitals (PROBE=, TARGET=, STEP=, REASON=, RUN=), so that `journalctl
// PROBE=chat REASON=timeout` finds it. MESSAGE repeats the fields for people. False: journald
// does not listen now, or did not accept it. May wait for journald.
bool write_journal(Level level, const Record& record);

}  // namespace sonde::log
