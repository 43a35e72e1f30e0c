#include "daemon/metrics/metric_families.hpp"

#include <algorithm>

namespace sonde::metrics {
namespace {

using enum FamilyType;

// One value for each check; an empty one omits the check.
template <class Value>
void each(Page& page, const AllCounts& all, Value value) {
  for (const Counts* counts : all) {
    const std::optional<double> number = value(*counts);
    if (number)
      page.value({probe_label(*counts), kind_label(*counts), target_label(*counts)}, *number);
  }
}

// One series for each row that has counted something.
class Rare {
 public:
  Rare(Page& page, Instant seen) : page_(page), seen_(seen) {}
  void value(Labels labels, const SparseCount& of, const Exemplar& newest = {}) {
    if (of.count == 0) return;
    if (of.born < seen_)
      page_.value(labels, static_cast<double>(of.count), newest);
    else
      page_.value(labels, 0);
  }

 private:
  Page& page_;
  Instant seen_;
};

void by_reason(Rare& rare, const Counts& of, const std::vector<ReasonCount>& rows) {
  for (const ReasonCount& row : rows)
    rare.value({probe_label(of), kind_label(of), target_label(of), {"reason", name(row.reason)}},
               row.count);
}

void by_pair(Rare& rare, const Counts& of, const std::vector<PairCount>& rows) {
  for (const PairCount& row : rows)
    rare.value({probe_label(of),
                kind_label(of),
                target_label(of),
                {"step", name(row.step)},
                {"reason", name(row.reason)}},
               row.count, row.newest);
}

void by_conclusion(Rare& rare, const Counts& of) {
  for (const ConclusionCount& row : of.conclusions)
    rare.value({probe_label(of),
                kind_label(of),
                target_label(of),
                {"step", name(row.step)},
                {"reason", name(row.reason)},
                {"concluded", name(row.concluded)}},
               row.count);
}

void write_counters(Page& page, const AllCounts& all, Instant seen) {
  Rare rare(page, seen);
  page.family("sonde_probe_runs_total", "Probe runs with the verdict pass or fail.", counter);
  each(page, all, [](const Counts& of) { return static_cast<double>(of.runs); });
  page.family("sonde_probe_failed_runs_total", "Probe runs that failed.", counter);
  each(page, all, [](const Counts& of) { return static_cast<double>(of.failed_runs); });
  page.family("sonde_probe_failures_total", "Probe runs that failed, by step and reason.", counter);
  for (const Counts* of : all) by_pair(rare, *of, of->failures);
  page.family("sonde_probe_conclusions_total",
              "Of the failed runs, those whose cause experiments found after the outage had begun.",
              counter);
  for (const Counts* of : all) by_conclusion(rare, *of);
  page.family("sonde_probe_flaky_total", "Probe runs that passed only when they were retried.",
              counter);
  for (const Counts* of : all)
    rare.value({probe_label(*of), kind_label(*of), target_label(*of)}, of->flaky);
  page.family("sonde_probe_inconclusive_total",
              "Probe runs that say nothing of the target, by the prober's own fault.", counter);
  for (const Counts* of : all) by_reason(rare, *of, of->inconclusive);
  page.family("sonde_probe_skipped_total", "Scheduled runs that were not made, by reason.",
              counter);
  for (const Counts* of : all) by_reason(rare, *of, of->skipped);
}

void write_gauges(Page& page, const AllCounts& all) {
  page.family(
      "sonde_probe_success",
      "Whether the most recent run that was judged passed; runs under maintenance are left out.",
      gauge);
  each(page, all, [](const Counts& of) { return of.success; });
  page.family("sonde_probe_consecutive_failures",
              "Failed runs since the last one that passed, without those under maintenance.",
              gauge);
  each(page, all, [](const Counts& of) { return static_cast<double>(of.consecutive_failures); });
  page.family("sonde_probe_last_run_timestamp_seconds",
              "Unix time at which the most recent run that was judged ended.", gauge);
  each(page, all, [](const Counts& of) { return of.last_run; });
  page.family("sonde_probe_last_success_timestamp_seconds",
              "Unix time at which the most recent run that passed ended.", gauge);
  each(page, all, [](const Counts& of) { return of.last_success; });
  page.family("sonde_probe_suppressed_timestamp_seconds",
              "Unix time of the most recent run that was not made because logins were refused; "
              "absent before the first.",
              gauge);
  each(page, all, [](const Counts& of) { return of.suppressed; });
  page.family("sonde_probe_inconclusive_since_timestamp_seconds",
              "Unix time of the first inconclusive run since the last one that was judged, by the "
              "reason of the newest; absent where the newest run was judged.",
              gauge);
  for (const Counts* of : all)
    if (of->inconclusive_since)
      page.value({probe_label(*of),
                  kind_label(*of),
                  target_label(*of),
                  {"reason", name(of->inconclusive_reason)}},
                 *of->inconclusive_since);
  page.family("sonde_probe_interval_seconds", "Configured interval between runs.", gauge);
  each(page, all, [](const Counts& of) { return seconds(of.check->every); });
  page.family("sonde_probe_timeout_seconds", "Configured deadline of one run.", gauge);
  each(page, all, [](const Counts& of) { return seconds(of.check->timeout); });
}

void write_times(Page& page, const AllCounts& all) {
  page.family("sonde_probe_duration_seconds", "Duration of runs that passed.", histogram);
  for (const Counts* of : all)
    page.histogram({probe_label(*of), kind_label(*of), target_label(*of)}, of->duration);
  page.family("sonde_session_ready_seconds",
              "Time from the start of a run that passed to its first usable session.", histogram);
  for (const Counts* of : all)
    if (std::ranges::find(of->check->steps, Step::upgrade) != of->check->steps.end())
      page.histogram({probe_label(*of), kind_label(*of), target_label(*of)}, of->ready);
  page.family("sonde_probe_phase_duration_seconds",
              "Time spent in each phase of a run that was reached.", summary);
  for (const Counts* of : all)
    for (std::size_t i = 0; i < of->phases.size(); ++i) {
      const PhaseSum& sum = of->phases[i];
      const Label phase{"phase", name(static_cast<Phase>(i))};
      if (sum.count == 0) continue;
      page.sum({probe_label(*of), kind_label(*of), target_label(*of), phase}, sum.count,
               sum.seconds);
    }
}

void write_certificates(Page& page, const AllCounts& all) {
  page.family("sonde_tls_certificate_not_after_timestamp_seconds",
              "Earliest expiry of the certificate chain of a host and port as Unix time.", gauge);
  for (const Counts* of : all)
    for (const auto& [host_port, not_after] : of->certificates)
      page.value({probe_label(*of), kind_label(*of), target_label(*of), {"host_port", host_port}},
                 static_cast<double>(not_after));
}

}  // namespace

void write_probe_families(Page& page, const AllCounts& all, Instant seen,
                          const std::function<int(const Check&)>& in_flight) {
  write_counters(page, all, seen);
  write_gauges(page, all);
  page.family("sonde_probe_in_flight", "Runs under way.", gauge);
  each(page, all, [&in_flight](const Counts& of) { return in_flight ? in_flight(*of.check) : 0; });
  write_times(page, all);
  write_certificates(page, all);
}

namespace {

void by_event(Page& page, const AllCounts& all, std::uint64_t EventCounts::* count) {
  for (const Counts* of : all)
    for (const EventCounts& row : of->events)
      page.value({probe_label(*of), kind_label(*of), target_label(*of), {"event", row.event}},
                 static_cast<double>(row.*count));
}

void by_event(Rare& rare, const AllCounts& all, SparseCount EventCounts::* count) {
  for (const Counts* of : all)
    for (const EventCounts& row : of->events)
      rare.value({probe_label(*of), kind_label(*of), target_label(*of), {"event", row.event}},
                 row.*count);
}

void by_chat(Page& page, const AllCounts& all, Histogram Counts::* times) {
  for (const Counts* of : all)
    if (!of->events.empty())
      page.histogram({probe_label(*of), kind_label(*of), target_label(*of)}, of->*times);
}

}  // namespace

void write_auth_families(Page& page, const AllCounts& all, Instant seen) {
  const auto by_step = [&](std::uint64_t Counts::Attempts::* count) {
    for (const Counts* of : all)
      for (const Counts::Attempts& row : of->auth_attempts)
        page.value({probe_label(*of), kind_label(*of), target_label(*of), {"step", name(row.step)}},
                   static_cast<double>(row.*count));
  };
  page.family("sonde_auth_attempts_total",
              "Logins that were made, and upgrades with a token that should be accepted.", counter);
  by_step(&Counts::Attempts::count);
  page.family("sonde_auth_failed_attempts_total", "Such attempts that failed.", counter);
  by_step(&Counts::Attempts::failed);
  page.family("sonde_auth_failures_total", "Such attempts that failed, by step and reason.",
              counter);
  Rare rare(page, seen);
  for (const Counts* of : all) by_pair(rare, *of, of->auth_failures);
}

void write_event_families(Page& page, const AllCounts& all, Instant seen) {
  page.family("sonde_events_expected_total",
              "Events asked of chat runs whose send completed and that came to an end.", counter);
  by_event(page, all, &EventCounts::expected);
  page.family("sonde_events_delivered_total", "Expected events that were received.", counter);
  by_event(page, all, &EventCounts::delivered);
  Rare rare(page, seen);
  page.family("sonde_events_duplicated_total", "Events that were received too often.", counter);
  by_event(rare, all, &EventCounts::duplicated);
  page.family("sonde_events_late_total", "Events that were received after their time.", counter);
  by_event(rare, all, &EventCounts::late);
  page.family("sonde_events_out_of_order_total", "Events that were received out of order.",
              counter);
  by_event(rare, all, &EventCounts::out_of_order);
  page.family("sonde_events_foreign_total", "Events of another conversation.", counter);
  by_event(rare, all, &EventCounts::foreign);
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
