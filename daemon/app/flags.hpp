#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace sonde::app {

// The command line, after Prometheus' dotted style.
enum class Command : std::uint8_t { serve, run, check, test_alert, schema, rules };
enum class Output : std::uint8_t { text, json, junit };

struct Flags {
  Command command = Command::serve;
  std::string config_file = "/etc/sonde/sonde.yaml";
  std::string log_level = "info";
  std::string log_format;  // logfmt, json, journal; empty: by where stderr goes

  // serve
  std::string listen_address = "127.0.0.1:9811";
  bool enable_lifecycle = false;
  bool enable_admin_api = false;
  std::string external_url;                // absolute, without a slash at its end; empty: not given
  std::vector<std::string> allowed_hosts;  // names, or ".suffix", of this daemon in Host

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
  bool keys = false;       // the table of keys instead
  bool reference = false;  // reference.yaml instead
  bool reasons = false;    // the table of reasons instead

  // rules
  std::string prometheus_job = "sonde";  // of the scrape configuration
  std::string runbooks;                  // a URL; empty: none
};

// The flags, or the exit code when there is nothing more to do (--help: 0, usage: 64); what there
// was to say has been printed.
std::variant<Flags, int> parse_flags(int argc, const char* const* argv);

}  // namespace sonde::app
