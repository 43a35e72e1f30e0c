#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <vector>

#include "config/schema.hpp"
#include "daemon/app/exit_code.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/system/output.hpp"
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

// Every key of the file with its type and default, from the declarations that read it: the keys of
// the file, then those of each login method (logins.NAME) and of each kind (probes.NAME).
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

// The same keys as a commented YAML file: config/reference.yaml.
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

std::vector<Step> steps_of_kinds() {
  std::vector<Step> steps;
  for (const auto& kind : plan::kinds())
    for (Step step : kind.steps)
      if (std::ranges::find(steps, step) == steps.end()) steps.push_back(step);
  return steps;
}

// The steps that can have a reason, or its kind if any run can have it.
std::string where(const ReasonRow& row, const std::vector<Step>& steps) {
  std::string all;
  for (Step step : steps)
    if (row.steps.contains(step)) all += (all.empty() ? "" : " ") + std::string(name(step));
  return row.outcome == Outcome::fail ? all : fmt::format("*{}*", name(row.outcome));
}

// The reasons with their help and the steps that can report them, as a Markdown table for the
// documentation.
std::string reason_table() {
  const auto steps = steps_of_kinds();
  std::string text = "| reason | at | what happened |\n|---|---|---|\n";
  for (const auto& row : reasons())
    if (row.outcome != Outcome::pass && !row.unpublished)
      text += fmt::format("| `{}` | {} | {} |\n", row.name, where(row, steps), row.help);
  return text;
}

}  // namespace

int schema_command(const app::Flags& flags) {
  const auto& file = config::section<app::File>();
  if (flags.keys)
    system::print(stdout, config::markdown(key_table()));
  else if (flags.reference)
    system::print(stdout, reference_yaml());
  else if (flags.reasons)
    system::print(stdout, reason_table());
  else
    system::print(stdout, fmt::format("{}\n", config::schema_document(file.schema())));
  return app::exit_ok;
}

}  // namespace sonde::commands
