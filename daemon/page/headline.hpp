#pragma once
#include <optional>
#include <string>

#include "daemon/page/facts.hpp"

namespace sonde::page {

// The sentence at the top of the page.
struct Headline {
  Mark tone = Mark::waiting;
  std::string text;  // one sentence: "Login works; chat answers have been missing since 14:02 UTC."
  std::string also;  // further targets with problems, or alerts; empty: none
  // The newest run of the probes that the sentence is about; nullopt: none yet.
  std::optional<WallTime> checked = {};
};

// Names the worst problem: what works before it on the path, what is broken, since when. Of several
// targets the one whose users can do least, after those where somebody gets what is not his; those
// under maintenance last. An alert that fires only until `keep_firing_for` is over is no problem.
Headline headline_of(const OverviewFacts& facts);

// "chat answers have been missing": what is broken, to be followed by "since".
std::string_view broken_words(Step step, Reason reason);

// "14:02 UTC", with the date if it is not of the day of `now`.
std::string clock_words(WallTime at, WallTime now);

// How urgent the problem of a target is; 0: it has none. In this order the page lists targets.
int urgency_of(const TargetFacts& target);

}  // namespace sonde::page
