#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "daemon/app/exit_code.hpp"
#include "daemon/app/lockouts.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/run_once.hpp"
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

int width_of(int descriptor) {
  winsize size{};
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

bool is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    const std::string_view locale(value);
    return locale.find("UTF-8") != locale.npos || locale.find("utf8") != locale.npos;
  }
  return false;
}

report::TextStyle style_of(std::FILE* out) {
  const bool terminal = isatty(fileno(out)) != 0;
  return {.colour = terminal && std::getenv("NO_COLOR") == nullptr,
          .unicode = is_utf8(),
          .width = terminal ? width_of(fileno(out)) : 100};
}

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
    if (output_ == app::Output::json) print(as_json(*result));
  }
  int finish(Span took) {
    const report::Tally tally = report::tally(results_);
    const bool for_people = output_ == app::Output::text || output_ == app::Output::brief;
    if (for_people) print(report::summary(tally, took, style_) + "\n");
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

// If the folder does not exist, no daemon uses it.
std::shared_ptr<auth::LockoutTable> lockouts_of(const app::Settings& settings) {
  const bool exists = access(settings.storage.path.c_str(), F_OK) == 0;
  return app::open_lockouts(exists ? settings.storage : store::StorageSettings());
}

int run_all(const Checks& checks, const app::Settings& settings, const app::Flags& flags,
            std::FILE* out) {
  Printer printer(out, flags.output);
  ProgressLine line;
  OnceOptions options{.repeat = flags.repeat,
                      .egress = settings.egress,
                      .lockouts = lockouts_of(settings),
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
  const auto settings = load_or_tell(flags.config_file);
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
