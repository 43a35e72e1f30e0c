#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/app/instance.hpp"
#include "daemon/core/view.hpp"

namespace CLI {
class App;
}  // namespace CLI

namespace sonde::app {

// The command line, in the dotted style of Prometheus.
enum class Command : std::uint8_t {
  serve,
  run,
  check,
  explain,
  test_alert,
  backup,
  healthcheck,
  runs,
  show,
  status,
  schema,
  rules,
  completion,
  manual
};
enum class RecordOutput : std::uint8_t { text, json, har };
enum class Output : std::uint8_t { text, brief, lines, json, junit };

struct Flags {
  Command command = Command::serve;
  std::string config_file = "/etc/sonde/sonde.yaml";
  std::string log_level = "info";
  std::string log_format;  // logfmt, json, journal; empty: depends on where stderr goes

  std::string location;     // empty: what the file says
  std::string shard_index;  // a number, or a name that ends in one; empty: not given
  Shard shard;
  Instance instance() const { return {.location = location, .shard = shard}; }

  // serve, check
  std::string listen_address = "127.0.0.1:9811";
  std::string web_config_file;  // empty: plain HTTP, and nobody is asked for a password

  // serve
  bool enable_lifecycle = false;
  bool enable_admin_api = false;
  std::string external_url;  // absolute, without a trailing slash; empty: not given
  std::vector<std::string>
      allowed_hosts;  // names, or ".suffix", that Host may have for this daemon

  // run
  std::vector<std::string> probes;  // names; empty: all
  std::string target, kind;         // empty: all
  int repeat = 1;
  std::optional<Output> output;  // nullopt: text for a single run, else lines
  std::string output_file;       // empty: standard output

  // test-alert
  std::string receiver;
  std::string alert = "SondeTest";
  std::string severity = "info";

  // explain
  std::string subject;  // a key or a reason

  // backup
  std::string backup_file;

  // healthcheck, runs, show, status: the daemon that is asked
  std::string daemon_url = "http://127.0.0.1:9811";
  int daemon_timeout = 5;               // seconds
  std::string daemon_user;              // of --web.config.file; empty: none
  std::string daemon_password_file;     // its password; empty: SONDE_PASSWORD
  std::string daemon_ca;                // a PEM file; empty: the system's authorities
  std::string daemon_cert, daemon_key;  // PEM files of a client certificate; empty: none
  std::string daemon_server_name;       // in its certificate; empty: the host of the URL

  // runs, status
  std::string verdict, step, reason;  // empty: any
  std::string since, until;           // a time, or a duration before now; empty: not limited
  int limit = 20;
  bool recorded = false;  // only runs with a transcript
  RecordOutput record_output = RecordOutput::text;

  // show
  std::string shown;  // the id of a run, a file, or "-"

  // completion
  std::string shell;  // bash or zsh

  // schema
  bool keys = false;       // print the table of keys instead
  bool reference = false;  // print reference.yaml instead
  bool reasons = false;    // print the table of reasons instead
  bool man = false;        // print sonde.yaml(5) instead

  // check, rules
  bool no_secrets = false;  // do not read the files, variables and credentials of secrets

  // rules
  std::string prometheus_job = "sonde";  // of the scrape configuration
  std::string runbooks;                  // a URL; empty: none
};

// Declares every command that runs something, with its options, which write to `flags`.
void declare_commands(CLI::App& app, Flags& flags);

}  // namespace sonde::app
