#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace sonde::app {

// The command line, in the dotted style of Prometheus.
enum class Command : std::uint8_t { serve, run, check, test_alert, schema, rules };
enum class Output : std::uint8_t { text, brief, json, junit };

struct Flags {
  Command command = Command::serve;
  std::string config_file = "/etc/sonde/sonde.yaml";
  std::string log_level = "info";
  std::string log_format;  // logfmt, json, journal; empty: depends on where stderr goes

  // serve
  std::string listen_address = "127.0.0.1:9811";
  bool enable_lifecycle = false;
  bool enable_admin_api = false;
  std::string external_url;  // absolute, without a trailing slash; empty: not given
  std::vector<std::string>
      allowed_hosts;  // names, or ".suffix", that Host may have for this daemon

  // run
  std::vector<std::string> probes;  // names; empty: all
  std::string target, kind;         // empty: all
  int repeat = 1;
  Output output = Output::text;
  std::string output_file;  // empty: standard output

  // test-alert
  std::string receiver;
  std::string alert = "SondeTest";
  std::string severity = "info";

  // schema
  bool keys = false;       // print the table of keys instead
  bool reference = false;  // print reference.yaml instead
  bool reasons = false;    // print the table of reasons instead

  // check, rules
  bool no_secrets = false;  // do not read the files, variables and credentials of secrets

  // rules
  std::string prometheus_job = "sonde";  // of the scrape configuration
  std::string runbooks;                  // a URL; empty: none
};

// Returns the flags, or the exit code if the process should exit (--help: 0, usage: 64); the output
// for that has been printed.
std::variant<Flags, int> parse_flags(int argc, const char* const* argv);

}  // namespace sonde::app
