#include "probes/dialect/sent_needs.hpp"

#include <set>
#include <string>

namespace sonde::dialect {
namespace {

// Adds what the variables among the names are made of, and what those are made of.
void add_variables(const Dialect& dialect, text::Needs& needs) {
  constexpr std::string_view prefix = "vars.";
  std::set<std::string> added;
  for (std::size_t i = 0; i < needs.all.size(); ++i) {
    const std::string name = needs.all[i].name;
    if (!name.starts_with(prefix)) continue;
    const auto var = dialect.vars.find(name.substr(prefix.size()));
    if (var != dialect.vars.end() && added.insert(name).second) needs.add(var->second);
  }
}

}  // namespace

SentNeeds sent_needs(const Dialect& dialect) {
  SentNeeds sent;
  for (const auto& offered : dialect.subprotocols) sent.session.add(offered);
  for (const auto& rule : dialect.rules) sent.session.add(rule.reply);
  for (const auto& timed : dialect.timed) sent.session.add(timed.send);
  for (const auto& step : dialect.steps) {
    sent.session.add(step.send);
    if (step.request) add_needs(*step.request, sent.session);
  }
  for (const auto& step : dialect.before_send) {
    sent.session.add(step.send);
    if (step.request) add_needs(*step.request, sent.requests);
  }
  sent.session.add(dialect.send);
  if (dialect.request) add_needs(*dialect.request, sent.requests);
  add_variables(dialect, sent.session);
  add_variables(dialect, sent.requests);
  return sent;
}

}  // namespace sonde::dialect
