#include "daemon/app/flags.hpp"

#include <algorithm>
#include <set>
#include <string>

#include <CLI/CLI.hpp>

#include "daemon/app/instance.hpp"
#include "daemon/app/shard.hpp"
#include "probes/net/url.hpp"
#include "probes/text/ascii.hpp"

namespace sonde::app {
namespace {

void add_location(CLI::App& command, Flags& flags) {
  command
      .add_option("--location", flags.location,
                  "Where this daemon stands, in place of `location` of the file: several locations "
                  "can use one file.")
      ->type_name("NAME")
      ->check(CLI::Validator(
          [](const std::string& location) { return wrong_with_location(location); }, ""));
}

void add_shard(CLI::App& command, Flags& flags) {
  command.add_option(
      "--shard.index", flags.shard_index,
      "Which of --shard.count daemons with the same file this one is, from 0; or the name of a "
      "StatefulSet's pod, which ends in it.");
  command
      .add_option("--shard.count", flags.shard.count,
                  "Among how many daemons the probes are shared.")
      ->capture_default_str();
  command.add_option("--shard.replicas", flags.shard.replicas, "How many of them run each probe.")
      ->capture_default_str();
  const bool is_daemon = command.get_name() == "serve";
  command.parse_complete_callback([&flags, is_daemon] {
    const auto& [index, count, replicas] = flags.shard;
    if (count > 1 && flags.shard_index.empty() && is_daemon)
      throw CLI::ValidationError("--shard.index is missing: which of the shards is this daemon?");
    if (count == 1 && !flags.shard_index.empty())
      throw CLI::ValidationError("--shard.count is missing: among how many shards?");
    const auto shard = shard_of(count > 1 && !flags.shard_index.empty() ? flags.shard_index : "0",
                                count, replicas);
    if (!shard) throw CLI::ValidationError(shard.error());
    flags.shard = *shard;
  });
}

void add_common(CLI::App& app, Flags& flags) {
  app.add_option("-c,--config.file", flags.config_file, "The configuration file.")
      ->type_name("FILE")
      ->capture_default_str();
  add_location(app, flags);
  add_shard(app, flags);
  app.add_option("--log.level", flags.log_level, "What is logged at least.")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str();
  app.add_option("--log.format", flags.log_format,
                 "How the log is written; default: journal under systemd, else logfmt.")
      ->check(CLI::IsMember({"logfmt", "json", "journal"}));
}

// A command that reads no configuration file.
CLI::App* add_plain_command(CLI::App& app, Flags& flags, const std::string& name,
                            const std::string& help, Command command) {
  CLI::App* sub = app.add_subcommand(name, help);
  sub->callback([&flags, command] { flags.command = command; });
  return sub;
}

CLI::App* add_command(CLI::App& app, Flags& flags, const std::string& name, const std::string& help,
                      Command command) {
  CLI::App* sub = add_plain_command(app, flags, name, help, command);
  add_common(*sub, flags);
  return sub;
}

// Says what is wrong with a URL of the daemon; empty: nothing. Removes a trailing slash.
std::string take_url(std::string& text) {
  const auto url = net::parse_url(text);
  if (!url) return url.error();
  if (url->scheme != "http" && url->scheme != "https") return "expected http:// or https://";
  if (text.find_first_of("?#") != std::string::npos) return "expected no query and no fragment";
  while (text.ends_with('/')) text.pop_back();
  return "";
}

// Says what is wrong with a host name of the daemon; empty: nothing.
std::string check_host(const std::string& name) {
  const bool plain = std::ranges::all_of(
      name, [](char c) { return text::is_alphanumeric(c) || c == '.' || c == '-' || c == '_'; });
  if (plain && name.find_first_not_of('.') != std::string::npos) return "";
  return "expected a name without a port, or .example.com for all names below it";
}

void add_web(CLI::App& command, Flags& flags) {
  command
      .add_option("--web.listen-address", flags.listen_address,
                  "Where metrics and pages are served. A socket that systemd passes is used in its "
                  "place.")
      ->capture_default_str();
  command.add_option("--web.config.file", flags.web_config_file,
                     "TLS and passwords of that port, in the format of Prometheus' exporters.");
}

void add_serve(CLI::App& app, Flags& flags) {
  CLI::App* serve = add_command(app, flags, "serve", "Run the daemon.", Command::serve);
  add_web(*serve, flags);
  serve->add_flag("--web.enable-lifecycle", flags.enable_lifecycle,
                  "Allow a reload by PUT or POST /-/reload.");
  serve->add_flag("--web.enable-admin-api", flags.enable_admin_api,
                  "Allow changes by the API: maintenance windows and deploy markers.");
  serve
      ->add_option("--web.external-url", flags.external_url,
                   "Where people reach this daemon, http(s)://host[:port][/path]; for the links in "
                   "alerts.")
      ->transform(CLI::Validator(take_url, "URL"));
  serve
      ->add_option("--web.allowed-host", flags.allowed_hosts,
                   "A name under which this daemon is asked, or .example.com for all below it; may "
                   "be repeated. IP addresses, localhost, this machine's own name and the host of "
                   "--web.external-url are known without.")
      ->check(CLI::Validator(check_host, "HOST"))
      ->allow_extra_args(false);
}

Output output_named(std::string_view name) {
  if (name == "short") return Output::brief;
  if (name == "lines") return Output::lines;
  if (name == "json") return Output::json;
  return name == "junit" ? Output::junit : Output::text;
}

void add_run(CLI::App& app, Flags& flags) {
  CLI::App* run = add_command(app, flags, "run",
                              "Run each probe once and show what it saw. Exit code 0: all passed, "
                              "1: one failed, 2: one was inconclusive.",
                              Command::run);
  run->add_option("PROBE", flags.probes, "Names of probes; none: all.");
  run->add_option("--target", flags.target, "Only the probes of this target.");
  run->add_option("--kind", flags.kind, "Only the probes of this kind.");
  run->add_option("--repeat", flags.repeat, "How often each probe is run.")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  run->add_option_function<std::string>(
         "--output", [&flags](const std::string& name) { flags.output = output_named(name); },
         "text (the whole trace of each run), short (a line for each run that passed, the trace of "
         "the others), lines (a line for each run), json (an object a line) or junit; default: "
         "text "
         "for a single run, else lines.")
      ->transform(CLI::IsMember({"text", "short", "lines", "json", "junit"}, CLI::ignore_case));
  run->add_option("--output.file", flags.output_file, "Write there instead of standard output.");
}

void add_test_alert(CLI::App& app, Flags& flags) {
  CLI::App* test = add_command(app, flags, "test-alert",
                               "Send a test to a receiver, the way real alerts are sent. Exit code "
                               "0: it was accepted, 1: it was not.",
                               Command::test_alert);
  test->add_option("RECEIVER", flags.receiver, "A name of `receivers:`.")->required();
  test->add_option("--alert", flags.alert, "The label alertname.")->capture_default_str();
  test->add_option("--severity", flags.severity, "The label severity.")
      ->check(CLI::IsMember({"info", "warning", "critical"}))
      ->capture_default_str();
}

void add_schema(CLI::App& app, Flags& flags) {
  CLI::App* schema = add_command(
      app, flags, "schema", "Print the JSON Schema of the configuration file.", Command::schema);
  schema->add_flag("--keys", flags.keys, "Every key with its type and default, as Markdown.");
  schema->add_flag("--reference", flags.reference, "Every key with its default, as YAML.");
  schema->add_flag("--reasons", flags.reasons,
                   "Every reason with the steps that can give it, as Markdown.");
  schema->add_flag("--man", flags.man, "Every key, as the manual page sonde.yaml(5).");
}

void add_no_secrets(CLI::App& command, Flags& flags) {
  command.add_flag("--no-secrets", flags.no_secrets,
                   "Do not read the files, variables and credentials of secrets and certificates, "
                   "which a CI job does not have; lists them instead.");
}

void add_rules(CLI::App& app, Flags& flags) {
  CLI::App* rules = add_command(app, flags, "rules",
                                "Print Prometheus rules made from the alerts of the configuration "
                                "file.",
                                Command::rules);
  rules
      ->add_option("--prometheus.job", flags.prometheus_job,
                   "The job name of the scrape configuration.")
      ->capture_default_str();
  add_no_secrets(*rules, flags);
  rules->add_option("--runbooks", flags.runbooks,
                    "The address of a folder with a runbook for each alert about Sonde itself.");
}

void add_check(CLI::App& app, Flags& flags) {
  CLI::App* check =
      add_command(app, flags, "check", "Report every mistake in the configuration file at once.",
                  Command::check);
  CLI::Option* file = check->add_option("FILE", flags.config_file, "The configuration file.");
  file->type_name("FILE")->excludes(check->get_option("--config.file"));
  add_web(*check, flags);
  add_no_secrets(*check, flags);
}

void add_explain(CLI::App& app, Flags& flags) {
  CLI::App* explain =
      add_plain_command(app, flags, "explain",
                        "Explain a key of the configuration file, such as probes.NAME.every or "
                        "ready.within, or the reason of a verdict.",
                        Command::explain);
  explain->add_option("KEY", flags.subject, "A key, the end of one, or a reason.")->required();
}

void add_backup(CLI::App& app, Flags& flags) {
  CLI::App* backup = add_command(app, flags, "backup",
                                 "Copy the store (storage.path of the configuration file) to a new "
                                 "file, also while the daemon runs.",
                                 Command::backup);
  backup->add_option("FILE", flags.backup_file, "The copy; it must not exist yet.")
      ->type_name("FILE")
      ->required();
}

// The daemon that is asked.
void add_daemon(CLI::App& command, Flags& flags) {
  command
      .add_option("--url", flags.daemon_url,
                  "Where the daemon serves, http(s)://host[:port][/path].")
      ->transform(CLI::Validator(take_url, "URL"))
      ->capture_default_str();
  command
      .add_option("--ca-file", flags.daemon_ca,
                  "The authority of the daemon's certificate, PEM; default: those of the system.")
      ->type_name("FILE");
  CLI::Option* cert =
      command
          .add_option("--cert-file", flags.daemon_cert,
                      "The client certificate that the daemon wants (client_auth_type), PEM.")
          ->type_name("FILE");
  CLI::Option* key = command.add_option("--key-file", flags.daemon_key, "Its key, PEM.")
                         ->type_name("FILE")
                         ->needs(cert);
  cert->needs(key);
  command
      .add_option("--server-name", flags.daemon_server_name,
                  "The name in the daemon's certificate; default: the host of --url.")
      ->type_name("NAME");
  command.add_option("--timeout", flags.daemon_timeout, "Seconds until it has to answer.")
      ->check(CLI::Range(1, 600))
      ->capture_default_str();
}

void add_healthcheck(CLI::App& app, Flags& flags) {
  CLI::App* check = add_plain_command(app, flags, "healthcheck",
                                      "Ask the daemon on this machine whether it is ready. Exit "
                                      "code 0: it is, or it is alive and wants a password or a "
                                      "certificate; 1: it "
                                      "is not.",
                                      Command::healthcheck);
  add_daemon(*check, flags);
}

RecordOutput record_output_named(std::string_view name) {
  if (name == "json") return RecordOutput::json;
  return name == "har" ? RecordOutput::har : RecordOutput::text;
}

void add_record_output(CLI::App& command, Flags& flags, const std::set<std::string>& names,
                       const std::string& help) {
  command
      .add_option_function<std::string>(
          "--output",
          [&flags](const std::string& name) { flags.record_output = record_output_named(name); },
          help)
      ->transform(CLI::IsMember(names, CLI::ignore_case));
}

// Who asks a daemon that wants a password (--web.config.file).
void add_credentials(CLI::App& command, Flags& flags) {
  command.add_option("--user", flags.daemon_user, "A user of the daemon's --web.config.file.");
  command
      .add_option("--password.file", flags.daemon_password_file,
                  "A file with that user's password; without it, the variable SONDE_PASSWORD.")
      ->type_name("FILE");
}

void add_runs(CLI::App& app, Flags& flags) {
  CLI::App* runs = add_command(
      app, flags, "runs",
      "List recorded runs, newest first: asks the daemon, or reads its store (storage.path of the "
      "configuration file) if no daemon answers.",
      Command::runs);
  runs->add_option("PROBE", flags.probes, "The name of a probe; none: all.")->expected(0, 1);
  runs->add_option("--target", flags.target, "Only the probes of this target.");
  runs->add_option("--kind", flags.kind, "Only the probes of this kind.");
  runs->add_option("--verdict", flags.verdict, "Only runs with this verdict.")
      ->check(CLI::IsMember({"pass", "fail", "inconclusive", "skipped"}));
  runs->add_option("--step", flags.step, "Only runs that failed at this step.");
  runs->add_option("--reason", flags.reason, "Only runs that failed for this reason.");
  runs->add_option("--since", flags.since,
                   "Only runs that ended since then: 2026-12-01T02:00:00Z, or 24h for the last 24 "
                   "hours.");
  runs->add_option("--until", flags.until, "Only runs that ended before then.");
  runs->add_flag("--recorded", flags.recorded, "Only runs whose transcript is kept.");
  runs->add_option("--limit", flags.limit, "How many at most.")
      ->check(CLI::Range(1, 500))
      ->capture_default_str();
  add_record_output(*runs, flags, {"text", "json"}, "text (a line each) or json.");
  add_daemon(*runs, flags);
  add_credentials(*runs, flags);
}

void add_show(CLI::App& app, Flags& flags) {
  CLI::App* show = add_command(app, flags, "show",
                               "Show what a recorded run saw, as `sonde run` does: asks the "
                               "daemon, or reads its store if no "
                               "daemon answers. Exit code 1: it is not recorded.",
                               Command::show);
  show->add_option("RUN", flags.shown,
                   "The id of a run, a file with its transcript (JSON), or - for standard input.")
      ->required();
  add_record_output(*show, flags, {"text", "json", "har"},
                    "text, json (the transcript) or har (HTTP Archive 1.2, for the developer tools "
                    "of browsers).");
  add_daemon(*show, flags);
  add_credentials(*show, flags);
}

void add_status(CLI::App& app, Flags& flags) {
  CLI::App* status = add_plain_command(
      app, flags, "status",
      "Ask the daemon for the state of every probe, the worst first. Exit code 0: all pass, 1: one "
      "fails or there is no answer, 2: none fails, but one has no verdict.",
      Command::status);
  status->add_option("--target", flags.target, "Only the probes of this target.");
  add_record_output(*status, flags, {"text", "json"}, "text (a line each) or json.");
  add_daemon(*status, flags);
  add_credentials(*status, flags);
}

void add_completion(CLI::App& app, Flags& flags) {
  CLI::App* completion = add_plain_command(
      app, flags, "completion", "Print the completions for a shell.", Command::completion);
  completion->add_option("SHELL", flags.shell, "The shell.")
      ->check(CLI::IsMember({"bash", "zsh"}))
      ->required();
}

}  // namespace

void declare_commands(CLI::App& app, Flags& flags) {
  add_serve(app, flags);
  add_run(app, flags);
  add_check(app, flags);
  add_explain(app, flags);
  add_test_alert(app, flags);
  add_backup(app, flags);
  add_healthcheck(app, flags);
  add_status(app, flags);
  add_runs(app, flags);
  add_show(app, flags);
  add_rules(app, flags);
  add_schema(app, flags);
  add_completion(app, flags);
}

}  // namespace sonde::app
