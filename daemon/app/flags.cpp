#include "daemon/app/flags.hpp"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <map>

#include <CLI/CLI.hpp>

#include "daemon/app/exit_code.hpp"
#include "probes/net/url.hpp"
#include "probes/net/version.hpp"
#include "probes/text/ascii.hpp"

namespace sonde::app {
namespace {

void add_common(CLI::App& app, Flags& flags) {
  app.add_option("--config.file", flags.config_file, "The configuration file.")
      ->capture_default_str();
  app.add_option("--log.level", flags.log_level, "What is logged at least.")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str();
  app.add_option("--log.format", flags.log_format,
                 "logfmt, json or journal; default: journal under systemd, else logfmt.")
      ->check(CLI::IsMember({"logfmt", "json", "journal"}));
}

CLI::App* add_command(CLI::App& app, Flags& flags, const std::string& name, const std::string& help,
                      Command command) {
  CLI::App* sub = app.add_subcommand(name, help);
  add_common(*sub, flags);
  sub->callback([&flags, command] { flags.command = command; });
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

void add_serve(CLI::App& app, Flags& flags) {
  CLI::App* serve = add_command(app, flags, "serve", "The daemon.", Command::serve);
  serve
      ->add_option("--web.listen-address", flags.listen_address,
                   "Where metrics and pages are served.")
      ->capture_default_str();
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

void add_run(CLI::App& app, Flags& flags) {
  CLI::App* run = add_command(app, flags, "run",
                              "Each probe once, with its whole trace. Exit code 0: all passed, 1: "
                              "one failed, 2: one was inconclusive.",
                              Command::run);
  run->add_option("PROBE", flags.probes, "Names of probes; none: all.");
  run->add_option("--target", flags.target, "Only the probes of this target.");
  run->add_option("--kind", flags.kind, "Only the probes of this kind.");
  run->add_option("--repeat", flags.repeat, "How often each probe is run.")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  const std::map<std::string, Output> outputs = {{"text", Output::text},
                                                 {"short", Output::brief},
                                                 {"json", Output::json},
                                                 {"junit", Output::junit}};
  run->add_option("--output", flags.output,
                  "text, short (the trace of failed runs only), json (an object a line) or junit.")
      ->transform(CLI::CheckedTransformer(outputs, CLI::ignore_case));
  run->add_option("--output.file", flags.output_file, "Write there instead of standard output.");
}

void add_test_alert(CLI::App& app, Flags& flags) {
  CLI::App* test = add_command(app, flags, "test-alert",
                               "Tell a receiver of a test, the way that true alerts go. Exit code "
                               "0: it was taken, 1: it was not.",
                               Command::test_alert);
  test->add_option("RECEIVER", flags.receiver, "A name of `receivers:`.")->required();
  test->add_option("--alert", flags.alert, "The label alertname.")->capture_default_str();
  test->add_option("--severity", flags.severity, "The label severity.")
      ->check(CLI::IsMember({"info", "warning", "critical"}))
      ->capture_default_str();
}

void add_schema(CLI::App& app, Flags& flags) {
  CLI::App* schema = add_command(app, flags, "schema", "The JSON Schema of the configuration file.",
                                 Command::schema);
  schema->add_flag("--keys", flags.keys, "Every key with its type and default, as Markdown.");
  schema->add_flag("--reference", flags.reference, "Every key with its default, as YAML.");
  schema->add_flag("--reasons", flags.reasons,
                   "Every reason with the steps that can give it, as Markdown.");
}

void add_no_secrets(CLI::App& command, Flags& flags) {
  command.add_flag("--no-secrets", flags.no_secrets,
                   "Do not read the files, variables and credentials of secrets and certificates, "
                   "which a CI job does not have; lists them instead.");
}

void add_rules(CLI::App& app, Flags& flags) {
  CLI::App* rules = add_command(app, flags, "rules",
                                "Prometheus rules made from the alerts of the configuration file.",
                                Command::rules);
  rules
      ->add_option("--prometheus.job", flags.prometheus_job,
                   "The job name of the scrape configuration.")
      ->capture_default_str();
  add_no_secrets(*rules, flags);
  rules->add_option("--runbooks", flags.runbooks,
                    "The address of a folder with a runbook for each alert about Sonde itself.");
}

}  // namespace

std::variant<Flags, int> parse_flags(int argc, const char* const* argv) {
  Flags flags;
  CLI::App app(
      "Sonde walks the path of your users (log in, open the WebSocket, send a message, get "
      "an answer) all day, and tells whether it works, since when, and which step broke.",
      "sonde");
  app.set_version_flag("--version", "sonde " + std::string(net::version));
  app.require_subcommand(1);
  add_serve(app, flags);
  add_run(app, flags);
  CLI::App* check = add_command(app, flags, "check",
                                "Every mistake in the configuration file at once.", Command::check);
  add_no_secrets(*check, flags);
  add_test_alert(app, flags);
  add_schema(app, flags);
  add_rules(app, flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool asked = error.get_exit_code() == 0;
    app.exit(error, std::cout, std::cerr);
    return asked ? exit_ok : exit_usage;
  }
  return flags;
}

}  // namespace sonde::app
