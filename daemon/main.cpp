#include <cstdio>

#include "daemon/app/command_line.hpp"
#include "daemon/app/exit_code.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/system/descriptors.hpp"
#include "daemon/system/output.hpp"

namespace {

int run(const sonde::app::Flags& flags) {
  switch (flags.command) {
    case sonde::app::Command::serve:
      return sonde::commands::serve_command(flags);
    case sonde::app::Command::run:
      return sonde::commands::run_command(flags);
    case sonde::app::Command::check:
      return sonde::commands::check_command(flags);
    case sonde::app::Command::explain:
      return sonde::commands::explain_command(flags);
    case sonde::app::Command::test_alert:
      return sonde::commands::test_alert_command(flags);
    case sonde::app::Command::backup:
      return sonde::commands::backup_command(flags);
    case sonde::app::Command::healthcheck:
      return sonde::commands::healthcheck_command(flags);
    case sonde::app::Command::runs:
      return sonde::commands::runs_command(flags);
    case sonde::app::Command::show:
      return sonde::commands::show_command(flags);
    case sonde::app::Command::status:
      return sonde::commands::status_command(flags);
    case sonde::app::Command::schema:
      return sonde::commands::schema_command(flags);
    case sonde::app::Command::rules:
      return sonde::commands::rules_command(flags);
    case sonde::app::Command::completion:
      return sonde::commands::completion_command(flags);
    case sonde::app::Command::manual:
      return sonde::commands::manual_command();
  }
}

}  // namespace

int main(int argc, char** argv) {
  sonde::system::keep_standard_descriptors();
  sonde::system::ignore_broken_pipes();
  const auto parsed = sonde::app::parse_flags(argc, argv);
  const int* done = std::get_if<int>(&parsed);  // after --help, or a mistake in the flags
  const int code = done != nullptr ? *done : run(std::get<sonde::app::Flags>(parsed));
  // Output that was lost is no success.
  const bool lost = !sonde::system::is_written(stdout) && code == sonde::app::exit_ok;
  return lost ? sonde::app::exit_io : code;
}
