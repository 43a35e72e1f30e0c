#include "daemon/web/target_routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>

#include "daemon/core/alert_json.hpp"
#include "daemon/core/check_state.hpp"
#include "daemon/core/format.hpp"
#include "daemon/web/api_query.hpp"
#include "daemon/web/json_object.hpp"
#include "probes/text/printable.hpp"

namespace sonde::web {
namespace {

using CheckPtr = std::shared_ptr<const Check>;

struct StateSince {
  CheckState state = CheckState::unknown;
  std::optional<WallTime> since;
};

StateSince since_of(const Check& check, const CheckStatus& standing, WallTime now) {
  const CheckState state = state_of(check, standing, now);
  switch (state) {
    case CheckState::failing:
      return {state, standing.failing_since};
    case CheckState::inconclusive:
      return {state,
              standing.inconclusive ? std::optional(standing.inconclusive->first) : std::nullopt};
    case CheckState::passing:
      return {state, standing.passing_since};
    case CheckState::unknown:
      break;
  }
  return {};
}

// The worst state, since the first probe has been in it; a target passes since the last one does.
StateSince worst_of(std::span<const StateSince> all) {
  StateSince worst{CheckState::passing, std::nullopt};
  for (const StateSince& one : all) worst.state = std::max(worst.state, one.state);
  for (const StateSince& one : all) {
    if (one.state != worst.state || !one.since) continue;
    const bool first = !worst.since;
    const WallTime known = worst.since.value_or(*one.since);
    const bool latest = worst.state == CheckState::passing;
    worst.since = first    ? *one.since
                  : latest ? std::max(known, *one.since)
                           : std::min(known, *one.since);
  }
  return worst;
}

struct TargetFacts {
  std::string name;
  std::vector<CheckPtr> checks;
  std::vector<CheckStatus> standings;  // of each check
  StateSince state;
  std::vector<AlertFacts> firing;
};

std::vector<TargetFacts> targets_of(const ApiHooks& hooks, WallTime now) {
  std::map<std::string, TargetFacts> by_name;
  for (const CheckPtr& check : hooks.view->checks()) {
    TargetFacts& target = by_name[check->target];
    target.name = check->target;
    target.checks.push_back(check);
    target.standings.push_back(hooks.view->standing(*check));
  }
  if (hooks.alerts)
    for (AlertFacts& alert : hooks.alerts()) {
      const auto target = by_name.find(value_of(alert.labels, "target"));
      if (target != by_name.end() && alert.state == AlertState::firing)
        target->second.firing.push_back(std::move(alert));
    }
  std::vector<TargetFacts> all;
  for (auto& [name, target] : by_name) {
    std::vector<StateSince> states;
    states.reserve(target.checks.size());
    for (std::size_t i = 0; i < target.checks.size(); ++i)
      states.push_back(since_of(*target.checks[i], target.standings[i], now));
    target.state = worst_of(states);
    all.push_back(std::move(target));
  }
  return all;
}

void add_state(JsonObject& object, const StateSince& state) {
  object.text("state", name(state.state));
  if (state.since) object.text("since", as_rfc3339(*state.since));
}

std::string probe_json(const Check& check, const CheckStatus& standing, WallTime now) {
  const StateSince state = since_of(check, standing, now);
  JsonObject object;
  object.text("probe", check.name).text("kind", check.kind);
  add_state(object, state);
  const auto& why =
      state.state == CheckState::inconclusive ? standing.inconclusive : standing.failing;
  if (why && state.state >= CheckState::inconclusive)
    object.text("step", sonde::name(why->step)).text("reason", sonde::name(why->reason));
  if (standing.last_run) object.text("lastRun", as_rfc3339(*standing.last_run));
  return object.done();
}

std::string target_json(const TargetFacts& target, WallTime now) {
  std::string probes;
  for (std::size_t i = 0; i < target.checks.size(); ++i)
    probes += (i > 0 ? "," : "") + probe_json(*target.checks[i], target.standings[i], now);
  JsonObject object;
  object.text("target", target.name);
  add_state(object, target.state);
  object.raw("probes", "[" + probes + "]");
  return object.raw("alerts", alert_list_json(target.firing)).done();
}

// A key that sorts the worst first, then by name.
std::string sort_key(const TargetFacts& target) {
  const int rank = static_cast<int>(CheckState::failing) - static_cast<int>(target.state.state);
  return std::to_string(rank) + target.name;
}

WebReply answer_targets(const WebRequest& request, const ApiHooks& hooks) {
  ApiQuery query(request.query, {"target", "state", "limit", "after"});
  const std::string wanted = query.text("target");
  const std::string state = query.word("state", {"passing", "failing", "inconclusive", "unknown"});
  const WallTime now = std::chrono::system_clock::now();
  auto all = targets_of(hooks, now);
  std::erase_if(all, [&](const TargetFacts& target) {
    return (!wanted.empty() && target.name != wanted) ||
           (!state.empty() && name(target.state.state) != state);
  });
  const auto page = page_of(std::move(all), query, sort_key);
  if (!query.wrong().empty()) return api_bad(query.wrong());
  const auto show = [now](const TargetFacts& target) { return target_json(target, now); };
  return api_good(list_json("targets", json_list(page.items, show), page.next));
}

// ---- Badges

constexpr std::string_view badge_prefix = "/api/v1/badge/";
constexpr std::string_view badge_suffix = ".svg";
constexpr std::size_t badge_name_max = 60;  // characters
constexpr int character_width = 7, padding = 10;

int width_of(std::string_view text) {
  const auto characters = std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; });
  return static_cast<int>(characters) * character_width + padding;
}

// The name of the probe as configured, and one of three words: nothing that a target has sent.
std::string badge(std::string_view probe, CheckState state) {
  const bool known = state == CheckState::passing || state == CheckState::failing;
  const std::string_view word = known ? name(state) : "unknown";
  const std::string_view colour = state == CheckState::passing   ? "#06682f"
                                  : state == CheckState::failing ? "#b00020"
                                                                 : "#5f6368";
  const std::string shown = text::printable(probe, true, badge_name_max);
  const std::string title = text::markup_escape(shown, "&<>\"");
  const int left = width_of(shown), right = width_of(word), whole = left + right;
  return fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="20" role="img" )"
      R"(aria-label="{1}: {2}"><title>{1}: {2}</title><rect width="{3}" height="20" fill="#333"/>)"
      R"(<rect x="{3}" width="{4}" height="20" fill="{5}"/><g fill="#fff" text-anchor="middle" )"
      R"(font-family="Verdana,DejaVu Sans,sans-serif" font-size="11"><text x="{6}" y="14">{1}</text>)"
      R"(<text x="{7}" y="14">{2}</text></g></svg>)"
      "\n",
      whole, title, word, left, right, colour, left / 2, left + right / 2);
}

// Whether an alert that pages fires about the probe or about the whole target.
bool is_paged(const AlertFacts& alert, const Check& check) {
  const std::string& probe = value_of(alert.labels, "probe");
  return alert.state == AlertState::firing && value_of(alert.labels, "severity") == "critical" &&
         value_of(alert.labels, "target") == check.target && (probe.empty() || probe == check.name);
}

WebReply answer_badge(const WebRequest& request, const ApiHooks& hooks) {
  std::string_view probe = std::string_view(request.path).substr(badge_prefix.size());
  if (!probe.ends_with(badge_suffix)) return api_not_found("a badge is at /api/v1/badge/PROBE.svg");
  probe.remove_suffix(badge_suffix.size());
  ApiQuery query(request.query, {"target"});
  if (!query.wrong().empty()) return api_bad(query.wrong());
  const CheckNames names{.probe = std::string(probe), .kind = {}, .target = query.text("target")};
  const auto alerts = hooks.alerts ? hooks.alerts() : std::vector<AlertFacts>();
  const WallTime now = std::chrono::system_clock::now();
  std::vector<StateSince> states;
  for (const CheckPtr& check : hooks.view->checks()) {
    if (check->name != names.probe || !names.are_of(*check)) continue;  // none is named ""
    states.push_back(since_of(*check, hooks.view->standing(*check), now));
    // Where four of ten logins fail, the last one says little.
    if (std::ranges::any_of(alerts, [&](const AlertFacts& one) { return is_paged(one, *check); }))
      states.back().state = CheckState::failing;
  }
  if (states.empty() && hooks.elsewhere)
    if (const std::string others = hooks.elsewhere(names); !others.empty())
      return api_not_found("this daemon does not run this probe; " + others);
  if (states.empty())
    return api_not_found(names.target.empty()
                             ? "there is no such probe"
                             : "the probe has no such target, or there is no such probe");
  // Pages of other sites show badges.
  return {.type = "image/svg+xml",
          .body = badge(probe, worst_of(states).state),
          .headers = {{"Cross-Origin-Resource-Policy", "cross-origin"}}};
}

}  // namespace

std::vector<Route> target_routes(const ApiHooksPtr& hooks) {
  if (hooks->view == nullptr) return {};
  return {api_get("/api/v1/targets", hooks, answer_targets),
          api_get(badge_prefix, hooks, answer_badge, true)};
}

}  // namespace sonde::web
