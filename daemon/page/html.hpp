#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "daemon/core/objective.hpp"
#include "daemon/core/view.hpp"
#include "daemon/page/facts.hpp"

namespace sonde::page {

// Pieces of HTML. Whatever comes from a target or a file goes through html().

// A text for an element or a quoted attribute: controls and what deceives a reader become visible
// escapes, markup is escaped, and at most `characters` are shown.
std::string html(std::string_view text, std::size_t characters = 500);
// The same for a text of several lines, such as a body: line ends and tabs stay.
std::string html_lines(std::string_view text, std::size_t characters);

// <time>: "14:02 UTC", with the date on another day than `now`; the title has all of it.
std::string html_time(WallTime at, WallTime now);
// The same with seconds, for lists of runs.
std::string html_second(WallTime at, WallTime now);
// "3 s ago", "14 min ago", "2 h ago", "5 d ago".
std::string ago(WallTime at, WallTime now);
// <time> with the same; the script lets it go on.
std::string html_ago(WallTime at, WallTime now);
// "10m", "24h", as the file writes it.
std::string length_words(std::chrono::seconds length);

// "98.2 %", rounded down as in the texts of alerts; "no data" without attempts.
std::string percent(const Tally& tally);
// "442 of 450".
std::string counts(const Tally& tally);

// A sign and a word for a mark: a shape for who does not see the colour, a word for who hears it.
std::string badge(Mark mark, std::string_view word);
std::string_view sign(Mark mark);
Mark mark_of(Outcome outcome);

// "/probes/NAME/TARGET", percent-encoded.
std::string probe_path(std::string_view probe, std::string_view target);
// The newest recorded failure of a probe.
std::string proof_path(std::string_view probe, std::string_view target);
std::string run_path(std::string_view id);

// "<b>events/missing_event</b> A required event never came.": the best known cause with its help.
std::string cause_words(Step step, Reason reason, Reason concluded);
// What a check waits for that is held back so that no account is locked, with its last run.
std::string held_back_words(const CheckStatus& status, WallTime now);

// A button that runs the probe now.
std::string run_now_form(const Check& check);

// What a page is made of.
struct Frame {
  std::optional<WallTime> now;  // for html_ago; empty: there is none
  std::string title;
  Mark tone = Mark::absent;  // colours the icon's mark in the title; absent: none
  std::string here;          // the path of the page in the navigation
  std::string version;
  std::string crumbs;  // HTML; empty: none
  bool live = false;   // the script keeps it current
};
// The whole document around `body`.
std::string document(const Frame& frame, std::string_view body);

// The same page for who asks for it at `path`, with links that lead from there to the root:
// "../../runs/..." for "/runs/...". So the pages also work where a proxy shows them below a path.
std::string relative(std::string_view page, std::string_view path);
// "../../", from "/probes/login/staging" to the root; "./" from "/".
std::string root_from(std::string_view path);

// Compares names as people sort them: "web2" before "web10".
bool natural_less(std::string_view left, std::string_view right);

}  // namespace sonde::page
