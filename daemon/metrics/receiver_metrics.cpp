#include "daemon/metrics/facts_metrics.hpp"

namespace sonde::metrics {
namespace {

using enum FamilyType;
using Receivers = std::vector<ReceiverFacts>;

void each(Page& page, const Receivers& receivers, auto value) {
  for (const ReceiverFacts& of : receivers)
    page.value({{"receiver", of.name}}, static_cast<double>(value(of)));
}

void write_attempts(Page& page, const Receivers& receivers) {
  page.family("sonde_notifications_total", "Notification delivery attempts.", counter);
  each(page, receivers, [](const ReceiverFacts& of) { return of.sent; });
  page.family("sonde_notifications_failed_total",
              "Notification delivery attempts that failed, by reason.", counter);
  for (const ReceiverFacts& of : receivers)
    for (const auto& [reason, count] : of.failed)
      page.value({{"receiver", of.name}, {"reason", reason}}, static_cast<double>(count));
  page.family("sonde_notifications_dropped_total",
              "Notifications dropped because the queue was full or retries were exhausted.",
              counter);
  each(page, receivers, [](const ReceiverFacts& of) { return of.dropped; });
  page.family("sonde_notification_duration_seconds", "Duration of notification delivery attempts.",
              histogram);
  for (const ReceiverFacts& of : receivers)
    page.histogram({{"receiver", of.name}}, of.durations_bounds, of.durations, of.durations_sum);
}

void write_queues(Page& page, const Receivers& receivers) {
  page.family("sonde_notification_queue_length", "Notifications waiting for delivery.", gauge);
  each(page, receivers, [](const ReceiverFacts& of) { return of.queue_length; });
  page.family("sonde_notification_queue_capacity", "Capacity of the notification queue.", gauge);
  each(page, receivers, [](const ReceiverFacts& of) { return of.queue_capacity; });
}

}  // namespace

void write_receiver_families(Page& page, const std::vector<ReceiverFacts>& receivers) {
  write_attempts(page, receivers);
  write_queues(page, receivers);
  page.family("sonde_notification_last_success_timestamp_seconds",
              "Unix time of the last accepted notification.", gauge);
  for (const ReceiverFacts& of : receivers)
    if (of.last_success) page.value({{"receiver", of.name}}, unix_seconds(*of.last_success));
}

}  // namespace sonde::metrics
