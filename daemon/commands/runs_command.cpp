#include <fmt/format.h>

#include <chrono>
#include <utility>
#include <vector>

#include "config/duration.hpp"
#include "daemon/app/exit_code.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/daemon_client.hpp"
#include "daemon/commands/recorded.hpp"
#include "daemon/commands/terminal.hpp"
#include "daemon/report/style.hpp"
#include "daemon/store/store_reader.hpp"
#include "daemon/system/output.hpp"
#include "daemon/web/run_routes.hpp"
#include "probes/text/encode.hpp"
#include "probes/text/json.hpp"
#include "probes/text/printable.hpp"

namespace sonde::commands {
namespace {

using text::Json;

// "24h" is that long ago; anything else is passed on as it is.
std::string time_text(const std::string& text) {
  const auto ago = config::parse_duration(text);
  if (!ago) return text;
  const auto at = std::chrono::system_clock::now() -
                  std::chrono::duration_cast<std::chrono::system_clock::duration>(*ago);
  return std::to_string(std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count());
}

// The parameters of /api/v1/runs, which the daemon and we judge in the same way.
std::string query_text(const app::Flags& flags) {
  std::string query = fmt::format("limit={}", flags.limit);
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) query += fmt::format("&{}={}", name, text::percent_encode(value));
  };
  add("probe", flags.probes.empty() ? "" : flags.probes.front());
  add("target", flags.target);
  add("kind", flags.kind);
  add("verdict", flags.verdict);
  add("step", flags.step);
  add("reason", flags.reason);
  add("since", time_text(flags.since));
  add("until", time_text(flags.until));
  add("recorded", flags.recorded ? "true" : "");
  return query;
}

std::expected<std::string, std::string> from_store(const app::Flags& flags,
                                                   const std::string& query) {
  const auto settings = settings_with_store(flags);
  if (!settings) return std::unexpected(settings.error());
  const auto asked = web::run_query(settings->checks, "", query);
  if (!asked) return std::unexpected(asked.error());
  const auto rows = store::read_runs(settings->storage.path, *asked);
  if (!rows) return std::unexpected(rows.error());
  return web::runs_json(*rows, asked->limit);
}

std::expected<std::string, std::string> runs_of(const app::Flags& flags) {
  const std::string query = query_text(flags);
  auto answer = ask_api(flags, "/api/v1/runs?" + query);
  if (answer) return *std::move(answer);
  if (!answer.error().silent) return std::unexpected(std::move(answer.error().text));
  auto stored = from_store(flags, query);
  if (!stored) return std::unexpected(neither(answer.error().text, stored.error()));
  return stored;
}

class Table {
 public:
  explicit Table(const report::TextStyle& style) : style_(style) {}

  void add(Json run) {
    const auto outcome = outcome_named(run.member("verdict").string_or_empty());
    std::string cause = shown(run, "step", 20);
    if (!cause.empty()) cause += "/" + shown(run, "reason", 40);
    if (run.member("concluded")) cause += ", concluded " + shown(run, "concluded", 40);
    rows_.push_back({.at = shown(run, "ended", 30),
                     .verdict = shown(run, "verdict", 20),
                     .probe = shown(run, "probe", 40) + " " + shown(run, "target", 40),
                     .took = fmt::format("{:.2f} s", run.member("seconds").number().value_or(0)),
                     .id = shown(run, "id", 32),
                     .kept = run.member("recorded").boolean().value_or(false),
                     .cause = cause,
                     .paint = report::paint_of(outcome.value_or(Outcome::skipped))});
    probe_columns_ = std::max(probe_columns_, rows_.back().probe.size());
  }

  std::string text() const {
    if (rows_.empty()) return "no run is recorded of which all of this is true\n";
    std::string all;
    for (const Row& row : rows_)
      all += fmt::format("{}  {}  {:<{}}  {:>9}  {}{}  {}\n", row.at,
                         painted(fmt::format("{:<12}", row.verdict), row.paint, style_), row.probe,
                         probe_columns_, row.took, row.id.empty() ? std::string(32, '-') : row.id,
                         row.kept ? "*" : " ", painted(row.cause, row.paint, style_));
    return all + "* `sonde show RUN` shows its transcript\n";
  }

 private:
  struct Row {
    std::string at, verdict, probe, took, id;
    bool kept = false;
    std::string cause;
    report::Paint paint;
  };

  std::string shown(Json run, std::string_view name, std::size_t runes) const {
    return text::printable(run.member(name).string_or_empty(), style_.unicode, runes);
  }

  report::TextStyle style_;
  std::vector<Row> rows_;
  std::size_t probe_columns_ = 0;
};

}  // namespace

int runs_command(const app::Flags& flags) {
  const auto data = runs_of(flags);
  if (!data) {
    system::print(stderr, fmt::format("sonde runs: {}\n", data.error()));
    return app::exit_failed;
  }
  if (flags.record_output == app::RecordOutput::json) {
    system::print(stdout, *data + "\n");
    return app::exit_ok;
  }
  const auto document = text::Document::parse(*data);
  const Json runs = document ? document->root().member("runs") : Json();
  Table table(style_of(stdout));
  for (std::size_t i = 0; i < runs.size(); ++i) table.add(runs.item(i));
  system::print(stdout, table.text());
  return app::exit_ok;
}

}  // namespace sonde::commands
