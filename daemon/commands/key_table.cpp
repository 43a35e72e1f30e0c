#include "daemon/commands/key_table.hpp"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "daemon/app/settings.hpp"
#include "probes/auth/login.hpp"
#include "probes/plan/kinds.hpp"
#include "probes/text/match.hpp"

namespace sonde::commands {

std::vector<KeyGroup> key_groups() {
  std::vector<KeyGroup> groups;
  groups.push_back({.of = {},
                    .help = "The keys of the file.",
                    .prefix = {},
                    .rows = config::section<app::File>().table("")});
  groups.push_back({.of = "a comparison",
                    .help = "What may be compared with the value of a place in JSON.",
                    .prefix = "json.PLACE",
                    .rows = config::comparison_rows("json.PLACE")});
  for (const auto& method : auth::methods())
    groups.push_back({.of = fmt::format("method: {}", method.name),
                      .help = std::string(method.help),
                      .prefix = "logins.NAME",
                      .rows = method.table("logins.NAME")});
  for (const auto& kind : plan::kinds())
    groups.push_back({.of = fmt::format("kind: {}", kind.name),
                      .help = std::string(kind.help),
                      .prefix = "probes.NAME",
                      .rows = kind.table("probes.NAME")});
  return groups;
}

std::vector<config::KeyRow> key_table() {
  std::vector<config::KeyRow> rows;
  for (auto& group : key_groups()) {
    if (group.of.contains(": "))
      rows.push_back({fmt::format("{}.{}", group.prefix, group.of), "text", "", group.help});
    rows.insert(rows.end(), std::make_move_iterator(group.rows.begin()),
                std::make_move_iterator(group.rows.end()));
  }
  return rows;
}

}  // namespace sonde::commands
