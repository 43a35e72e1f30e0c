#pragma once
#include <string>
#include <variant>
#include <vector>

#include "daemon/app/flags.hpp"

namespace sonde::app {

// Returns the flags, or the exit code if the process should exit (--help: 0, usage: 64); the output
// for that has been printed. A mistake in the flags of `serve` is logged if --log.format says json
// or journal.
std::variant<Flags, int> parse_flags(int argc, const char* const* argv);

// An option or a positional of a command, as the manual page and the completions show it.
struct OptionDoc {
  std::vector<std::string> names;  // "-c", "--config.file"; empty: a positional
  std::string value;               // "FILE"; empty: takes none
  std::string help;
  std::string fallback;              // the default; empty: none
  std::vector<std::string> choices;  // all values, if there is a list of them
  bool required = false;
};
struct CommandDoc {
  std::string name;
  std::string help;
  std::vector<OptionDoc> options;
};
// Every command that parse_flags() accepts, from the same declarations.
std::vector<CommandDoc> command_docs();

}  // namespace sonde::app
