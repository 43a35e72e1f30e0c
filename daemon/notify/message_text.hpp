#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/notify/receiver.hpp"

namespace sonde::notify {

// The words with which receivers show a message to people, without markup. Pure.

// "FIRING", "RECOVERING" if all that fires is good again and only kept firing, or "RESOLVED" once
// every alert has ended.
std::string_view status_word(const Message& message);
// What the message is about: its target, or the receiver's name if the daemon itself is meant.
std::string_view subject_of(const Message& message);
// " (2 alerts, 1 acknowledged, 1 resolved)"; empty once every alert has ended.
std::string counts_of(const Message& message);
// "FIRING staging (2 alerts)", at most `bytes_max` bytes.
std::string title_of(const Message& message, std::size_t bytes_max);

// The first alert in one line, for a title: its summary; but what failed, as long as it fires
// though that is good again.
std::string headline_of(const Message& message);

// Name and URL of what an alert links to: its runbook, its evidence, its own page. A URL of more
// than 2000 bytes is left out.
std::vector<std::pair<std::string_view, std::string>> links_of(const Alert& alert);

// "acknowledged by ann at 2026-01-02 03:04:05 UTC: on it"; empty if nobody looks after it.
std::string acknowledged_line(const Alert& alert);

// One alert in a few lines: name, severity, summary, since when, links.
std::string paragraph_of(const Alert& alert);
// Every alert, in at most `bytes_max` bytes; says how many were left out.
std::string text_of(const Message& message, std::size_t bytes_max);

// The severity of the worst alert that fires and is not set aside, or of the worst one if none
// fires.
Severity severity_of(const Message& message);

// Identifies what has an incident, for a service that opens one at a time under a key: 64 hex
// digits, the same for all incidents of a target that an entry tells of, whatever is configured
// otherwise.
std::string incident_key(const Message& message);

// The annotations for a service that speaks Alertmanager's format: `incident` is the id, unless the
// rule has an annotation of that name or the id is empty.
Labels annotations_with(const Alert& alert, const std::string& incident);

// Identifies one incident: the same in every message about it from its beginning to its end.
// Message::incident, with more characters where several entries lead to one place.
std::string incident_id(const Message& message);

}  // namespace sonde::notify
