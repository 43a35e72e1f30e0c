#include "daemon/log/journal.hpp"

#include <sys/uio.h>
#include <unistd.h>

#include <string>
#include <vector>

#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include "probes/text/ascii.hpp"

namespace sonde::log {
namespace {

// The levels of syslog(3): debug 7, info 6, warning 4, error 3.
constexpr std::string_view priorities[] = {"7", "6", "4", "3"};

// journald accepts A-Z, 0-9 and _ (not first), and at most 64 characters.
std::string field_name(std::string_view key) {
  std::string name;
  for (const char c : key.substr(0, 64))
    name += text::is_letter(c) ? static_cast<char>(c & ~0x20) : text::is_digit(c) ? c : '_';
  return name.empty() || !text::is_letter(name.front()) ? "F_" + name : name;
}

bool journal_listens() { return ::access("/run/systemd/journal/socket", W_OK) == 0; }

}  // namespace

bool write_journal(Level level, const Record& record) {
  if (!journal_listens()) return false;  // sd_journal_sendv() calls that a success
  std::vector<std::string> texts;
  texts.reserve(record.fields.size() + 3);
  // The line without "msg="; quoting removes what could disturb a terminal.
  texts.push_back("MESSAGE=" + line_of(Format::journal, level, record, {}).substr(4));
  texts.push_back("PRIORITY=" + std::string(priorities[static_cast<std::size_t>(level)]));
  texts.emplace_back("SYSLOG_IDENTIFIER=sonde");
  for (const auto& [key, value] : record.fields)
    texts.push_back(field_name(key) + '=' + std::string(value));
  std::vector<iovec> parts;
  parts.reserve(texts.size());
  for (std::string& text : texts) parts.push_back({text.data(), text.size()});
  return ::sd_journal_sendv(parts.data(), static_cast<int>(parts.size())) == 0;
}

}  // namespace sonde::log
