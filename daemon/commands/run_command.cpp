#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "daemon/app/exit_code.hpp"
#include "daemon/app/shared_tables.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/run_once.hpp"
#include "daemon/commands/terminal.hpp"
#include "daemon/core/result_json.hpp"
#include "daemon/report/junit.hpp"
#include "daemon/report/progress.hpp"
#include "daemon/report/summary.hpp"
#include "daemon/report/text.hpp"
#include "daemon/system/descriptors.hpp"
#include "daemon/system/output.hpp"

namespace sonde::commands {
namespace {

using Checks = std::vector<std::shared_ptr<const Check>>;

constexpr int exit_interrupted = 130;  // the exit code of shells for SIGINT

bool matches(const Check& check, const app::Flags& flags) {
  const bool named =
      flags.probes.empty() || std::ranges::find(flags.probes, check.name) != flags.probes.end();
  return named && (flags.target.empty() || check.target == flags.target) &&
         (flags.kind.empty() || check.kind == flags.kind);
}

// Checks that the names on the command line exist; a CI job that ran nothing must not pass.
bool known(const Checks& checks, const std::string& wanted, std::string_view what,
           std::string Check::* member) {
  std::vector<std::string_view> names;
  for (const auto& check : checks) names.push_back((*check).*member);
  if (wanted.empty() || std::ranges::find(names, wanted) != names.end()) return true;
  system::print(stderr, fmt::format("sonde run: {}\n", config::no_such(what, wanted, names)));
  return false;
}

bool select(const Checks& all, const app::Flags& flags, Checks& selected) {
  bool good = known(all, flags.target, "target", &Check::target);
  good &= known(all, flags.kind, "probe of kind", &Check::kind);
  for (const auto& name : flags.probes) good &= known(all, name, "probe", &Check::name);
  if (!good) return false;
  for (const auto& check : all)
    if (matches(*check, flags)) selected.push_back(check);
  if (selected.empty())
    system::print(stderr, "sonde run: no probe is of this name, target and kind\n");
  return !selected.empty();
}

// A line on a terminal that is overwritten during the runs, and erased at the end.
class ProgressLine {
 public:
  void show(const Checks& under_way, int ended, int all) {
    if (!on_) return;
    report::Progress progress{.done = ended, .total = all, .probe = {}, .target = {}, .phase = {}};
    if (!under_way.empty()) {
      progress.probe = under_way.front()->name;
      progress.target = under_way.front()->target;
    }
    system::print(stderr, fmt::format("\r\x1b[K{}",
                                      report::progress_line(progress, width_of(STDERR_FILENO))));
  }
  void wipe() {
    if (on_) system::print(stderr, "\r\x1b[K");
  }

 private:
  bool on_ = isatty(STDERR_FILENO) != 0;
};

class Printer {
 public:
  Printer(std::FILE* out, app::Output output) : out_(out), output_(output), style_(style_of(out)) {}

  void result(const ResultPtr& result) {
    results_.push_back(result);
    if (output_ == app::Output::text) print(report::as_text(*result, style_) + "\n");
    if (output_ == app::Output::brief) print(report::as_short_text(*result, style_));
    if (output_ == app::Output::lines) print(report::as_line(*result, style_));
    if (output_ == app::Output::json) print(as_json(*result));
  }
  int finish(Span took) {
    const report::Tally tally = report::tally(results_);
    if (output_ != app::Output::json && output_ != app::Output::junit)
      print(report::summary(tally, took, style_) + "\n");
    if (output_ == app::Output::lines && tally.passed + tally.skipped < tally.runs)
      print("--output=short shows what the failed runs saw, --output=text what all runs saw.\n");
    if (output_ == app::Output::junit) print(report::as_junit(results_));
    return report::exit_code(tally);
  }
  // False if something could not be written: a full disk must not make a gate green.
  bool flush() { return system::is_written(out_); }

 private:
  void print(const std::string& text) { system::print(out_, text); }

  std::FILE* out_;
  app::Output output_;
  report::TextStyle style_;
  std::vector<ResultPtr> results_;
};

// Where state is shared with the daemon. If the folder does not exist, no daemon uses it.
store::StorageSettings storage_of(const app::Settings& settings) {
  const std::string& path = settings.storage.path;
  const bool exists = ::access(path.c_str(), F_OK) == 0;
  if (!exists && !path.empty())
    system::print(stderr,
                  fmt::format("sonde run: {} does not exist (storage.path), so the next run "
                              "does not know of logins that this one sees refused\n",
                              path));
  return exists ? settings.storage : store::StorageSettings();
}

int run_all(const Checks& checks, const app::Settings& settings, const app::Flags& flags,
            std::FILE* out) {
  const bool single = checks.size() == 1 && flags.repeat == 1;
  Printer printer(out, flags.output.value_or(single ? app::Output::text : app::Output::lines));
  ProgressLine line;
  const store::StorageSettings storage = storage_of(settings);
  OnceOptions options{.repeat = flags.repeat,
                      .egress = settings.egress,
                      .lockouts = app::open_lockouts(storage),
                      .issued = app::open_issued(storage),
                      .publish = {},
                      .progress = {}};
  options.publish = [&](const ResultPtr& result) {
    line.wipe();
    printer.result(result);
  };
  options.progress = [&](const Checks& under_way, int ended, int all) {
    line.show(under_way, ended, all);
  };
  const Instant begun = Clock::now();
  const bool whole = run_once(checks, options);
  line.wipe();
  const int code = printer.finish(Clock::now() - begun);
  if (!printer.flush()) {
    system::print(stderr, "sonde run: the output cannot be written\n");
    return app::exit_io;
  }
  return whole ? code : exit_interrupted;
}

}  // namespace

int run_command(const app::Flags& flags) {
  system::raise_descriptor_limit();
  const auto settings = load_or_tell(flags);
  if (!settings) return app::exit_config;
  Checks selected;
  if (!select(settings->checks, flags, selected)) return app::exit_usage;
  if (flags.output_file.empty()) return run_all(selected, *settings, flags, stdout);
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(flags.output_file.c_str(), "we"),
                                                       std::fclose);
  if (file) return run_all(selected, *settings, flags, file.get());
  system::print(stderr,
                fmt::format("sonde run: {} cannot be opened for writing\n", flags.output_file));
  return app::exit_usage;
}

}  // namespace sonde::commands
