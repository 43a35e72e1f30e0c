#include <fmt/format.h>

#include "daemon/app/command_line.hpp"
#include "daemon/app/exit_code.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/system/output.hpp"

namespace sonde::commands {
namespace {

// 'text' for a shell.
std::string shell_quoted(std::string_view text) {
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? "'\\''" : std::string(1, c);
  return word + "'";
}

std::string names_of(const app::CommandDoc& command) {
  std::string names;
  for (const auto& option : command.options)
    for (const auto& name : option.names) names += (names.empty() ? "" : " ") + name;
  return names;
}

// The values of the options of one command that have a list of them or are files.
std::string bash_values(const app::CommandDoc& command) {
  std::string cases;
  for (const auto& option : command.options) {
    if (option.names.empty()) continue;
    const std::string pattern = fmt::format("{}", fmt::join(option.names, "|"));
    if (!option.choices.empty())
      cases += fmt::format("        {}) words='{}' ;;\n", pattern, fmt::join(option.choices, " "));
    else if (option.value == "FILE")
      cases += fmt::format("        {}) files=yes ;;\n", pattern);
  }
  return cases.empty() ? "" : "      case $before in\n" + cases + "      esac\n";
}

std::string bash_words(const app::CommandDoc& command, const std::string& commands) {
  for (const auto& option : command.options) {
    if (!option.names.empty()) continue;
    if (!option.choices.empty()) return fmt::format("{}", fmt::join(option.choices, " "));
    if (option.value == "COMMAND") return commands;
  }
  return "";
}

bool takes_file(const app::CommandDoc& command) {
  for (const auto& option : command.options)
    if (option.names.empty() && option.value == "FILE") return true;
  return false;
}

std::string bash(const std::vector<app::CommandDoc>& commands) {
  std::string names, cases;
  for (const auto& command : commands) names += (names.empty() ? "" : " ") + command.name;
  for (const auto& command : commands)
    cases += fmt::format("    {})\n      options='{}' words='{}'{}\n{}      ;;\n", command.name,
                         names_of(command), bash_words(command, names),
                         takes_file(command) ? " files=yes" : "", bash_values(command));
  return fmt::format(
      R"(# bash completion of sonde, made by `sonde completion bash`
_sonde() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} options='' words='' files=''
  # bash takes --name=value apart at the sign.
  [ "$current" = = ] && current=''
  [ "$before" = = ] && before=${{COMP_WORDS[COMP_CWORD-2]}}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W '{} --help --version' -- "$current")
    return
  fi
  case ${{COMP_WORDS[1]}} in
{}  esac
  if [[ $current == -* ]]; then words=$options files=''; fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  [ -z "$files" ] || mapfile -t -O "${{#COMPREPLY[@]}}" COMPREPLY < <(compgen -f -- "$current")
}}
complete -o filenames -F _sonde sonde
)",
      names, cases);
}

// Text of a description in _arguments: brackets and colons have a meaning there.
std::string zsh_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_action(const app::OptionDoc& option, const std::string& commands) {
  if (!option.choices.empty()) return fmt::format("({})", fmt::join(option.choices, " "));
  if (option.value == "COMMAND") return "(" + commands + ")";
  return option.value == "FILE" ? "_files" : "";
}

std::string zsh_options(const app::CommandDoc& command, const std::string& commands) {
  std::string lines;
  for (const auto& option : command.options) {
    const std::string action = option.value.empty() ? ""
                                                    : fmt::format(":{}:{}", zsh_text(option.value),
                                                                  zsh_action(option, commands));
    if (option.names.empty())
      lines += fmt::format(" \\\n        {}",
                           shell_quoted((option.value.ends_with("...") ? "*" : "") + action));
    for (const auto& name : option.names) {
      const bool is_long = name.starts_with("--") && !option.value.empty();
      lines += fmt::format(" \\\n        {}",
                           shell_quoted(fmt::format("{}{}[{}]{}", name, is_long ? "=" : "",
                                                    zsh_text(option.help), action)));
    }
  }
  return lines;
}

std::string zsh(const std::vector<app::CommandDoc>& commands) {
  std::string names, list, cases;
  for (const auto& command : commands) {
    names += (names.empty() ? "" : " ") + command.name;
    list += fmt::format("    {}\n", shell_quoted(command.name + ":" + zsh_text(command.help)));
  }
  for (const auto& command : commands)
    cases += fmt::format("    {})\n      _arguments{}\n      ;;\n", command.name,
                         zsh_options(command, names));
  return fmt::format(
      R"(#compdef sonde
# zsh completion of sonde, made by `sonde completion zsh`
_sonde() {{
  local -a commands=(
{}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
{}  esac
}}
_sonde "$@"
)",
      list, cases);
}

}  // namespace

int completion_command(const app::Flags& flags) {
  const auto commands = app::command_docs();
  system::print(stdout, flags.shell == "bash" ? bash(commands) : zsh(commands));
  return app::exit_ok;
}

}  // namespace sonde::commands
