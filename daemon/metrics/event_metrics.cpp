#include "daemon/metrics/metric_families.hpp"

namespace sonde::metrics {
namespace {

using enum FamilyType;

void by_event(Page& page, const AllCounts& all, std::uint64_t EventCounts::* count) {
  for (const Counts* of : all)
    for (const EventCounts& row : of->events)
      page.value({probe_label(*of), kind_label(*of), target_label(*of), {"event", row.event}},
                 static_cast<double>(row.*count));
}

void by_chat(Page& page, const AllCounts& all, Histogram Counts::* times) {
  for (const Counts* of : all)
    if (!of->events.empty())
      page.histogram({probe_label(*of), kind_label(*of), target_label(*of)}, of->*times);
}

}  // namespace

void write_auth_families(Page& page, const AllCounts& all) {
  page.family("sonde_auth_attempts_total",
              "Logins that were made, and upgrades with a token that should be accepted.", counter);
  for (const Counts* of : all)
    for (const Counts::Attempts& row : of->auth_attempts)
      page.value({probe_label(*of), kind_label(*of), target_label(*of), {"step", name(row.step)}},
                 static_cast<double>(row.count));
  page.family("sonde_auth_failures_total", "Such attempts that failed, by step and reason.",
              counter);
  for (const Counts* of : all)
    for (const PairCount& row : of->auth_failures)
      page.value({probe_label(*of),
                  kind_label(*of),
                  target_label(*of),
                  {"step", name(row.step)},
                  {"reason", name(row.reason)}},
                 static_cast<double>(row.count));
}

void write_event_families(Page& page, const AllCounts& all) {
  page.family("sonde_events_expected_total",
              "Events asked of chat runs whose send completed and that came to an end.", counter);
  by_event(page, all, &EventCounts::expected);
  page.family("sonde_events_delivered_total", "Expected events that were received.", counter);
  by_event(page, all, &EventCounts::delivered);
  page.family("sonde_events_duplicated_total", "Events that were received too often.", counter);
  by_event(page, all, &EventCounts::duplicated);
  page.family("sonde_events_late_total", "Events that were received after their time.", counter);
  by_event(page, all, &EventCounts::late);
  page.family("sonde_events_out_of_order_total", "Events that were received out of order.",
              counter);
  by_event(page, all, &EventCounts::out_of_order);
  page.family("sonde_events_foreign_total", "Events of somebody else's conversation.", counter);
  by_event(page, all, &EventCounts::foreign);
  page.family("sonde_chat_first_event_seconds",
              "Time from the completed send to the first event of a chat run.", histogram);
  by_chat(page, all, &Counts::first_event);
  page.family("sonde_chat_terminal_event_seconds",
              "Time from the completed send to the terminal event of a chat run.", histogram);
  by_chat(page, all, &Counts::terminal_event);
  page.family("sonde_chat_longest_silence_seconds",
              "Longest time without a frame after the completed send of a chat run.", histogram);
  by_chat(page, all, &Counts::longest_silence);
}

}  // namespace sonde::metrics
