#include "daemon/app/command_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <span>
#include <string_view>

#include <CLI/CLI.hpp>

#include "config/mistake.hpp"
#include "daemon/app/exit_code.hpp"
#include "daemon/app/version.hpp"
#include "daemon/log/log.hpp"
#include "probes/net/version.hpp"
#include "probes/text/printable.hpp"

namespace sonde::app {
namespace {

// `sonde help [COMMAND]` and `sonde version` are answered here, where the declarations are.
struct Asked {
  std::string topic;
  bool man = false;
};

void add_help(CLI::App& app, Asked& asked, Flags& flags) {
  CLI::App* help = app.add_subcommand("help", "Show the help of sonde or of one of its commands.");
  help->add_option("COMMAND", asked.topic, "A command.");
  help->add_flag("--man", asked.man, "Every command, as the manual page sonde(1).");
  help->callback([&asked, &flags] {
    if (asked.man) flags.command = Command::manual;
  });
  app.add_subcommand("version", "Show the version and the revision that was built.");
}

std::string version_text() { return fmt::format("sonde {} (revision {})", net::version, revision); }

void declare(CLI::App& app, Flags& flags, Asked& asked) {
  app.description(
      "Sonde walks the path of your users (log in, open the WebSocket, send a message, get an "
      "answer) all day, and tells whether it works, since when, and which step broke.");
  app.name("sonde");
  app.set_version_flag("--version", version_text());
  app.require_subcommand(1);
  declare_commands(app, flags);
  add_help(app, asked, flags);
}

std::vector<std::string> names_of_commands(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

using Words = std::span<const char* const>;  // without the name of the program

// Options that every command with a file has, each with a value. They may also stand before the
// command.
constexpr std::array<std::string_view, 4> common_options = {"-c", "--config.file", "--log.level",
                                                            "--log.format"};

// The words with such options moved behind the command.
std::vector<const char*> command_first(Words words) {
  std::size_t at = 0;
  while (at < words.size() && words[at][0] == '-') {
    const std::string_view word = words[at];
    const std::string_view name = word.substr(0, word.find('='));
    if (std::ranges::find(common_options, name) == common_options.end()) break;
    at += name == word ? 2 : 1;
  }
  std::vector<const char*> all(words.begin(), words.end());
  const bool moves = at > 0 && at < words.size() && words[at][0] != '-';
  if (moves)
    std::rotate(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(at),
                all.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  return all;
}

// "unknown command 'chekc'; did you mean 'check'?"; empty: the command is known, or none is given.
std::string unknown_command(const CLI::App& app, std::string_view word) {
  const std::vector<std::string> names = names_of_commands(app);
  if (word.empty() || std::ranges::find(names, word) != names.end()) return "";
  const auto near = config::nearest(word, {names.begin(), names.end()});
  std::string text = fmt::format("unknown command '{}'", text::printable(word, true, 100));
  if (!near.empty()) return text + fmt::format("; did you mean '{}'?", near);
  return text + fmt::format("; the commands are {}", fmt::join(names, ", "));
}

// The first word that is not an option; sonde itself has no option with a value.
std::string_view command_word(Words words) {
  const auto found =
      std::ranges::find_if(words, [](std::string_view word) { return !word.starts_with('-'); });
  return found == words.end() ? std::string_view() : *found;
}

// The value of --log.format, also where other flags are wrong; empty: not given.
std::string_view format_word(Words words) {
  constexpr std::string_view flag = "--log.format";
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word == flag && i + 1 < words.size()) return words[i + 1];
    if (word.starts_with(flag) && word.substr(flag.size()).starts_with('='))
      return word.substr(flag.size() + 1);
  }
  return "";
}

// "unknown option '--outpt'; did you mean '--output'?"; empty: the command knows all of them.
std::string unknown_option(const CLI::App& app, Words words) {
  const std::string_view command = command_word(words);
  const CLI::App* asked = command.empty() ? &app : app.get_subcommand(std::string(command));
  std::vector<std::string> names;
  for (const CLI::Option* option : asked->get_options())
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  for (std::string_view word : words) {
    word = word.substr(0, word.find('='));
    if (word == "--") break;
    if (!word.starts_with("--") || std::ranges::find(names, word) != names.end()) continue;
    const auto near = config::nearest(word, {names.begin(), names.end()});
    const std::string text = fmt::format("unknown option '{}'", text::printable(word, true, 100));
    return text + (near.empty() ? "" : fmt::format("; did you mean '{}'?", near));
  }
  return "";
}

int usage_error(Words words, const std::string& text) {
  const std::string_view command = command_word(words);
  const std::string_view format = format_word(words);
  if (command == "serve" && (format == "json" || format == "journal")) {
    log::set_up(log::Level::info, format);
    log::say(log::Level::error, text);
    log::finish();
    return exit_usage;
  }
  const std::string_view program = command.empty() ? "" : " ";
  std::cerr << "sonde" << program << command << ": " << text << "\n"
            << "'sonde help" << program << command << "' shows how it is used.\n";
  return exit_usage;
}

// By declarations that have parsed nothing: otherwise the help is that of `sonde help`.
int show_help(const std::string& topic) {
  Flags flags;
  Asked asked;
  CLI::App app;
  declare(app, flags, asked);
  if (topic.empty()) {
    std::cout << app.help();
    return exit_ok;
  }
  if (const std::string wrong = unknown_command(app, topic); !wrong.empty()) {
    std::cerr << "sonde help: " << wrong << "\n'sonde help' lists the commands.\n";
    return exit_usage;
  }
  std::cout << app.get_subcommand(topic)->help("sonde");
  return exit_ok;
}

// "{debug,info}" of "TEXT:{debug,info}".
std::vector<std::string> choices_of(const std::string& type) {
  const auto open = type.find('{'), close = type.rfind('}');
  if (open == type.npos || close == type.npos || close < open) return {};
  return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

OptionDoc doc_of(const CLI::Option& option) {
  OptionDoc doc{.names = {},
                .value = {},
                .help = option.get_description(),
                .fallback = option.get_default_str(),
                .choices = {},
                .required = option.get_required()};
  for (const auto& name : option.get_snames()) doc.names.push_back("-" + name);
  for (const auto& name : option.get_lnames()) doc.names.push_back("--" + name);
  if (option.get_items_expected_max() == 0) return doc;
  const std::string type = option.get_type_name();
  doc.choices = choices_of(type);
  doc.value =
      option.get_positional() ? option.get_name() : type.substr(0, type.find_first_of(":{"));
  if (option.get_positional() && option.get_items_expected_max() > 1) doc.value += "...";
  return doc;
}

}  // namespace

std::variant<Flags, int> parse_flags(int argc, const char* const* argv) {
  Flags flags;
  Asked asked;
  CLI::App app;
  declare(app, flags, asked);
  const auto reordered = command_first({argv + 1, static_cast<std::size_t>(argc - 1)});
  const Words words(reordered);
  if (words.empty()) {
    std::cerr << app.help();
    return exit_usage;
  }
  if (const auto wrong = unknown_command(app, command_word(words)); !wrong.empty()) {
    std::cerr << "sonde: " << wrong << "\n'sonde help' lists the commands.\n";
    return exit_usage;
  }
  try {
    std::vector<const char*> all = {*argv};
    all.insert(all.end(), words.begin(), words.end());
    app.parse(static_cast<int>(all.size()), all.data());
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) {
      const std::string unknown = unknown_option(app, words);
      return usage_error(words, unknown.empty() ? error.what() : unknown);
    }
    return app.exit(error, std::cout, std::cerr);
  }
  if (app.got_subcommand("version")) {
    std::cout << version_text() << "\n";
    return exit_ok;
  }
  if (app.got_subcommand("help") && !asked.man) return show_help(asked.topic);
  return flags;
}

std::vector<CommandDoc> command_docs() {
  Flags flags;
  Asked asked;
  CLI::App app;
  declare(app, flags, asked);
  std::vector<CommandDoc> docs;
  for (const CLI::App* command : app.get_subcommands({})) {
    CommandDoc doc{.name = command->get_name(), .help = command->get_description(), .options = {}};
    for (const CLI::Option* option : command->get_options()) doc.options.push_back(doc_of(*option));
    docs.push_back(std::move(doc));
  }
  return docs;
}

}  // namespace sonde::app
