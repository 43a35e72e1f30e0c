#include "daemon/commands/commands.hpp"
#include "daemon/system/descriptors.hpp"

int main(int argc, char** argv) {
  sonde::keep_standard_descriptors();
  const auto parsed = sonde::parse_flags(argc, argv);
  if (const int* code = std::get_if<int>(&parsed)) return *code;
  const auto& flags = std::get<sonde::Flags>(parsed);
  switch (flags.command) {
    case sonde::Command::serve:
      return sonde::serve_command(flags);
    case sonde::Command::run:
      return sonde::run_command(flags);
    case sonde::Command::check:
      return sonde::check_command(flags);
    case sonde::Command::test_alert:
      return sonde::test_alert_command(flags);
    case sonde::Command::schema:
      return sonde::schema_command(flags);
    case sonde::Command::rules:
      return sonde::rules_command(flags);
  }
}
