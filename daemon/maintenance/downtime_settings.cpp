#include "daemon/maintenance/downtime_settings.hpp"

#include <fmt/format.h>

#include <array>
#include <set>
#include <string_view>

#include "probes/text/time.hpp"

namespace sonde::maintenance {
namespace {

constexpr Span configured_max = std::chrono::hours(366 * 24);
constexpr std::size_t configured_count_max = 100;

void tell(const std::vector<DowntimeFlaw>& flaws, const config::Value::Entry& entry,
          const config::Reader& reader) {
  for (const DowntimeFlaw& flaw : flaws) {
    const config::Value* value = entry.value.find(flaw.key);
    reader.at(flaw.key).wrong(value ? value->place : entry.place, flaw.text);
  }
}

}  // namespace

std::span<const config::Named<Weekday>> names_of(const Weekday*) {
  using enum Weekday;
  static constexpr std::array<config::Named<Weekday>, 7> names = {{{"mon", mon},
                                                                   {"tue", tue},
                                                                   {"wed", wed},
                                                                   {"thu", thu},
                                                                   {"fri", fri},
                                                                   {"sat", sat},
                                                                   {"sun", sun}}};
  return names;
}

std::span<const config::Named<InRates>> names_of(const InRates*) {
  static constexpr std::array<config::Named<InRates>, 2> names = {
      {{"exclude", InRates::exclude}, {"include", InRates::include}}};
  return names;
}

const config::Section<MaintenanceConfig>& section_of(const MaintenanceConfig*) {
  using W = MaintenanceConfig;
  static const auto keys =
      config::Section<W>()
          .key("from", &W::from,
               "When it begins, once: 2026-12-01T02:00, or with an offset, 2026-12-01T02:00+01:00.")
          .key("to", &W::to, "When it ends; or 'for'.")
          .key("at", &W::at, "When it begins, again and again: \"02:00\".")
          .key("days", &W::days, "On which days of the week; without them on every day.",
               {.min = 1, .max = 7})
          .key("for", &W::length, "How long it lasts.", {.min = 1, .max = 366 * 86400.0})
          .key("zone", &W::zone, "The time zone of these times, as Europe/Berlin.",
               {.filled = true})
          .key("where", &W::where, "Of which probes; without it of all.")
          .key("reason", &W::reason, "Why, for people who read it.",
               {.required = true, .filled = true})
          .key("author", &W::author, "Who says so.")
          .key("rates", &W::rates, "Whether its runs count in the rates.");
  return keys;
}

std::vector<Downtime> make_downtimes(const std::map<std::string, MaintenanceConfig>& entries,
                                     const config::Value& root,
                                     std::span<const std::shared_ptr<const Check>> checks,
                                     config::Mistakes& mistakes) {
  std::vector<Downtime> downtimes;
  const config::Value* all = root.find("maintenance");
  if (!all) return downtimes;
  const config::Reader reader = config::Reader(mistakes).at("maintenance");
  if (all->entries.size() > configured_count_max) reader.wrong(all->place, "at most 100 are taken");
  for (const auto& entry : all->entries) {
    const auto found = entries.find(entry.name);
    if (found == entries.end()) continue;
    auto downtime = make_downtime(found->second, checks, configured_max);
    if (!downtime) {
      tell(downtime.error(), entry, reader.at(entry.name));
      continue;
    }
    if (!period_at(*downtime, std::chrono::system_clock::now()))
      reader.at(entry.name).warn(entry.place, "it is over, and has no effect; remove it");
    downtime->id = entry.name;
    downtime->configured = true;
    downtimes.push_back(std::move(*downtime));
  }
  return downtimes;
}

namespace {

using Checks = std::span<const std::shared_ptr<const Check>>;

constexpr std::size_t comment_max = 500;
constexpr Span recurring_max = std::chrono::hours(6 * 24);  // longer ones would never end
constexpr std::string_view as_written =
    "a time is written 2026-12-01T02:00, or with an offset, 2026-12-01T02:00+01:00";

// Makes one downtime from its text.
class DowntimeMaker {
 public:
  DowntimeMaker(const MaintenanceConfig& text, Checks checks, Span longest)
      : text_(text), checks_(checks), longest_(longest) {}
  std::expected<Downtime, std::vector<DowntimeFlaw>> make();

 private:
  void wrong(std::string_view key, std::string text) {
    flaws_.push_back({std::string(key), std::move(text)});
  }
  std::optional<WallTime> moment(std::string_view key, const std::string& text, Zone::Twice twice);
  void read_zone();
  void read_once();
  void read_again();
  void read_texts();
  void vet_names(std::string_view key, const std::vector<std::string>& wanted,
                 std::string Check::* part);

  const MaintenanceConfig& text_;
  Checks checks_;
  Span longest_;
  Zone zone_;
  Downtime downtime_;
  std::vector<DowntimeFlaw> flaws_;
};

void DowntimeMaker::read_zone() {
  auto found = Zone::find(text_.zone);
  if (!found) return wrong("zone", found.error());
  zone_ = std::move(*found);
}

std::optional<WallTime> DowntimeMaker::moment(std::string_view key, const std::string& text,
                                              Zone::Twice twice) {
  const auto written = text::parse_time(text);
  if (!written) {
    wrong(key, std::string(as_written));
    return std::nullopt;
  }
  const auto exact = written->wall();
  return exact ? *exact : zone_.wall(written->local, twice);
}

// If an hour occurs twice, both are included: from the first to the second.
void DowntimeMaker::read_once() {
  if (!text_.days.empty()) wrong("days", "belongs to 'at'; with 'from' it comes once");
  const auto from = moment("from", text_.from, Zone::Twice::first);
  const bool both = !text_.to.empty() && text_.length > Span::zero();
  if (both || (text_.to.empty() && text_.length == Span::zero()))
    return wrong("to", "say when it ends: either 'to' or 'for'");
  const auto written = text_.to.empty() ? from : moment("to", text_.to, Zone::Twice::second);
  if (!from || !written) return;
  const WallTime to = text_.to.empty() ? *from + text_.length : *written;
  const std::string_view key = text_.to.empty() ? "for" : "to";
  if (to <= *from)
    wrong(key, "it would end before it begins");
  else if (to - *from > longest_)
    wrong(key, fmt::format("at most {} are taken", config::show(longest_)));
  downtime_.once = {*from, to};
}

void DowntimeMaker::read_again() {
  if (!text_.from.empty() || !text_.to.empty())
    wrong("at", "it comes either once ('from') or again and again ('at')");
  const auto at = text::parse_clock(text_.at);
  if (!at) wrong("at", "a time of the day is written \"02:00\"");
  if (text_.length == Span::zero())
    wrong("for", "say how long it lasts");
  else if (text_.length > recurring_max)
    wrong("for", fmt::format("at most {} are taken", config::show(recurring_max)));
  Recurrence again{.days = {},
                   .at = at.value_or(std::chrono::minutes(0)),
                   .length = std::chrono::floor<std::chrono::seconds>(text_.length),
                   .zone = zone_};
  for (const Weekday day : text_.days) again.days.emplace_back(static_cast<unsigned>(day));
  downtime_.again = std::move(again);
}

void DowntimeMaker::vet_names(std::string_view key, const std::vector<std::string>& wanted,
                              std::string Check::* part) {
  std::set<std::string_view> known;
  for (const auto& check : checks_) known.insert((*check).*part);
  for (const auto& name : wanted) {
    if (known.contains(name)) continue;
    wrong("where", config::no_such(key, name, {known.begin(), known.end()}));
  }
}

void DowntimeMaker::read_texts() {
  if (text_.reason.size() > comment_max || text_.author.size() > comment_max)
    wrong("reason", fmt::format("reason and author have at most {} bytes", comment_max));
  downtime_.reason = text_.reason;
  downtime_.author = text_.author;
  downtime_.where = text_.where;
  downtime_.counted = text_.rates == InRates::include;
}

std::expected<Downtime, std::vector<DowntimeFlaw>> DowntimeMaker::make() {
  read_zone();
  if (!text_.at.empty())
    read_again();
  else if (!text_.from.empty())
    read_once();
  else
    wrong("from", "say when: 'from' for once, 'at' for again and again");
  read_texts();
  vet_names("probe", text_.where.probe, &Check::name);
  vet_names("kind", text_.where.kind, &Check::kind);
  vet_names("target", text_.where.target, &Check::target);
  if (!flaws_.empty()) return std::unexpected(std::move(flaws_));
  return std::move(downtime_);
}

}  // namespace

std::expected<Downtime, std::vector<DowntimeFlaw>> make_downtime(const MaintenanceConfig& text,
                                                                 Checks checks, Span longest) {
  return DowntimeMaker(text, checks, longest).make();
}

}  // namespace sonde::maintenance
