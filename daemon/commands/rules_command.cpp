#include <fmt/format.h>

#include "daemon/app/exit_code.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/rules/prometheus_rules.hpp"
#include "daemon/system/output.hpp"

namespace sonde::commands {

int rules_command(const app::Flags& flags) {
  const auto settings = load_or_tell(flags, secret_use(flags));
  if (!settings) return app::exit_config;
  for (const auto& line : rules::prometheus_blind(settings->rules))
    system::print(stderr, fmt::format("sonde rules: warning: {}\n", line));
  system::print(stdout, rules::prometheus_rules(settings->rules, {.job = flags.prometheus_job,
                                                                  .runbooks = flags.runbooks}));
  return app::exit_ok;
}

}  // namespace sonde::commands
