#include <fmt/format.h>

#include <algorithm>

#include "probes/dialect/dialect.hpp"

namespace sonde::dialect {
namespace {

constexpr std::string_view of_vars = "vars.";
constexpr std::string_view of_frame = "frame/";

bool is_var(std::string_view name) { return name.starts_with(of_vars); }

// The variables that frames supply, besides those that are made.
std::vector<std::string_view> captured(const Dialect& dialect) {
  std::vector<std::string_view> all;
  const auto add = [&all](const Captures& captures) {
    for (const auto& [name, place] : captures) all.push_back(name);
  };
  for (const auto& rule : dialect.rules) add(rule.capture);
  for (const auto* steps : {&dialect.steps, &dialect.before_send})
    for (const auto& step : *steps)
      if (step.expect) add(step.expect->capture);
  return all;
}

void add_steps(const std::vector<ScriptStep>& steps, text::Needs& needs) {
  for (const auto& step : steps) {
    needs.add(step.send);
    if (step.expect) needs.add(step.expect->frame.json);
  }
}

// What is needed whatever the session is for, and in answers to frames.
text::Needs needs_of_session(const Dialect& dialect) {
  text::Needs needs;
  for (const auto& offered : dialect.subprotocols) needs.add(offered);
  needs.add_values(dialect.correlate);
  needs.add(dialect.ready.json);
  for (const auto& rule : dialect.rules) needs.add(rule.when.json);
  for (const auto& timed : dialect.timed) needs.add(timed.send);
  add_steps(dialect.steps, needs);
  for (const auto& spec : dialect.rules_of_events.events) needs.add(spec.json);
  return needs;
}

text::Needs needs_of_replies(const Dialect& dialect) {
  text::Needs needs;
  for (const auto& rule : dialect.rules) needs.add(rule.reply);
  return needs;
}

text::Needs needs_of_turn(const Dialect& dialect) {
  text::Needs needs;
  add_steps(dialect.before_send, needs);
  needs.add(dialect.send);
  return needs;
}

// Sorts what is needed: variables, which have to be known, and what somebody else supplies.
class NeedsCheck {
 public:
  NeedsCheck(Dialect& dialect, const config::Reader& reader) : dialect_(dialect), reader_(reader) {
    for (const auto& [name, made] : dialect.vars) known_.push_back(name);
    for (const auto& name : captured(dialect)) known_.push_back(name);
  }

  // `own` are names that are known where this is needed.
  bool take(const text::Needs& needs, const std::vector<std::string_view>& own) {
    bool good = true;
    for (const auto& need : needs.all) {
      if (is_var(need.name)) {
        used_.push_back(need.name);
        good &= is_known(need);
      } else if (std::ranges::none_of(own,
                                      [&](auto name) { return need.name.starts_with(name); })) {
        dialect_.needs.all.push_back(need);
      }
    }
    return good;
  }

  // The variables, of which only those are made that something uses.
  bool take_vars() {
    bool good = true;
    for (auto var = dialect_.made.end(); var != dialect_.made.begin();) {
      --var;
      text::Needs needs;
      needs.add(dialect_.vars.at(var->name));
      const bool used = std::ranges::count(used_, std::string(of_vars) + var->name) > 0;
      if (used) good &= take(needs, {"prompt", "challenge"});
      if (!used) var = dialect_.made.erase(var);
    }
    return good;
  }

  bool is_known(const text::Needs::One& need) const {
    const auto name = std::string_view(need.name).substr(of_vars.size());
    if (std::ranges::count(known_, name) > 0) return true;
    reader_.wrong(need.place, config::no_such("variable", name, known_));
    return false;
  }

 private:
  Dialect& dialect_;
  const config::Reader& reader_;
  std::vector<std::string_view> known_;
  std::vector<std::string> used_;
};

bool of_turn(std::string_view name) { return name == "prompt" || name == "challenge"; }

const Dialect::Made* made(const Dialect& dialect, std::string_view variable) {
  const auto found = std::ranges::find(dialect.made, variable, &Dialect::Made::name);
  return found == dialect.made.end() ? nullptr : &*found;
}

// Whether a name is known only once a conversation has begun.
bool comes_late(const Dialect& dialect, std::string_view name) {
  if (!is_var(name)) return of_turn(name);
  const auto* var = made(dialect, name.substr(of_vars.size()));
  return var != nullptr && var->of_turn;
}

// Whether every variable that is needed was made before.
bool can_be_made(const Dialect& dialect, const std::vector<std::string>& needs) {
  return std::ranges::all_of(needs, [&](const std::string& need) {
    return !is_var(need) || made(dialect, std::string_view(need).substr(of_vars.size())) != nullptr;
  });
}

bool put_in_order(Dialect& dialect, const config::Reader& reader) {
  dialect.made.clear();
  for (bool more = true; more;) {
    more = false;
    for (const auto& [name, text] : dialect.vars) {
      auto needs = text.names();
      if (made(dialect, name) != nullptr || !can_be_made(dialect, needs)) continue;
      const bool late = std::ranges::any_of(
          needs, [&](const std::string& need) { return comes_late(dialect, need); });
      dialect.made.push_back({.name = name, .needs = std::move(needs), .of_turn = late});
      more = true;
    }
  }
  for (const auto& [name, text] : dialect.vars)
    if (made(dialect, name) == nullptr)
      reader.at("vars").at(name).wrong(
          text.place(), "it needs itself, or what only a frame of the session can supply");
  return dialect.made.size() == dialect.vars.size();
}

bool answer_known(const Dialect& dialect, const config::Reader& reader,
                  const config::Place& place) {
  const auto& events = dialect.rules_of_events.events;
  std::vector<std::string_view> known;
  known.reserve(events.size());
  for (const auto& spec : events) known.push_back(spec.id);
  bool good = true;
  for (const auto& id : dialect.answer.of) {
    if (std::ranges::count(known, id) > 0) continue;
    reader.at("answer").at("of").wrong(place, config::no_such("event", id, known));
    good = false;
  }
  return good;
}

// Subprotocols are offered before the session has variables.
bool offers_no_vars(const Dialect& dialect, const config::Reader& reader) {
  bool good = true;
  for (const auto& offered : dialect.subprotocols) {
    if (std::ranges::none_of(offered.names(), is_var)) continue;
    reader.at("subprotocols").wrong(offered.place(), "a variable is not known here yet");
    good = false;
  }
  return good;
}

// RFC 6455 7.4.
bool codes_exist(const Dialect& dialect, const config::Place& place, const config::Reader& reader) {
  const auto wrong = [](int code) { return code < 1000 || code > 4999; };
  if (std::ranges::none_of(dialect.refusal_codes, wrong)) return true;
  reader.at("refusal_codes").wrong(place, "Close codes are from 1000 to 4999");
  return false;
}

// What is needed as soon as the session begins cannot say the prompt.
bool in_time(const Dialect& dialect, const text::Needs& needs, const config::Reader& reader) {
  bool good = true;
  for (const auto& need : needs.all) {
    if (!comes_late(dialect, need.name)) continue;
    reader.wrong(need.place, fmt::format("{{{{{}}}}} is not known here: only what is sent in a "
                                         "conversation can say the prompt",
                                         need.name));
    good = false;
  }
  return good;
}

}  // namespace

bool needs_token(const Dialect& dialect) {
  return std::ranges::count(dialect.needs.all, "token", &text::Needs::One::name) > 0;
}

bool supplies(const Dialect& dialect, std::string_view name) {
  if (!is_var(name)) return false;
  name.remove_prefix(of_vars.size());
  return dialect.vars.contains(std::string(name)) ||
         std::ranges::count(captured(dialect), name) > 0;
}

bool complete(Dialect& dialect, const config::Reader& reader, const config::Place& place) {
  bool good = check(dialect.rules_of_events, reader, place);
  good &= answer_known(dialect, reader, place);
  dialect.needs.all.clear();
  NeedsCheck needs(dialect, reader);
  good &= needs.take(needs_of_session(dialect), {"prompt", "challenge"});
  good &= needs.take(needs_of_replies(dialect), {of_frame, "prompt", "challenge"});
  good &= needs.take(needs_of_turn(dialect), {"prompt", "challenge"});
  good &= put_in_order(dialect, reader);
  good &= offers_no_vars(dialect, reader);
  good &= codes_exist(dialect, place, reader);
  good &= in_time(dialect, needs_of_session(dialect), reader);
  good &= in_time(dialect, needs_of_replies(dialect), reader);
  return needs.take_vars() && good;
}

}  // namespace sonde::dialect
