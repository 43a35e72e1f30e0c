#include "probes/dialect/dialect_use.hpp"

#include <algorithm>

#include "probes/text/wire.hpp"

namespace sonde::dialect {
namespace {

using Kind = text::Json::Kind;

// An id that is there but null or empty says nothing.
bool filled(const text::Json& value) {
  return value && value.kind() != Kind::null && value.string() != std::string_view();
}

std::unexpected<Failure> unknown(const std::string& name) {
  return std::unexpected(Failure{Reason::own_request, "nothing is known of '" + name + "'"});
}

std::expected<void, Failure> make_var(const Dialect& dialect, const Dialect::Made& var,
                                      text::Names& names) {
  auto text = dialect.vars.at(var.name).render(names);
  if (!text) return unknown(text.error());
  names.set("vars." + var.name, *std::move(text));
  return {};
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

bool acknowledges(const Dialect& dialect) {
  return std::ranges::any_of(dialect.steps,
                             [](const ScriptStep& step) { return step.expect.has_value(); });
}

Owner owner_of(const Dialect& dialect, text::Json frame, text::Names& names, OwnRuns* own_runs) {
  Owner owner = dialect.only_run ? Owner::own : Owner::unattributed;
  for (const auto& [place, ours] : dialect.correlate) {
    const text::Json value = place.at(frame);
    const auto wanted = filled(value) ? ours.render(names) : std::unexpected(std::string());
    if (!wanted) continue;
    if (own_runs != nullptr) own_runs->note(*wanted);
    const std::string said = value.text();
    if (!text::same_value(*wanted, said))
      return own_runs != nullptr && own_runs->knows(said) ? Owner::unattributed : Owner::foreign;
    owner = Owner::own;
  }
  return owner;
}

bool is_of_own_run(const Dialect& dialect, text::Json frame, const OwnRuns& own_runs) {
  return std::ranges::any_of(dialect.correlate, [&](const auto& row) {
    const text::Json value = row.first.at(frame);
    return filled(value) && own_runs.knows(value.text());
  });
}

void note_run(const Dialect& dialect, text::Names& names, OwnRuns& own_runs) {
  for (const auto& [place, ours] : dialect.correlate)
    if (const auto id = ours.render(names)) own_runs.note(*id);
}

std::optional<std::string> answer_in(const Dialect& dialect, text::Json frame) {
  std::optional<std::string> answer;
  for (const auto& place : dialect.answer.at) {
    const text::Json value = place.at(frame);
    if (filled(value)) return value.text();
    if (value) answer = "";
  }
  return answer;
}

std::expected<Outgoing, Failure> make_frame(const Dialect& dialect, const text::Tree& tree,
                                            text::Names& names) {
  auto text = tree.render_plain(names);
  if (!text) return unknown(text.error());
  *text += dialect.framing.end;
  if (dialect.framing.codec != Coding::hex) return Outgoing{.payload = *std::move(text)};
  auto bytes = text::from_hex(*text);
  if (!bytes)
    return std::unexpected(Failure{Reason::own_request, "what is sent is " + bytes.error()});
  return Outgoing{.payload = *std::move(bytes), .binary = true};
}

std::expected<Outgoing, Failure> reply_to(const Dialect& dialect, const SessionRule& rule,
                                          text::Json frame, text::Names& names) {
  constexpr std::string_view prefix = "frame/";
  for (auto& name : rule.reply.names()) {
    if (!name.starts_with(prefix)) continue;
    const auto place = text::Pointer::parse(std::string_view(name).substr(prefix.size() - 1));
    if (place) names.set(std::move(name), place->at(frame).text());
  }
  return make_frame(dialect, rule.reply, names);
}

std::expected<void, Failure> set_vars(const Dialect& dialect, text::Names& names, bool anew) {
  for (const auto& var : dialect.made) {
    if (var.of_turn || (!anew && names.find("vars." + var.name))) continue;
    if (auto made = make_var(dialect, var, names); !made) return made;
  }
  return {};
}

std::expected<void, Failure> set_turn_vars(const Dialect& dialect, text::Names& names) {
  for (const auto& var : dialect.made) {
    if (!var.of_turn) continue;
    if (auto made = make_var(dialect, var, names); !made) return made;
  }
  return {};
}

void capture(const Captures& captures, text::Json frame, text::Names& names) {
  for (const auto& [name, place] : captures) {
    const text::Json value = place.at(frame);
    if (filled(value)) names.set("vars." + name, value.text());
  }
}

}  // namespace sonde::dialect
