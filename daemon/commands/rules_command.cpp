#include <fmt/format.h>

#include "daemon/app/exit_code.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/rules/prometheus_rules.hpp"

namespace sonde {

int rules_command(const Flags& flags) {
  const auto settings = load_or_tell(flags.config_file);
  if (!settings) return exit_config;
  for (const auto& line : prometheus_blind(settings->rules))
    fmt::print(stderr, "sonde rules: warning: {}\n", line);
  fmt::print("{}", prometheus_rules(settings->rules,
                                    {.job = flags.prometheus_job, .runbooks = flags.runbooks}));
  return exit_ok;
}

}  // namespace sonde
