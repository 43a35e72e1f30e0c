#include <fmt/format.h>

#include "daemon/app/exit_code.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/daemon_client.hpp"
#include "daemon/system/output.hpp"
#include "probes/text/printable.hpp"

namespace sonde::commands {
namespace {

constexpr int status_ok = 200;
constexpr std::string_view ready_path = "/-/ready";

}  // namespace

// A daemon that wants a password or a certificate serves its port, which is what a container has to
// know; whether it is ready it says only to who may ask.
int healthcheck_command(const app::Flags& flags) {
  const auto answer = ask_daemon(flags, ready_path);
  const std::string address = flags.daemon_url + std::string(ready_path);
  if (answer && (answer->wants_password || answer->wants_certificate)) {
    system::print(stdout,
                  fmt::format("{}: alive; it wants a {}, so it does not say whether it is ready "
                              "(auth_excluded_paths: [/-/ready] lets it)\n",
                              address, answer->wants_password ? "password" : "client certificate"));
    return app::exit_ok;
  }
  const bool ready = answer && answer->status == status_ok;
  const std::string said = answer ? fmt::format("HTTP {}: {}", answer->status,
                                                answer->body.substr(0, answer->body.find('\n')))
                                  : answer.error();
  system::print(ready ? stdout : stderr,
                fmt::format("{}: {}: {}\n", address, ready ? "ready" : "not ready",
                            text::printable(said, true, 400)));
  return ready ? app::exit_ok : app::exit_failed;
}

}  // namespace sonde::commands
