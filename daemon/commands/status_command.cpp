#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "daemon/app/exit_code.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/daemon_client.hpp"
#include "daemon/commands/terminal.hpp"
#include "daemon/core/format.hpp"
#include "daemon/report/style.hpp"
#include "daemon/system/output.hpp"
#include "probes/text/encode.hpp"
#include "probes/text/json.hpp"
#include "probes/text/printable.hpp"

namespace sonde::commands {
namespace {

using text::Json;

constexpr int exit_without_verdict = 2;

// The worst first.
enum class State : std::uint8_t { fails, without_verdict, passes };

class ProbeLine {
 public:
  ProbeLine(Json probe, std::size_t answered, const report::TextStyle& style)
      : place(answered), probe_(probe), style_(style) {
    const auto known = probe.member("state").string();
    if (known == "failing")
      state = State::fails;
    else if (known != "passing")
      state = State::without_verdict;
    name = shown(probe, "probe", 60) + " (" + shown(probe, "kind", 20) + ") at " +
           shown(probe, "target", 60);
  }

  std::string text(std::size_t columns) const {
    return fmt::format("{}  {:<{}}  {}\n", word(), name, columns, what());
  }

  State state = State::passes;
  std::string name;
  std::size_t place;  // in the daemon's answer

 private:
  std::string shown(Json object, std::string_view member, std::size_t runes) const {
    return text::printable(object.member(member).string_or_empty(), style_.unicode, runes);
  }

  std::string word() const {
    if (state == State::fails) return painted("FAIL   ", report::Paint::bad, style_);
    if (state == State::passes) return painted("PASS   ", report::Paint::good, style_);
    return painted("UNKNOWN", report::Paint::odd, style_);
  }

  // "since 2026-...: events/missing_event: tool_completed never came (run 4bf9...)"
  std::string what() const {
    if (state == State::passes) return "last run " + shown(probe_, "last_run", 30);
    const Json why = probe_.member(state == State::fails ? "failing" : "inconclusive");
    if (!why && is_left_out()) return "fails during a maintenance, whose runs are not counted";
    const std::string last = shown(probe_, "last_run", 30);
    if (!why && last.empty()) return "no run has ended yet";
    if (!why && probe_.member("newest").string() == "inconclusive")
      return "the daemon's own network was down in the last run, " + last;
    if (!why) return "no run has ended since " + last;
    std::string text = state == State::fails ? "since " + shown(probe_, "failing_since", 30) + ": "
                                             : "last run inconclusive: ";
    text += shown(why, "step", 20) + "/" + shown(why, "reason", 40);
    if (why.member("concluded")) text += ", concluded " + shown(why, "concluded", 40);
    text += ": " + shown(why, "detail", 200);
    if (why.member("run")) text += " (run " + shown(why, "run", 32) + ")";
    return text;
  }

  // The newest run failed during a maintenance.
  bool is_left_out() const {
    return probe_.member("newest").string() == "fail" &&
           probe_.member("verdict").string() != "fail";
  }

  Json probe_;
  report::TextStyle style_;
};

// All but the watchdog, which always fires.
std::vector<Json> firing_of(Json alerts) {
  std::vector<Json> firing;
  for (std::size_t i = 0; i < alerts.size(); ++i)
    if (alerts.item(i).member("labels").member("severity").string() != "none")
      firing.push_back(alerts.item(i));
  return firing;
}

// "ALERT    AuthSuccessRateLow (critical): auth success is 60 %, since 2026-..."
std::string alert_line(Json alert, const report::TextStyle& style) {
  const auto shown = [&](Json of, std::string_view member, std::size_t runes) {
    return text::printable(of.member(member).string_or_empty(), style.unicode, runes);
  };
  const Json labels = alert.member("labels");
  return fmt::format("{}  {} ({}): {}, since {}\n", painted("ALERT  ", report::Paint::bad, style),
                     shown(labels, "alertname", 60), shown(labels, "severity", 20),
                     shown(alert.member("annotations"), "summary", 300),
                     shown(alert, "activeAt", 30));
}

bool is_critical(Json alert) {
  return alert.member("labels").member("severity").string() == "critical";
}

std::vector<ProbeLine> lines_of(Json probes) {
  const report::TextStyle style = style_of(stdout);
  std::vector<ProbeLine> lines;
  lines.reserve(probes.size());
  for (std::size_t i = 0; i < probes.size(); ++i) lines.emplace_back(probes.item(i), i, style);
  std::ranges::sort(lines, {},
                    [](const ProbeLine& line) { return std::tie(line.state, line.name); });
  return lines;
}

// "location eu, shard 0 of 3"; empty: there is one daemon alone.
std::string which(Json daemon, const report::TextStyle& style) {
  const Json location = daemon.member("location");
  std::string text =
      location ? "location " + text::printable(location.string_or_empty(), style.unicode, 60) : "";
  if (daemon.member("shards")) {
    const auto number = [&daemon](std::string_view name) {
      return static_cast<std::size_t>(daemon.member(name).number().value_or(0));
    };
    text += (text.empty() ? "" : ", ") + shard_words({.index = number("shard"),
                                                      .count = number("shards"),
                                                      .replicas = number("replicas")});
  }
  return text;
}

void print(const std::vector<ProbeLine>& lines, const std::vector<Json>& firing,
           const std::string& daemon) {
  std::size_t columns = 0;
  for (const ProbeLine& line : lines) columns = std::max(columns, line.name.size());
  if (!daemon.empty()) system::print(stdout, daemon + "\n");
  for (const Json& alert : firing) system::print(stdout, alert_line(alert, style_of(stdout)));
  for (const ProbeLine& line : lines) system::print(stdout, line.text(columns));
}

// The items of the JSON list that begins at `begin`, as they are written; `begin` is behind it
// then.
std::vector<std::string_view> take_items(std::string_view json, std::size_t& begin) {
  std::vector<std::string_view> items;
  std::size_t depth = 0, item = begin + 1;
  for (bool quoted = false; begin < json.size(); ++begin) {
    const char c = json[begin];
    if (quoted && c == '\\') ++begin;
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    if ((c != ',' || depth != 1) && depth != 0) continue;
    if (begin > item) items.push_back(json.substr(item, begin - item));
    item = begin + 1;
    if (depth == 0) break;
  }
  ++begin;
  return items;
}

// The members of both answers, the worst probe first. The texts themselves, so that numbers keep
// their digits.
std::string as_json(const std::string& probes, const std::string& alerts,
                    const std::vector<ProbeLine>& lines) {
  constexpr std::string_view list = "\"probes\":[";
  const std::size_t begin = probes.find(list) + list.size();
  std::size_t end = begin - 1;
  const auto items = take_items(probes, end);
  std::string sorted;
  for (const ProbeLine& line : lines)
    sorted.append(sorted.empty() ? "" : ",").append(items.at(line.place));
  return probes.substr(0, begin) + sorted + "]" + probes.substr(end, probes.size() - end - 1) +
         "," + alerts.substr(1) + "\n";
}

// Why there is no line.
std::string nothing(const app::Flags& flags, const std::string& daemon) {
  if (flags.target.empty() && daemon.contains("shard "))
    return "sonde status: no probe belongs to this daemon; other shards run those of the file\n";
  return "sonde status: the daemon has no such probe\n";
}

}  // namespace

int status_command(const app::Flags& flags) {
  const std::string of =
      flags.target.empty() ? "" : "&target=" + text::percent_encode(flags.target);
  const auto data = ask_list(flags, "probes", of);
  const auto alerts = data ? ask_list(flags, "alerts", of + "&state=firing") : data;
  const auto probe_document = text::Document::parse(alerts ? *data : "null");
  const auto alert_document = text::Document::parse(alerts ? *alerts : "null");
  if (!alerts || !probe_document || !alert_document) {
    system::print(stderr,
                  fmt::format("sonde status: {}\n", !alerts           ? alerts.error().text
                                                    : !probe_document ? probe_document.error()
                                                                      : alert_document.error()));
    return app::exit_failed;
  }
  const Json root = probe_document->root();
  const auto lines = lines_of(root.member("probes"));
  const auto firing = firing_of(alert_document->root().member("alerts"));
  const std::string daemon = which(root.member("daemon"), style_of(stdout));
  if (flags.record_output == app::RecordOutput::json)
    system::print(stdout, as_json(*data, *alerts, lines));
  else
    print(lines, firing, daemon);
  if (lines.empty()) {
    system::print(stderr, nothing(flags, daemon));
    return app::exit_usage;
  }
  if (lines.front().state == State::fails || std::ranges::any_of(firing, is_critical))
    return app::exit_failed;
  return lines.front().state == State::passes ? app::exit_ok : exit_without_verdict;
}

}  // namespace sonde::commands
