#include "daemon/page/public_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "daemon/core/alert_json.hpp"
#include "daemon/page/assets.hpp"
#include "daemon/page/chart.hpp"
#include "daemon/page/headline.hpp"
#include "daemon/page/html.hpp"
#include "daemon/page/overview.hpp"
#include "probes/text/encode.hpp"

namespace sonde::page {
namespace {

std::string_view style() {
  const auto files = page_files();
  return std::ranges::find(files, "page.css", &config::EmbeddedFile::name)->text;
}

// In words that name nothing of the inside.
// The first critical alert that fires; null: none.
const AlertFacts* critical_alert(const TargetFacts& target) {
  const auto known = std::ranges::find_if(target.alerts, [](const AlertFacts& alert) {
    return value_of(alert.labels, "severity") == "critical";
  });
  return known == target.alerts.end() ? nullptr : &*known;
}

// What fails now and then passes in its last runs; its alert says so.
Mark public_mark(const TargetFacts& target) {
  const Mark mark = target.mark();
  return mark == Mark::passing && critical_alert(target) != nullptr ? Mark::failing : mark;
}

std::string public_words(const TargetFacts& target, WallTime now) {
  if (!target.maintenance.empty()) return "Maintenance is under way.";
  std::optional<WallTime> since;
  const auto began = [&](std::optional<WallTime> at) {
    if (at && (!since || *at < *since)) since = at;
  };
  for (const StageFacts& box : target.stages)
    if (box.mark == Mark::failing) began(box.failing ? box.failing : box.since);
  if (const AlertFacts* alert = critical_alert(target); alert != nullptr && !since)
    began(alert->active_at);
  switch (public_mark(target)) {
    case Mark::failing:
      return "Not everything works" + (since ? " since " + clock_words(*since, now) : "") + ".";
    case Mark::passing:
      return "Everything works.";
    default:
      return "Its state is not known now.";
  }
}

std::string public_target(const TargetFacts& target, WallTime now, std::size_t index) {
  return fmt::format(
             "<section class=\"target {}\" aria-labelledby=\"h-{}\"><h2 id=\"h-{}\">{}</h2>"
             "<p>{}</p>",
             css(public_mark(target)), index, index, html(target.name, 80),
             html(public_words(target, now))) +
         path_boxes(target, false) + "<div class=\"history\">" + day_strip(target.days, now) +
         "<small>90 days</small></div></section>\n";
}

Mark worst_of(const std::vector<const TargetFacts*>& shown) {
  Mark worst = Mark::absent;
  for (const TargetFacts* target : shown) worst = std::min(worst, public_mark(*target));
  return worst;
}

// A shard does not know of everything.
std::string_view summary(Mark worst, bool is_whole) {
  if (worst == Mark::failing) return "Something does not work.";
  if (worst != Mark::passing) return "The state is not known now.";
  return is_whole ? "Everything works." : "What is checked here works.";
}

}  // namespace

const config::Section<PublicSettings>& section_of(const PublicSettings*) {
  static const auto keys =
      config::Section<PublicSettings>()
          .key("public", &PublicSettings::targets,
               "Targets that the page at /public shows, without anything from inside; empty: there "
               "is no such page.")
          .key("title", &PublicSettings::title, "Heading of the page at /public.")
          .key("logo", &PublicSettings::logo,
               "An image above it: a file in SVG, PNG, JPEG or WebP, at most 64 KB.");
  return keys;
}

std::expected<void, std::string> read_logo(PublicSettings& settings) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> types = {
      {{".svg", "image/svg+xml"},
       {".png", "image/png"},
       {".jpg", "image/jpeg"},
       {".jpeg", "image/jpeg"},
       {".webp", "image/webp"}}};
  const std::string ending = std::filesystem::path(settings.logo).extension().string();
  const auto type = std::ranges::find(types, ending, &decltype(types)::value_type::first);
  if (type == types.end())
    return std::unexpected("the name of a logo ends in .svg, .png, .jpg, .jpeg or .webp");
  std::ifstream file(settings.logo, std::ios::binary);
  std::string bytes(logo_bytes_max + 1, '\0');
  if (!file.is_open()) return std::unexpected("the file '" + settings.logo + "' cannot be read");
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  if (bytes.size() > logo_bytes_max)
    return std::unexpected("the file '" + settings.logo + "' is larger than 64 KB");
  settings.logo_bytes = std::move(bytes);
  settings.logo_type = std::string(type->second);
  return {};
}

const std::string& public_style_source() {
  static const std::string source =
      "'sha256-" + text::base64(text::from_hex(text::sha256(style())).value_or("")) + "'";
  return source;
}

std::string public_page(const OverviewFacts& facts, const PublicSettings& settings) {
  std::vector<const TargetFacts*> shown;  // in the order of the file
  for (const std::string& name : settings.targets) {
    const auto known = std::ranges::find(facts.targets, name, &TargetFacts::name);
    if (known != facts.targets.end()) shown.push_back(&*known);
  }
  const Mark worst = worst_of(shown);
  std::string page = fmt::format(
      R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{}: {}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><style>{}</style></head>
<body class="public"><main id="main">{}<section class="top {}"><h1><span class="sign" aria-hidden="true">{}</span><span>{}: {}</span></h1><p class="when">)",
      html(settings.title, 100), summary(worst, facts.shard.is_whole()), style(),
      settings.logo_bytes.empty()
          ? ""
          : "<p><img class=\"logo\" src=\"/public/logo\" alt=\"\" height=\"48\"></p>",
      css(worst), sign(worst), html(settings.title, 100), summary(worst, facts.shard.is_whole()));
  std::optional<WallTime> checked;
  for (const TargetFacts* target : shown) checked = std::max(checked, target->checked);
  page += checked ? "Checked " + ago(*checked, facts.now) + "." : "Not checked yet.";
  if (!facts.shard.is_whole()) page += " Shows what one of several monitors checks.";
  page += "</p></section>\n";
  for (std::size_t i = 0; i < shown.size(); ++i) page += public_target(*shown[i], facts.now, i);
  return page + "</main><footer>Times are UTC.</footer></body></html>\n";
}

}  // namespace sonde::page
