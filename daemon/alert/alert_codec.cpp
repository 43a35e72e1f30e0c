#include "daemon/alert/alert_codec.hpp"

#include <fmt/format.h>

#include <charconv>

#include "daemon/core/state_json.hpp"

namespace sonde::alert {
namespace {

using note::flag_of;
using note::number_of;
using note::text_of;
using note::time_of;
using text::Json;

std::string write(const Rate& rate) {
  return note::object(note::part("of", std::to_string(static_cast<int>(rate.of))) +
                      note::flag("upgrade", rate.step == Step::upgrade) +
                      note::text("event", rate.event));
}

std::string write(const SeenAt& seen) {
  std::string all;
  for (const auto& [check, at] : seen)
    all +=
        (all.empty() ? "" : ",") + note::object(note::text("check", check) + note::time("at", at));
  return "[" + all + "]";
}

std::string write(const RuleState& state) {
  return note::object(
      note::part("state", std::to_string(static_cast<int>(state.state))) +
      note::time("active_at", state.active_at) + note::time("fired_at", state.fired_at) +
      note::time("cleared_at", state.cleared_at) + note::time("resolved_at", state.resolved_at) +
      note::flag("silent", state.silent) +
      (state.blamed ? note::part("blamed", write(*state.blamed)) : "") +
      (state.seen.empty() ? "" : note::part("seen", write(state.seen))) +
      note::part("changes", std::to_string(state.flapping.changes)) +
      note::flag("last", state.flapping.last) + note::flag("flaps", state.flapping.flaps));
}

std::string write(const AlertText& text) {
  return note::object(
      note::text("value", text.value) + note::text("number", fmt::to_string(text.number)) +
      note::text("summary", text.summary) + note::text("description", text.description) +
      note::text("probe", text.probe) + note::text("run", text.run) +
      note::text("fired_for", text.fired_for) + note::time("at", text.at));
}

std::optional<Rate> rate_of(Json json) {
  if (!json) return std::nullopt;
  return Rate{.of = static_cast<RateOf>(number_of(json, "of", 2)),
              .step = flag_of(json, "upgrade") ? Step::upgrade : Step::login,
              .event = text_of(json, "event")};
}

SeenAt seen_of(Json json) {
  SeenAt seen;
  for (std::size_t i = 0; i < json.size(); ++i)
    if (const auto at = time_of(json.item(i), "at"))
      seen.insert_or_assign(text_of(json.item(i), "check"), *at);
  return seen;
}

RuleState state_of(Json json) {
  RuleState state;
  state.state = static_cast<AlertState>(number_of(json, "state", 2));
  state.active_at = time_of(json, "active_at").value_or(WallTime{});
  state.fired_at = time_of(json, "fired_at").value_or(WallTime{});
  state.cleared_at = time_of(json, "cleared_at");
  state.resolved_at = time_of(json, "resolved_at");
  state.silent = flag_of(json, "silent");
  state.blamed = rate_of(json.member("blamed"));
  state.seen = seen_of(json.member("seen"));
  state.flapping = {number_of(json, "changes", (1U << 20U) - 1), flag_of(json, "last"),
                    flag_of(json, "flaps")};
  return state;
}

// Those that an earlier version kept have no number.
double double_of(const std::string& text) {
  double number = 1;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

AlertText told_of(Json json) {
  return {.value = text_of(json, "value"),
          .number = double_of(text_of(json, "number")),
          .summary = text_of(json, "summary"),
          .description = text_of(json, "description"),
          .probe = text_of(json, "probe"),
          .run = text_of(json, "run"),
          .fired_for = text_of(json, "fired_for"),
          .at = time_of(json, "at").value_or(WallTime{})};
}

}  // namespace

std::string write(const SavedAlert& kept) {
  return note::object(note::text("checksum", kept.checksum) +
                      note::part("state", write(kept.state)) +
                      note::part("text", write(kept.text)) +
                      (kept.alert ? note::part("alert", note::write(*kept.alert)) : ""));
}

std::optional<SavedAlert> read_saved_alert(std::string_view text) {
  const auto document = text::Document::parse(text);
  if (!document) return std::nullopt;
  const Json root = document->root();
  if (!root.member("state")) return std::nullopt;
  return SavedAlert{text_of(root, "checksum"), state_of(root.member("state")),
                    told_of(root.member("text")), note::alert_of(root.member("alert"))};
}

}  // namespace sonde::alert
