#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/codec.hpp"
#include "daemon/core/view.hpp"

namespace sonde {

using Labels = std::map<std::string, std::string>;

enum class Severity : std::uint8_t { info, warning, critical };  // in rising order
std::span<const config::Named<Severity>> names_of(const Severity*);
std::string_view name(Severity severity);

// An alert that fires, or that ended recently, in the form that receivers get. A value.
struct Alert {
  // Identity of the alert: alertname, target and severity; probe and kind if it is about one check;
  // and the labels of the rule. Never contains a value, an instance or a location.
  Labels labels;
  Labels
      annotations;  // summary, description, runbook_url, evidence_url, run; change while it fires
  Severity severity = Severity::critical;
  std::string target;  // as in labels; empty: the alert is about the daemon itself
  WallTime starts;     // when it started to fire
  std::optional<WallTime> ended;
  bool notified = true;    // false: held back (inhibition, incident), so it causes no page
  std::string group;       // what it is grouped by: alerts of one group share a message
  std::string source_url;  // absolute URL of the alert on the daemon's pages
  // A maintenance is active, or it is not known whether the alert still holds. Receivers that do
  // not have the alert yet do not get it, and it causes no repeated message.
  bool muted = false;
  bool acknowledged = false;  // somebody looks after it: it causes no repeated message
  // Fingerprints of the alerts that hold this one back. A receiver that gets none of them is
  // notified of this alert separately.
  std::vector<std::uint64_t> held_by = {};
  // Identifies the incident that it belongs to: 16 hex digits, the same for all alerts of a group
  // from the first that fires until none does, also across a restart; empty: not decided yet.
  std::string incident = {};
  // What failed, if the alert fires on only for `keep_firing_for`, because all is good again.
  std::string failed = {};
  friend bool operator==(const Alert&, const Alert&) = default;
};

// Identifies a label set; independent of the daemon. FNV-1a over the sorted pairs with 0xff after
// each name and value, as Prometheus computes it (model.LabelSet.Fingerprint).
std::uint64_t fingerprint(const Labels& labels);

}  // namespace sonde
