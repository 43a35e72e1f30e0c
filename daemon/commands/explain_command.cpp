#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "daemon/app/exit_code.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/key_example.hpp"
#include "daemon/commands/key_table.hpp"
#include "daemon/system/output.hpp"
#include "probes/core/reason.hpp"
#include "probes/text/printable.hpp"

namespace sonde::commands {
namespace {

// A key, with the login methods or kinds of probes that have it in this form.
struct ExplainedKey {
  config::KeyRow row;
  std::vector<std::string> of;  // "kind: chat"; empty: it is not of a method or kind
};

std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    std::string part(path.substr(begin, end - begin));
    if (part.ends_with("[]")) part.resize(part.size() - 2);
    parts.push_back(std::move(part));
    begin = end + 1;
  }
  return parts;
}

// Whether a path ends with what was asked for; NAME stands for any name.
bool ends_with(const std::string& path, const std::vector<std::string>& asked) {
  const auto parts = parts_of(path);
  if (asked.size() > parts.size()) return false;
  return std::equal(asked.rbegin(), asked.rend(), parts.rbegin(),
                    [](const std::string& word, const std::string& part) {
                      return word == part || part == "NAME";
                    });
}

bool is_whole(const std::string& path, const std::vector<std::string>& asked) {
  return parts_of(path).size() == asked.size();
}

void add(std::vector<ExplainedKey>& found, const config::KeyRow& row, const std::string& of) {
  const auto same = std::ranges::find_if(found, [&](const ExplainedKey& key) {
    return key.row.path == row.path && key.row.help == row.help && key.row.type == row.type &&
           key.row.fallback == row.fallback;
  });
  ExplainedKey& key =
      same != found.end() ? *same : found.emplace_back(ExplainedKey{.row = row, .of = {}});
  if (!of.empty()) key.of.push_back(of);
}

// The last word has to be a key, not a name that the user chooses.
std::vector<ExplainedKey> find_keys(const std::vector<KeyGroup>& groups,
                                    const std::string& subject) {
  const auto asked = parts_of(subject);
  std::vector<ExplainedKey> whole, partly;
  for (const auto& group : groups)
    for (const auto& row : group.rows)
      if (ends_with(row.path, asked))
        add(is_whole(row.path, asked) ? whole : partly, row, group.of);
  return whole.empty() ? partly : whole;
}

std::string unit_of(const std::string& type) {
  if (type.contains("duration")) return "a number with ms, s, m, h or d, such as 500ms or 1m30s";
  if (type.contains("size")) return "bytes, or a number with KB, MB or GB, such as 64KB";
  if (type.contains("percentage")) return "a number with %, such as 90%";
  if (type.contains("secret")) return "{ file: PATH }, { env: NAME } or { credential: NAME }";
  return "";
}

std::string value_of(const config::KeyRow& row) {
  const std::string& type = row.type;
  if (!row.fallback.empty()) return row.fallback;
  if (type.contains("secret")) return "{ credential: NAME }";
  if (type.starts_with("duration")) return "10s";
  if (type.starts_with("size")) return "64KB";
  if (type.starts_with("percentage")) return "90%";
  if (type.starts_with("integer") || type.starts_with("number")) return "1";
  if (type.starts_with("boolean")) return "true";
  if (type.starts_with("list")) return "[...]";
  if (type.starts_with("names")) return "{ NAME: ... }";
  if (type.starts_with("mapping")) return "{ ... }";
  const std::size_t end = type.find(" | ");  // a closed list of words
  return end == type.npos ? "TEXT" : type.substr(0, end);
}

std::string indented(const std::string& lines) {
  std::string text = "    ";
  for (const char c : lines) text += c == '\n' ? std::string("\n    ") : std::string(1, c);
  text.resize(text.size() - 4);
  return text;
}

// The key where it stands in the file, without real names.
std::string place_of(const ExplainedKey& key) {
  std::string text;
  std::size_t depth = 2;
  const auto parts = parts_of(key.row.path);
  for (std::size_t i = 0; i < parts.size(); ++i, ++depth) {
    const std::string value = i + 1 == parts.size() ? " " + value_of(key.row) : "";
    text += fmt::format("{:{}}{}:{}\n", "", 2 * depth, parts[i], value);
    const bool is_owner = i == 1 && i + 1 < parts.size() && !key.of.empty();
    if (is_owner) text += fmt::format("{:{}}{}\n", "", 2 * depth + 2, key.of.front());
  }
  return text;
}

std::string keys_below(const std::vector<KeyGroup>& groups, const ExplainedKey& key) {
  std::vector<std::string> below;
  const std::size_t depth = parts_of(key.row.path).size();
  for (const auto& group : groups) {
    if (group.of.empty() != key.of.empty()) continue;
    for (const auto& row : group.rows) {
      const auto parts = parts_of(row.path);
      const bool is_child =
          row.path.starts_with(key.row.path) && parts.size() > depth &&
          (parts.size() == depth + 1 || (parts.size() == depth + 2 && parts[depth] == "NAME"));
      if (is_child && std::ranges::find(below, parts.back()) == below.end())
        below.push_back(parts.back());
    }
  }
  return fmt::format("{}", fmt::join(below, ", "));
}

std::string whole_text(const std::vector<KeyGroup>& groups, const ExplainedKey& key) {
  std::string text = fmt::format("{}\n  {}\n\n", key.row.path, key.row.help);
  const auto add_line = [&text](std::string_view name, const std::string& value) {
    if (!value.empty()) text += fmt::format("  {:<9}{}\n", name, value);
  };
  add_line("for", fmt::format("{}", fmt::join(key.of, ", ")));
  add_line("type", key.row.type);
  add_line("unit", unit_of(key.row.type));
  add_line("default", key.row.fallback.empty() ? "none" : key.row.fallback);
  add_line("keys", keys_below(groups, key));
  const KeyExample found =
      find_example(parts_of(key.row.path), key.of.empty() ? "" : key.of.front());
  if (found.file.empty()) return text + fmt::format("  example\n{}\n", place_of(key));
  return text + fmt::format("  example, from {}\n{}\n", found.file, indented(found.yaml));
}

std::string line_of(const ExplainedKey& key) {
  const std::string of = key.of.empty() ? "" : fmt::format(" ({})", fmt::join(key.of, ", "));
  return fmt::format("  {}{}\n      {}\n", key.row.path, of, key.row.help);
}

std::string reason_text(Reason reason) {
  const ReasonRow& row = sonde::row(reason);
  std::string at;
  for (const StepRow& step : steps())
    if (row.steps.contains(step.step)) at += fmt::format("{}{}", at.empty() ? "" : ", ", step.name);
  return fmt::format("{}, a reason\n  {}\n\n  {:<9}{}\n  {:<9}{}\n", row.name, row.help, "verdict",
                     name(row.outcome), "steps", at.empty() ? "any" : at);
}

// Similar words among the keys (the last part of their paths) and the reasons.
int not_found(const std::vector<KeyGroup>& groups, const std::string& subject) {
  std::vector<std::string> names;
  for (const auto& group : groups)
    for (const auto& row : group.rows) names.push_back(parts_of(row.path).back());
  for (const auto& row : reasons()) names.emplace_back(row.name);
  std::string text =
      fmt::format("there is no key or reason '{}'", text::printable(subject, true, 100));
  const auto near = config::nearest(parts_of(subject).back(), {names.begin(), names.end()});
  if (!near.empty() && near != subject) text += fmt::format("; did you mean '{}'?", near);
  system::print(stderr,
                fmt::format("sonde explain: {}\n'sonde schema --keys' lists every key.\n", text));
  return app::exit_usage;
}

}  // namespace

int explain_command(const app::Flags& flags) {
  const auto groups = key_groups();
  const auto found = find_keys(groups, flags.subject);
  const auto reason = reason_named(flags.subject);
  if (found.empty() && !reason) return not_found(groups, flags.subject);
  if (reason) system::print(stdout, reason_text(*reason));
  if (found.size() == 1) {
    system::print(stdout, whole_text(groups, found.front()));
  } else if (!found.empty()) {
    system::print(stdout, fmt::format("'{}' is the end of {} keys; name one of them:\n",
                                      flags.subject, found.size()));
    for (const auto& key : found) system::print(stdout, line_of(key));
  }
  return app::exit_ok;
}

}  // namespace sonde::commands
