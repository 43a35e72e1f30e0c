#include <fmt/format.h>

#include <cstdio>

#include "config/schema.hpp"
#include "daemon/app/exit_code.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/key_table.hpp"
#include "daemon/commands/reason_table.hpp"

namespace sonde::commands {

int schema_command(const app::Flags& flags) {
  const auto& file = config::section<app::File>();
  if (flags.keys)
    fmt::print("{}", config::markdown(key_table()));
  else if (flags.reference)
    fmt::print("{}", reference_yaml());
  else if (flags.reasons)
    fmt::print("{}", reason_table());
  else
    fmt::print("{}\n", config::schema_document(file.schema()));
  return app::exit_ok;
}

}  // namespace sonde::commands
