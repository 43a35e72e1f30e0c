#include <algorithm>

#include "probes/talk/dialect.hpp"

namespace sonde::talk {
namespace {

using Kind = text::Json::Kind;

// An id that is there but null or empty says nothing.
bool filled(const text::Json& value) {
  return value && value.kind() != Kind::null && value.string() != std::string_view();
}

}  // namespace

std::string_view first_text(const std::vector<text::Pointer>& places, text::Json frame) {
  for (const auto& place : places) {
    const auto text = place.at(frame).string();
    if (text && !text->empty()) return *text;
  }
  return "";
}

bool matches(const FrameMatch& match, std::string_view type, text::Json frame, text::Names& names) {
  if (!match.type.empty() && std::ranges::count(match.type, type) == 0) return false;
  return !text::mismatch(match.json, frame, names);
}

const SessionRule* rule_for(const Dialect& dialect, std::string_view type, text::Json frame,
                            text::Names& names) {
  for (const auto& rule : dialect.rules)
    if (matches(rule.when, type, frame, names)) return &rule;
  return nullptr;
}

Owner owner_of(const Dialect& dialect, text::Json frame, text::Names& names) {
  Owner owner = dialect.only_run ? Owner::own : Owner::unattributed;
  for (const auto& [place, ours] : dialect.correlate) {
    const text::Json value = place.at(frame);
    const auto wanted = filled(value) ? ours.render(names) : std::unexpected(std::string());
    if (!wanted) continue;
    if (!text::same_value(*wanted, value.text())) return Owner::foreign;
    owner = Owner::own;
  }
  return owner;
}

std::optional<std::string> answer_in(const Dialect& dialect, text::Json frame) {
  std::optional<std::string> answer;
  for (const auto& place : dialect.answer) {
    const text::Json value = place.at(frame);
    if (filled(value)) return value.text();
    if (value) answer = "";
  }
  return answer;
}

std::expected<std::string, std::string> reply_to(const SessionRule& rule, text::Json frame,
                                                 text::Names& names) {
  constexpr std::string_view prefix = "frame/";
  for (auto& name : rule.reply.names()) {
    if (!name.starts_with(prefix)) continue;
    const auto place = text::Pointer::parse(std::string_view(name).substr(prefix.size() - 1));
    if (place) names.set(std::move(name), place->at(frame).text());
  }
  return rule.reply.render_json(names);
}

std::expected<void, std::string> set_vars(const Dialect& dialect, text::Names& names) {
  for (const auto& [name, made] : dialect.vars) {
    const std::string full = "vars." + name;
    if (names.find(full)) continue;
    auto text = made.render(names);
    if (!text) return std::unexpected(text.error());
    names.set(full, *std::move(text));
  }
  return {};
}

void capture(const SessionRule& rule, text::Json frame, text::Names& names) {
  for (const auto& [name, place] : rule.capture) {
    const text::Json value = place.at(frame);
    if (filled(value)) names.set("vars." + name, value.text());
  }
}

}  // namespace sonde::talk
