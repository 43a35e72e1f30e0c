#include "daemon/page/html.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/core/format.hpp"
#include "daemon/page/assets.hpp"
#include "probes/text/ascii.hpp"
#include "probes/text/encode.hpp"
#include "probes/text/printable.hpp"

namespace sonde::page {
namespace {

std::string escaped(std::string_view text) { return text::markup_escape(text, "&<>\"'"); }

// The digits at the start, without leading zeros.
std::string_view number_at(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && text::is_digit(text[end])) ++end;
  text = text.substr(0, end);
  while (text.size() > 1 && text.front() == '0') text.remove_prefix(1);
  return text;
}

std::string navigation(std::string_view here) {
  std::string all;
  for (const auto& [path, label] :
       {std::pair("/", "Overview"), std::pair("/incidents", "Incidents"),
        std::pair("/metrics", "Metrics")})
    all += fmt::format("<a href=\"{}\"{}>{}</a>", path,
                       here == path ? " aria-current=\"page\"" : "", label);
  return all;
}

}  // namespace

std::string html(std::string_view text, std::size_t characters) {
  return escaped(text::printable(text, true, characters));
}

std::string html_lines(std::string_view text, std::size_t characters) {
  std::string all;
  while (!text.empty() && characters > 0) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    all += html(line, characters);
    characters -= std::min(characters, line.size() + 1);
    if (end == text.npos) return all;
    all += '\n';
    text.remove_prefix(end + 1);
  }
  return text.empty() ? all : all + "...";
}

namespace {

// `length`: of "03:04:05" that is shown.
std::string html_clock(WallTime at, WallTime now, std::size_t length) {
  const std::string full = as_utc(at), today = as_utc(now);
  const bool same = full.substr(0, 10) == today.substr(0, 10);
  return fmt::format("<time datetime=\"{}\" title=\"{}\">{}{} UTC</time>", as_rfc3339(at), full,
                     same ? "" : full.substr(0, 11), full.substr(11, length));
}

}  // namespace

std::string html_time(WallTime at, WallTime now) { return html_clock(at, now, 5); }
std::string html_second(WallTime at, WallTime now) { return html_clock(at, now, 8); }

std::string ago(WallTime at, WallTime now) {
  const auto passed = std::chrono::floor<std::chrono::seconds>(now - at).count();
  if (passed < 60) return fmt::format("{} s ago", std::max<std::int64_t>(passed, 0));
  if (passed < 3600) return fmt::format("{} min ago", passed / 60);
  if (passed < 48 * 3600) return fmt::format("{} h ago", passed / 3600);
  return fmt::format("{} d ago", passed / 86400);
}

std::string html_ago(WallTime at, WallTime now) {
  return fmt::format("<time datetime=\"{}\" data-ago title=\"{}\">{}</time>", as_rfc3339(at),
                     as_utc(at), ago(at, now));
}

std::string length_words(std::chrono::seconds length) {
  const auto count = length.count();
  if (count % 86400 == 0 && count > 86400) return fmt::format("{}d", count / 86400);
  if (count % 3600 == 0) return fmt::format("{}h", count / 3600);
  if (count % 60 == 0) return fmt::format("{}m", count / 60);
  return fmt::format("{}s", count);
}

std::string percent(const Tally& tally) {
  if (tally.attempts == 0) return "no data";
  const std::uint64_t passed = tally.attempts - tally.failures;
  if (tally.failures == 0) return "100 %";
  if (passed == 0) return "0 %";
  const std::uint64_t tenths = passed * 1000 / tally.attempts;
  return fmt::format("{}.{} %", tenths / 10, tenths % 10);
}

std::string counts(const Tally& tally) {
  return fmt::format("{} of {}", tally.attempts - tally.failures, tally.attempts);
}

std::string_view sign(Mark mark) {
  static constexpr std::string_view signs[] = {"✕", "?", "⊘", "…", "✓", "–"};
  return signs[static_cast<std::size_t>(mark)];
}

std::string badge(Mark mark, std::string_view word) {
  return fmt::format("<span class=\"badge {}\"><span aria-hidden=\"true\">{}</span> {}</span>",
                     css(mark), sign(mark), html(word));
}

Mark mark_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::pass:
      return Mark::passing;
    case Outcome::fail:
      return Mark::failing;
    case Outcome::inconclusive:
      return Mark::unclear;
    case Outcome::skipped:
      break;
  }
  return Mark::waiting;
}

std::string probe_path(std::string_view probe, std::string_view target) {
  return "/probes/" + text::percent_encode(probe) + "/" + text::percent_encode(target);
}

std::string proof_path(std::string_view probe, std::string_view target) {
  return "/proof/" + text::percent_encode(probe) + "/" + text::percent_encode(target);
}

std::string run_path(std::string_view id) { return "/runs/" + text::percent_encode(id); }

std::string held_back_words(const CheckStatus& status, WallTime now) {
  return "is held back: logins were refused as often as <code>lockout</code> allows, and one more "
         "might lock the account. " +
         (status.last_run ? "Last run " + html_time(*status.last_run, now) + "." : "No run yet.");
}

std::string cause_words(Step step, Reason reason, Reason concluded) {
  const Reason cause = best_cause(reason, concluded);
  return fmt::format("<b>{}/{}</b> {}", name(step), name(cause), html(row(cause).help));
}

std::string run_now_form(const Check& check) {
  return fmt::format(
      "<form action=\"/probe\"><input type=\"hidden\" name=\"module\" value=\"{}\"><input "
      "type=\"hidden\" name=\"target\" value=\"{}\"><input type=\"hidden\" name=\"debug\" "
      "value=\"true\"><button>Run now</button></form>",
      html(check.name), html(check.target));
}

std::string document(const Frame& frame, std::string_view body) {
  const std::string mark = frame.tone == Mark::absent ? "" : std::string(sign(frame.tone)) + " ";
  std::string page = fmt::format(
      R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{}{}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="{}" type="image/svg+xml"><link rel="stylesheet" href="{}">
<script src="{}" defer></script></head>
<body{}{}><a class="skip" href="#main">Skip to the content</a>
<header><a class="brand" href="/">Sonde</a><nav aria-label="Pages">{}</nav></header>
)",
      mark, html(frame.title), asset_path("icon.svg"), asset_path("page.css"),
      asset_path("page.js"), frame.now ? " data-now=\"" + as_rfc3339(*frame.now) + "\"" : "",
      frame.live ? " data-live" : "", navigation(frame.here));
  if (!frame.crumbs.empty())
    page += "<nav class=\"crumbs\" aria-label=\"Breadcrumb\">" + frame.crumbs + "</nav>\n";
  page += "<main id=\"main\" tabindex=\"-1\">\n";
  page += body;
  page += fmt::format(
      "</main>\n<footer>Sonde {} · <a href=\"/-/healthy\">health</a> · <a "
      "href=\"/-/ready\">readiness</a> · times are UTC <span id=\"live\" "
      "role=\"status\"></span></footer>\n</body></html>\n",
      html(frame.version));
  return page;
}

std::string root_from(std::string_view path) {
  const auto depth = std::ranges::count(path, '/') - 1;
  std::string root;
  for (auto i = depth; i > 0; --i) root += "../";
  return root.empty() ? "./" : root;
}

// A text of a target cannot hold such an attribute: its quotes are escaped.
std::string relative(std::string_view page, std::string_view path) {
  const std::string root = root_from(path);
  std::string made;
  made.reserve(page.size() + page.size() / 16);
  std::string_view rest = page;
  for (std::size_t at = rest.find("=\"/"); at != rest.npos; at = rest.find("=\"/")) {
    const std::string_view before = rest.substr(0, at);
    const bool leads =
        before.ends_with(" href") || before.ends_with(" src") || before.ends_with(" action");
    made += before;
    made += "=\"";
    made += leads ? root : "/";
    rest.remove_prefix(at + 3);
  }
  made += rest;
  return made;
}

bool natural_less(std::string_view left, std::string_view right) {
  const std::string_view all_left = left, all_right = right;
  while (!left.empty() && !right.empty()) {
    if (text::is_digit(left.front()) && text::is_digit(right.front())) {
      const std::string_view a = number_at(left), b = number_at(right);
      if (a.size() != b.size()) return a.size() < b.size();
      if (a != b) return a < b;
      left.remove_prefix(static_cast<std::size_t>(a.end() - left.begin()));
      right.remove_prefix(static_cast<std::size_t>(b.end() - right.begin()));
      continue;
    }
    const char a = text::lower(left.front()), b = text::lower(right.front());
    if (a != b) return a < b;
    left.remove_prefix(1);
    right.remove_prefix(1);
  }
  if (left.empty() != right.empty()) return left.empty();
  return all_left < all_right;
}

}  // namespace sonde::page
