#include "probes/dialect/dialect_use.hpp"

#include <algorithm>
#include <array>

#include "probes/dialect/refused_by.hpp"
#include "probes/text/encode.hpp"

namespace sonde::dialect {
namespace {

using Kind = text::Json::Kind;

// An id that is null or empty counts as missing.
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
    const std::string given = value.text();
    if (!text::same_value(*wanted, given))
      return own_runs != nullptr && own_runs->knows(given) ? Owner::unattributed : Owner::foreign;
    owner = Owner::own;
  }
  return owner;
}

namespace {

bool is_of_user(const text::Template& id) {
  return std::ranges::any_of(id.names(),
                             [](const std::string& name) { return name.starts_with("identity."); });
}

}  // namespace

bool has_own_id(const Dialect& dialect, text::Json frame, text::Names& names) {
  return std::ranges::any_of(dialect.correlate, [&](const auto& row) {
    const auto& [place, ours] = row;
    const text::Json value = place.at(frame);
    if (!filled(value) || is_of_user(ours)) return false;
    const auto wanted = ours.render(names);
    return wanted && text::same_value(*wanted, value.text());
  });
}

bool knows_own_ids(const Dialect& dialect, text::Names& names) {
  return std::ranges::any_of(dialect.correlate, [&](const auto& row) {
    return !is_of_user(row.second) && row.second.render(names).has_value();
  });
}

std::vector<std::string> foreign_ids(const Dialect& dialect, text::Json frame, text::Names& names) {
  std::vector<std::string> ids;
  for (const auto& [place, ours] : dialect.correlate) {
    const text::Json value = place.at(frame);
    const auto wanted = filled(value) ? ours.render(names) : std::unexpected(std::string());
    if (!wanted || text::same_value(*wanted, value.text())) continue;
    if (is_of_user(ours)) return {};
    ids.push_back(value.text());
  }
  return ids;
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

std::expected<void, Failure> set_vars(const Dialect& dialect, text::Names& names, bool replace) {
  for (const auto& var : dialect.made) {
    if (var.of_turn || (!replace && names.find("vars." + var.name))) continue;
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

// The result of a filter for a secret is a secret too, such as a digest of a password. If the
// result contains the secret itself, the text around it is not secret.
void hide_made(const Dialect& dialect, bool of_turn, const text::Names& names, Trace& trace) {
  const auto is_secret = [&](const std::string& name) {
    const std::string* text = names.find(name);
    return text != nullptr && trace.scrub(*text) != *text;
  };
  for (const auto& var : dialect.made) {
    if (var.of_turn != of_turn || !std::ranges::any_of(var.needs, is_secret)) continue;
    const std::string* text = names.find("vars." + var.name);
    if (text != nullptr && trace.scrub(*text) == *text) trace.hide(*text);
  }
}

namespace {

// Whether a value that satisfies `given` may satisfy `wanted`: in general, or for one of the values
// that are listed.
bool may_be(const text::Comparison& wanted, const text::Comparison& given) {
  std::vector<std::string> values = given.one_of;
  if (given.equals && given.equals->names().empty()) values.push_back(given.equals->text());
  if (wanted.equals && given.equals && wanted.equals->text() == given.equals->text()) return true;
  text::Names nobody;
  return std::ranges::any_of(values, [&](const std::string& value) {
    const auto document = text::Document::of(
        std::array{std::pair<std::string_view, std::string_view>("value", value)});
    return !text::mismatch(wanted, document.root().member("value"), nobody);
  });
}

// Whether a message of one of these types that satisfies `json` may match the frame.
bool may_fit(const FrameMatch& frame, const std::vector<std::string>& types,
             const text::Comparisons& json) {
  const auto listed = [&](const std::string& type) {
    return std::ranges::find(frame.type, type) != frame.type.end();
  };
  if (!frame.type.empty() && std::ranges::none_of(types, listed)) return false;
  return std::ranges::all_of(frame.json, [&](const auto& row) {
    const auto given = json.find(row.first);
    return given != json.end() && may_be(row.second, given->second);
  });
}

std::string good_message(const FrameMatch& frame, const Ready& ready, const Dialect& dialect) {
  const bool awaited = !ready.type.empty() || !ready.json.empty();
  if (awaited && may_fit(frame, ready.type, ready.json)) return "the ready message";
  if (!dialect.ready.type.empty() && may_fit(frame, dialect.ready.type, dialect.ready.json))
    return "the ready message";
  for (const auto& spec : dialect.rules_of_events.events) {
    const bool good = !spec.forbid && spec.terminal != Terminal::bad;
    const auto types = spec.types.empty() ? std::vector{spec.id} : spec.types;
    if (good && may_fit(frame, types, spec.json)) return "the event " + spec.id;
  }
  return "";
}

}  // namespace

bool check(const RefusedBy& refused_by, const Ready& ready, const Dialect& dialect,
           const config::Reader& reader, const config::Place& place) {
  const auto at = reader.at("refused_by");
  const std::string message =
      refused_by.frame ? good_message(*refused_by.frame, ready, dialect) : "";
  if (!message.empty())
    at.at("frame").wrong(place, "it matches " + message + " of a good session as well");
  const bool awaited = !ready.type.empty() || !ready.json.empty() || ready.identity.at;
  const bool silent = refused_by.silence > Span{} && !awaited && !acknowledges(dialect);
  if (silent)
    at.at("silence").wrong(place,
                           "a good session is silent as well: no ready message is awaited of it");
  return message.empty() && !silent;
}

}  // namespace sonde::dialect
