#pragma once
#include <memory>
#include <string>

#include "probes/core/common.hpp"
#include "probes/dialect/conversation.hpp"
#include "probes/session/session.hpp"

namespace sonde {

struct ChatSettings {
  Heading heading;
  Common common;
  SessionSettings session;
  text::Template prompt;
  talk::ChallengeKind challenge = talk::ChallengeKind::none;
  talk::AnswerRules answer;
  talk::EventRules rules;  // the dialect's, and over them what the probe says
};
const config::Section<ChatSettings>& section_of(const ChatSettings*);
bool read_settings(const config::Value& value, const config::Reader& reader, ChatSettings& out);
void add_needs(const ChatSettings& settings, text::Needs& needs);

// The whole walk: login, upgrade, ready, one message, its events, its answer.
std::unique_ptr<Probe> make_probe(std::shared_ptr<const ChatSettings> settings,
                                  std::shared_ptr<const Site> site, Shared& shared);

// What such a chat says and expects; it keeps the settings alive.
talk::Turn turn_of(const std::shared_ptr<const ChatSettings>& settings);

// The canonical names of the events that a chat of these settings can count.
std::vector<std::string> events_of(const ChatSettings& settings);

}  // namespace sonde
