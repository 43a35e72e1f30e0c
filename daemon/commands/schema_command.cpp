#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "config/schema.hpp"
#include "daemon/app/exit_code.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/key_table.hpp"
#include "daemon/commands/manual.hpp"
#include "daemon/system/output.hpp"
#include "probes/plan/kinds.hpp"

namespace sonde::commands {
namespace {

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

// The same keys as a commented YAML file: config/reference.yaml.
std::string reference_yaml() {
  std::string text =
      "# Every key of sonde's configuration, what it is for, and its default.\n"
      "# Made by `sonde schema --reference`; a test compares it with the declarations.\n";
  for (const auto& group : key_groups())
    text +=
        block(group.of.empty() ? "the file"
                               : fmt::format("{} with {} - {}", group.prefix, group.of, group.help),
              group.rows);
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
  else if (flags.man)
    system::print(stdout, keys_manual());
  else if (flags.reasons)
    system::print(stdout, reason_table());
  else
    system::print(stdout, fmt::format("{}\n", config::schema_document(file.schema())));
  return app::exit_ok;
}

}  // namespace sonde::commands
