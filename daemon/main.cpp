#include "daemon/commands/commands.hpp"
#include "daemon/system/descriptors.hpp"

int main(int argc, char** argv) {
  sonde::system::keep_standard_descriptors();
  const auto parsed = sonde::app::parse_flags(argc, argv);
  if (const int* code = std::get_if<int>(&parsed)) return *code;
  const auto& flags = std::get<sonde::app::Flags>(parsed);
  switch (flags.command) {
    case sonde::app::Command::serve:
      return sonde::commands::serve_command(flags);
    case sonde::app::Command::run:
      return sonde::commands::run_command(flags);
    case sonde::app::Command::check:
      return sonde::commands::check_command(flags);
    case sonde::app::Command::test_alert:
      return sonde::commands::test_alert_command(flags);
    case sonde::app::Command::schema:
      return sonde::commands::schema_command(flags);
    case sonde::app::Command::rules:
      return sonde::commands::rules_command(flags);
  }
}
