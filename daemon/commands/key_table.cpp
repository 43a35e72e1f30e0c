#include "daemon/commands/key_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "daemon/app/settings.hpp"
#include "probes/auth/login.hpp"
#include "probes/plan/kinds.hpp"

namespace sonde::commands {
namespace {

void append(std::vector<config::KeyRow>& rows, std::vector<config::KeyRow> more) {
  rows.insert(rows.end(), std::make_move_iterator(more.begin()),
              std::make_move_iterator(more.end()));
}

// "- probes.NAME (kind: chat)" becomes a comment line; a key its last part, indented by its depth.
std::string yaml_line(const config::KeyRow& row) {
  const auto depth = static_cast<std::size_t>(std::ranges::count(row.path, '.'));
  const std::string key = row.path.substr(row.path.rfind('.') + 1);
  const std::string fallback = row.fallback.empty() ? "" : " " + row.fallback;
  return fmt::format("{:{}}# {} ({})\n{:{}}# {}:{}\n", "", depth * 2, row.help, row.type, "",
                     depth * 2, key, fallback);
}

std::string block(const std::string& title, const std::vector<config::KeyRow>& rows) {
  std::string text = "\n# ---- " + title + "\n";
  for (const auto& row : rows) text += yaml_line(row);
  return text;
}

}  // namespace

std::vector<config::KeyRow> key_table() {
  auto rows = config::section<app::File>().table("");
  for (const auto& method : auth::methods()) {
    rows.push_back(
        {fmt::format("logins.NAME.method: {}", method.name), "text", "", std::string(method.help)});
    append(rows, method.table("logins.NAME"));
  }
  for (const auto& kind : plan::kinds()) {
    rows.push_back(
        {fmt::format("probes.NAME.kind: {}", kind.name), "text", "", std::string(kind.help)});
    append(rows, kind.table("probes.NAME"));
  }
  return rows;
}

std::string reference_yaml() {
  std::string text =
      "# Every key of sonde's configuration, what it is for, and its default.\n"
      "# Made by `sonde schema --reference`; a test compares it with the declarations.\n";
  text += block("the file", config::section<app::File>().table(""));
  for (const auto& method : auth::methods())
    text += block(fmt::format("logins.NAME with method: {} - {}", method.name, method.help),
                  method.table("logins.NAME"));
  for (const auto& kind : plan::kinds())
    text += block(fmt::format("probes.NAME with kind: {} - {}", kind.name, kind.help),
                  kind.table("probes.NAME"));
  return text;
}

}  // namespace sonde::commands
