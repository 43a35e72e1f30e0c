#pragma once
#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/core/alert.hpp"
#include "daemon/core/change.hpp"
#include "daemon/core/view.hpp"

namespace sonde::alert {

// Which alerts fired, from when to when, who was notified, and who acknowledged them. Kept across a
// restart: the newest 500 that ended, for 90 days. Pure.
class History {
 public:
  static constexpr std::size_t ended_max = 500;
  static constexpr std::size_t notifications_max = 40;  // entries of one alert
  static constexpr std::chrono::hours kept{90 * 24};

  // Takes everything that fires or ended recently. An alert that is missing has ended.
  void update(std::span<const Alert> current, WallTime now);
  // A receiver accepted the alert with this fingerprint.
  void notified(const std::string& receiver, std::uint64_t alert, bool firing, WallTime now);

  // A receiver has not taken it for long; forgotten when it accepts it after all.
  void undelivered(const std::string& receiver, std::uint64_t alert, bool firing, WallTime now);

  // Acknowledges the firing alerts of a name, of one target or of all, until they end. The error
  // says what is wrong with the request; returns what is acknowledged now.
  std::expected<std::vector<AlertRecord>, std::string> acknowledge(
      const AcknowledgeRequest& request, WallTime now);
  // Takes the acknowledgement back.
  std::expected<std::vector<AlertRecord>, std::string> withdraw(const AcknowledgeRequest& request);
  // Marks those of `alerts` that are acknowledged, and adds by whom to their annotations.
  void mark(std::vector<Alert>& alerts) const;

  // By whom the firing alert with these labels is acknowledged; empty: by nobody.
  std::string acknowledged(const Labels& alert) const;

  // Newest first.
  std::vector<AlertRecord> list(const AlertRecordQuery& query) const;

  void restore(std::span<const StateRecord> notes);
  // The records that changed since the last call.
  std::vector<StateRecord> take_notes();

 private:
  using Id = std::pair<WallTime, std::uint64_t>;  // start, fingerprint: in order of time
  using Records = std::map<Id, AlertRecord>;
  Records::iterator find(std::uint64_t alert, bool firing);
  std::expected<std::vector<AlertRecord>, std::string> set(
      const AcknowledgeRequest& request, const std::optional<Acknowledgement>& by);
  std::vector<Id> matching(const AcknowledgeRequest& request) const;
  void end_missing(std::span<const Alert> current, WallTime now);
  void forget(WallTime now);

  Records records_;
  std::map<std::uint64_t, Id> open_;  // of the records that have not ended, by fingerprint
  std::set<Id> changed_;
};

// "by ann at 14:05 UTC: looking".
std::string show(const Acknowledgement& acknowledgement);

}  // namespace sonde::alert
