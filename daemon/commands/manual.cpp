#include "daemon/commands/manual.hpp"

#include <fmt/format.h>

#include "daemon/app/exit_code.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/key_table.hpp"
#include "daemon/system/output.hpp"
#include "probes/net/version.hpp"

namespace sonde::commands {
namespace {

// Text for man(7): a backslash and a hyphen are themselves, and a line begins no request.
std::string roff(std::string_view text) {
  std::string line;
  for (const char c : text) {
    if (c == '\\')
      line += "\\e";
    else if (c == '-')
      line += "\\-";
    else if (c == '~')
      line += "\\(ti";
    else if (c == '^')
      line += "\\(ha";
    else
      line += c;
  }
  return line.starts_with('.') || line.starts_with('\'') ? "\\&" + line : line;
}

std::string head(std::string_view name, int section, std::string_view of) {
  return fmt::format(
      ".\\\" Made from the declarations of the binary.\n.TH {} {} \"\" \"sonde {}\" \"{}\"\n", name,
      section, net::version, of);
}

std::string bold(std::string_view text) { return "\\fB" + roff(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + roff(text) + "\\fR"; }

std::string tag_of(const app::OptionDoc& option) {
  std::string tag;
  for (const auto& name : option.names) tag += (tag.empty() ? "" : ", ") + bold(name);
  if (option.value.empty()) return tag;
  return tag + (tag.empty() ? "" : " ") + italic(option.value);
}

std::string body_of(const app::OptionDoc& option) {
  std::string text = option.help;
  if (!option.choices.empty()) text += fmt::format(" One of {}.", fmt::join(option.choices, ", "));
  if (!option.fallback.empty()) text += fmt::format(" Default: {}.", option.fallback);
  return text;
}

std::string synopsis_of(const app::CommandDoc& command) {
  std::string line = ".B sonde " + roff(command.name) + "\n[\\fIOPTION\\fR...]";
  for (const auto& option : command.options)
    if (option.names.empty())
      line += " " + (option.required ? italic(option.value) : "[" + italic(option.value) + "]");
  return line + "\n.br\n";
}

std::string section_of_command(const app::CommandDoc& command) {
  std::string text = fmt::format(".SS {}\n{}\n", roff("sonde " + command.name), roff(command.help));
  for (const auto& option : command.options)
    text += fmt::format(".TP\n{}\n{}\n", tag_of(option), roff(body_of(option)));
  return text;
}

std::string exit_codes() {
  std::string text = ".SH EXIT STATUS\n";
  const auto add = [&text](int code, std::string_view meaning) {
    text += fmt::format(".TP\n.B {}\n{}\n", code, roff(meaning));
  };
  add(app::exit_ok, "Success; for run: all probes passed.");
  add(app::exit_failed, "The command failed; for run: a probe failed.");
  add(2, "run: a probe was inconclusive or skipped, and none failed.");
  add(app::exit_usage, "Wrong usage of the command.");
  add(app::exit_io, "The output could not be written.");
  add(app::exit_config, "Mistakes in the configuration file.");
  return text;
}

// The depth of a key, by which it is indented.
std::string key_text(const config::KeyRow& row) {
  const std::string type =
      "(" + row.type + (row.fallback.empty() ? "" : "; default: ") + row.fallback + ")";
  return fmt::format(".TP\n{}\n{} {}\n", bold(row.path), roff(row.help), roff(type));
}

constexpr std::string_view files_text =
    ".SH FILES\n.TP\n.I /etc/sonde/sonde.yaml\nThe configuration file; see\n.BR sonde.yaml (5).\n"
    ".TP\n.I /etc/default/sonde\nFurther options of the service.\n"
    ".TP\n.I /var/lib/sonde\nThe store of the service.\n";

constexpr std::string_view keys_text =
    "The file is YAML. A key that is not listed here is a mistake, which\n.B sonde check\n"
    "reports with its line. NAME stands for a name that you choose, [] for an item of a list.\n"
    ".PP\nA duration is a number with ms, s, m, h or d (500ms, 1m30s). A size is a number of "
    "bytes,\n"
    "or one with KB, MB or GB. A secret is { file: PATH }, { env: NAME } or { credential: NAME }.\n"
    ".PP\n.B sonde explain\n.I KEY\nexplains a single key.\n";

}  // namespace

std::string commands_manual(std::span<const app::CommandDoc> commands) {
  std::string text = head("SONDE", 1, "User Commands");
  text += ".SH NAME\nsonde \\- monitor logins, WebSockets and chats the way users reach them\n";
  text += ".SH SYNOPSIS\n";
  for (const auto& command : commands) text += synopsis_of(command);
  text +=
      ".SH DESCRIPTION\nSonde logs in, opens the WebSocket, sends a message, and checks every "
      "event and the answer, on a\nschedule. When a step fails, it says which step, why, how "
      "often and since when: in Prometheus\nmetrics, in alerts, and in one command.\n";
  text += ".SH COMMANDS\n";
  for (const auto& command : commands) text += section_of_command(command);
  text += exit_codes();
  return text + std::string(files_text) + ".SH SEE ALSO\n.BR sonde.yaml (5)\n";
}

std::string keys_manual() {
  std::string text = head("SONDE.YAML", 5, "File Formats");
  text += ".SH NAME\nsonde.yaml \\- configuration file of sonde\n.SH DESCRIPTION\n";
  text += keys_text;
  for (const auto& group : key_groups()) {
    text += group.of.empty() ? ".SH KEYS OF THE FILE\n"
                             : fmt::format(".SH {} WITH {}\n{}\n", roff(group.prefix),
                                           roff(group.of), roff(group.help));
    for (const auto& row : group.rows) text += key_text(row);
  }
  return text + ".SH SEE ALSO\n.BR sonde (1)\n";
}

int manual_command() {
  system::print(stdout, commands_manual(app::command_docs()));
  return app::exit_ok;
}

}  // namespace sonde::commands
