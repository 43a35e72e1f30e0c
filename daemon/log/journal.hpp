#pragma once
#include "daemon/log/record.hpp"

namespace sonde::log {

// Whether systemd-journald listens on this machine now.
bool journal_listens();

// Sends a record to journald: MESSAGE, PRIORITY, SYSLOG_IDENTIFIER, and each field of the record
// under its name in capitals (PROBE=, TARGET=, STEP=, REASON=, RUN=), so that `journalctl
// PROBE=chat REASON=timeout` finds it. MESSAGE repeats the fields for people. False: journald did
// not accept it. May wait for journald.
bool write_journal(Level level, const Record& record);

}  // namespace sonde::log
