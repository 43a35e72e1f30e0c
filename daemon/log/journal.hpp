#pragma once
#include "daemon/log/record.hpp"

namespace sonde::log {

// Whether systemd-journald listens on this machine now.
bool journal_listens();

// Hands a record to journald: MESSAGE, PRIORITY, SYSLOG_IDENTIFIER, and a field of its own for each
// field of the record in capitals (PROBE=, TARGET=, STEP=, REASON=, RUN=), so that
// `journalctl PROBE=chat REASON=timeout` finds it. MESSAGE repeats the fields, for people. False:
// it was not taken. May wait for journald.
bool write_journal(Level level, const Record& record);

}  // namespace sonde::log
