#include <fmt/format.h>

#include <cstdio>

#include "config/schema.hpp"
#include "daemon/commands.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/key_table.hpp"
#include "daemon/reason_table.hpp"

namespace sonde {

int schema_command(const Flags& flags) {
  const auto& file = section_of(static_cast<const File*>(nullptr));
  if (flags.keys)
    fmt::print("{}", config::markdown(key_table()));
  else if (flags.reference)
    fmt::print("{}", reference_yaml());
  else if (flags.reasons)
    fmt::print("{}", reason_table());
  else
    fmt::print("{}\n", config::schema_document(file.schema()));
  return exit_ok;
}

}  // namespace sonde
