#include <fmt/format.h>

#include <cstdio>

#include "config/schema.hpp"
#include "daemon/app/exit_code.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/key_table.hpp"
#include "daemon/commands/reason_table.hpp"
#include "daemon/system/output.hpp"

namespace sonde::commands {

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
