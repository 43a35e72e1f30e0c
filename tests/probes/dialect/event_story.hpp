#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/load.hpp"
#include "probes/dialect/expectation.hpp"

namespace sonde::dialect {

// Rules as they would be written in a dialect.
inline EventRules rules_of(std::string_view yaml) {
  EventRules rules;
  config::Mistakes mistakes;
  const config::Reader reader(mistakes);
  const auto value = config::parse(yaml, "rules.yaml", mistakes);
  if (value) {
    section_of(&rules).read(*value, reader, rules);
    check(rules, reader, value->place);
  }
  for (const auto& mistake : mistakes.sorted()) ADD_FAILURE() << show(mistake);
  return rules;
}

// A conversation told by hand: times are milliseconds after the send. Copies are the same story.
class Story {
 public:
  explicit Story(EventRules rules) : told_(std::make_shared<Told>(std::move(rules))) {}

  Story& comes(int at, const std::string& type, std::string_view json = "{}",
               Owner owner = Owner::own) {
    told_->documents.push_back(*text::Document::parse(json));
    const text::Json body = told_->documents.back().root();
    const std::string event_id = body.member("event_id").text();
    told_->remark = told_->expectation.see(
        {.type = type, .event_id = event_id, .body = body, .owner = owner, .at = time(at)});
    return *this;
  }
  Story& foreign(int at, const std::string& type) { return comes(at, type, "{}", Owner::foreign); }

  // The judgement as "reason: detail"; "ok" if every expectation holds.
  std::string ends(int at, End how = End::settled, Ending ending = {}) {
    const auto failed = told_->expectation.finish(how, ending, time(at));
    return failed ? std::string(name(failed->reason)) + ": " + failed->detail : "ok";
  }
  // Its reason alone.
  std::string reason(int at, End how = End::settled, Ending ending = {}) {
    const std::string all = ends(at, how, std::move(ending));
    return all.substr(0, all.find(':'));
  }

  // "a received 0.010, b missing 1.000"
  std::string notes() const {
    std::string out;
    for (const auto& note : told_->expectation.notes())
      out += (out.empty() ? "" : ", ") + note.name + " " + std::string(name(note.state)) + " " +
             std::to_string(note.at / std::chrono::milliseconds(1));
    return out;
  }
  Trace::Delivery delivery(const std::string& event) const {
    for (const auto& row : told_->expectation.deliveries())
      if (row.event == event) return row;
    return {};
  }
  const std::string& remark() const { return told_->remark; }
  Expectation& expectation() { return told_->expectation; }
  Instant time(int at) const { return told_->sent + std::chrono::milliseconds(at); }

 private:
  struct Told {
    explicit Told(EventRules given) : rules(std::move(given)), expectation(rules, sent, names) {}
    EventRules rules;
    text::Names names;
    Instant sent = Instant(std::chrono::hours(1));
    Expectation expectation;
    std::vector<text::Document> documents;
    std::string remark;
  };
  std::shared_ptr<Told> told_;
};

// The five events, as in the built-in dialect.
inline EventRules five() {
  return rules_of(R"(
events:
  agent_started: { max: 1 }
  agent_thinking: { after: [agent_started], before: [agent_completed] }
  tool_executing: { after: [agent_started] }
  tool_completed: { pairs_with: tool_executing, pair_key: [/execution_id, /data/execution_id] }
  agent_completed: { max: 1, after: [agent_started], terminal: ok }
  agent_error: { type: [agent_error, error], min: 0, terminal: bad, detail: [/message] }
tool_events: [tool_executing, tool_completed]
)");
}

}  // namespace sonde::dialect
