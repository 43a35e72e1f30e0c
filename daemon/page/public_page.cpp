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

// What a target is said to do, in words that name nothing of the inside; the worst first.
enum class PublicState : std::uint8_t { broken, lossy, slow, maintained, unknown, works };

struct PublicRow {
  std::string_view css, sign, summary, words;
};
const PublicRow& shown_as(PublicState state) {
  static constexpr std::array<PublicRow, 6> rows = {{
      {"failing", "✕", "Something does not work.", "Not everything works"},
      {"unclear", "!", "Some requests fail.", "Some requests have failed"},
      {"unclear", "!", "It is slow.", "It has been slow"},
      {"unclear", "!", "Maintenance is under way.", "Maintenance is under way"},
      {"unclear", "?", "The state is not known now.", "Its state is not known now"},
      {"passing", "✓", "Everything works.", "Everything works"},
  }};
  return rows.at(static_cast<std::size_t>(state));
}

// What users notice of an alert while the last runs pass: certificates, for one, are not yet it.
PublicState impairment(const AlertFacts& alert) {
  const bool counts = value_of(alert.labels, "severity") == "critical" && !alert.cleared;
  if (!counts || alert.of == "certificate_expiry") return PublicState::works;
  return alert.of == "latency" ? PublicState::slow : PublicState::lossy;
}

struct PublicWords {
  PublicState state = PublicState::works;
  std::optional<WallTime> since;
  std::string text(WallTime now) const {
    return std::string(shown_as(state).words) +
           (since ? " since " + clock_words(*since, now) : "") + ".";
  }
};

// Whether a window covers all that would otherwise be said.
bool is_maintained(const TargetFacts& target) {
  return std::ranges::all_of(target.checks, [worst = target.mark()](const CheckFacts& check) {
    return check.mark != worst || !check.maintenance.empty();
  });
}

PublicWords words_of_failure(const TargetFacts& target) {
  PublicWords words{.state = PublicState::broken, .since = {}};
  for (const CheckFacts& check : target.checks) {
    if (check.mark != Mark::failing || !check.maintenance.empty()) continue;
    const auto& began = check.status.failing_since;
    if (began && (!words.since || *began < *words.since)) words.since = began;
  }
  return words;
}

PublicWords words_of(const TargetFacts& target) {
  const Mark mark = target.mark();
  if (is_maintained(target)) return {.state = PublicState::maintained, .since = {}};
  if (mark == Mark::failing) return words_of_failure(target);
  if (mark != Mark::passing) return {.state = PublicState::unknown, .since = {}};
  PublicWords words;
  for (const AlertFacts& alert : target.alerts)
    if (const PublicState state = impairment(alert); state < words.state)
      words = {.state = state, .since = alert.active_at};
  return words;
}

std::string public_target(const TargetFacts& target, WallTime now, std::size_t index) {
  const PublicWords words = words_of(target);
  return fmt::format(
             "<section class=\"target {}\" aria-labelledby=\"h-{}\"><h2 id=\"h-{}\">{}</h2>"
             "<p>{}</p>",
             shown_as(words.state).css, index, index, html(target.name, 80),
             html(words.text(now))) +
         path_boxes(target, false) + "<div class=\"history\">" + day_strip(target.days, now) +
         "<small>90 days</small></div></section>\n";
}

PublicState worst_of(const std::vector<const TargetFacts*>& shown) {
  if (shown.empty()) return PublicState::unknown;
  PublicState worst = PublicState::works;
  for (const TargetFacts* target : shown) worst = std::min(worst, words_of(*target).state);
  return worst;
}

// A shard does not know of everything.
std::string_view summary(PublicState worst, bool is_whole) {
  return worst == PublicState::works && !is_whole ? "What is checked here works."
                                                  : shown_as(worst).summary;
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
  const PublicState worst = worst_of(shown);
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
      shown_as(worst).css, shown_as(worst).sign, html(settings.title, 100),
      summary(worst, facts.shard.is_whole()));
  std::optional<WallTime> checked;
  for (const TargetFacts* target : shown) checked = std::max(checked, target->checked);
  page += checked ? "Last checked " + html_second(*checked, facts.now) + "." : "Not checked yet.";
  if (!facts.shard.is_whole()) page += " Shows what one of several monitors checks.";
  page += "</p></section>\n";
  for (std::size_t i = 0; i < shown.size(); ++i) page += public_target(*shown[i], facts.now, i);
  return page + "</main><footer>Times are UTC.</footer></body></html>\n";
}

}  // namespace sonde::page
