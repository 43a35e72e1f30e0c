#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "daemon/app/exit_code.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/notify/post.hpp"
#include "daemon/system/output.hpp"
#include "probes/text/encode.hpp"
#include "probes/text/printable.hpp"

namespace sonde::commands {
namespace {

namespace asio = boost::asio;

Severity severity_of(const std::string& word) {
  Severity severity = Severity::info;
  for (const auto& [text, value] : names_of(&severity))
    if (text == word) severity = value;
  return severity;
}

// Marked as a test by a label, so that routing can distinguish it from a real alert.
Alert test_alert(const app::Flags& flags, WallTime now) {
  Alert alert;
  alert.severity = severity_of(flags.severity);
  alert.labels = {{"alertname", flags.alert}, {"severity", flags.severity}, {"test", "true"}};
  alert.annotations = {
      {"summary", "This is a test of the receiver by sonde test-alert; nothing is wrong."}};
  alert.starts = now;
  const auto since = now.time_since_epoch().count();
  alert.incident = text::sha256(std::to_string(since)).substr(0, 16);
  return alert;
}

notify::Message message_of(const notify::ReceiverEntry& entry, const notify::Receiver& place,
                           const Alert& alert) {
  return {.receiver = entry.name,
          .group = place.group_of(alert),
          .alerts = {alert},
          .now = alert.starts,
          .external_url = {},
          .incident = alert.incident};
}

struct Keep {
  notify::Posted* posted;
  void operator()(const std::exception_ptr& thrown, const notify::Posted& got) const {
    if (thrown) std::rethrow_exception(thrown);
    *posted = got;
  }
};

bool tell(const notify::ReceiverEntry& entry, const std::shared_ptr<const notify::Receiver>& place,
          const Alert& alert) {
  asio::io_context loop{1};
  net::Network network(loop.get_executor());
  notify::LastAddress last;
  notify::Posted posted;
  auto posting = post(network, place, message_of(entry, *place, alert), last);
  asio::co_spawn(loop, std::move(posting), Keep{&posted});
  loop.run();
  const bool good = posted.receipt.outcome == notify::DeliveryOutcome::accepted;
  system::print(stdout,
                fmt::format("{} {}: {} in {:.0f} ms: {}\n", entry.name, place->place(),
                            good ? "delivered" : "not delivered", seconds(posted.took) * 1000,
                            text::printable(posted.receipt.detail, true)));
  return good;
}

const notify::ReceiverEntry* find_or_tell(const std::vector<notify::ReceiverEntry>& all,
                                          const std::string& name) {
  const auto found = std::ranges::find(all, name, &notify::ReceiverEntry::name);
  if (found != all.end()) return &*found;
  system::print(stderr, fmt::format("sonde test-alert: there is no receiver '{}'; ", name));
  std::string names;
  for (const auto& entry : all) names += (names.empty() ? "" : ", ") + entry.name;
  system::print(stderr,
                fmt::format("{}\n", names.empty() ? "none is configured" : "there are: " + names));
  return nullptr;
}

}  // namespace

int test_alert_command(const app::Flags& flags) {
  const auto settings = load_or_tell(flags);
  if (!settings) return app::exit_config;
  const notify::ReceiverEntry* entry = find_or_tell(settings->receivers, flags.receiver);
  if (entry == nullptr) return app::exit_usage;
  const Alert alert = test_alert(flags, std::chrono::system_clock::now());
  bool good = true;
  for (const auto& place : entry->places) good &= tell(*entry, place, alert);
  return good ? app::exit_ok : app::exit_failed;
}

}  // namespace sonde::commands
