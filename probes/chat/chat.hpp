#pragma once
#include <memory>
#include <string>

#include "probes/core/common.hpp"
#include "probes/dialect/conversation.hpp"
#include "probes/session/kind_hooks.hpp"

namespace sonde::chat {

struct ChatSettings {
  ProbeHeader heading;
  Common common;
  session::SessionSettings session;
  text::Template prompt;
  dialect::ChallengeKind challenge = dialect::ChallengeKind::none;
  dialect::AnswerRules answer;
  dialect::EventRules rules;  // the dialect's, changed by the probe's
};
const config::Section<ChatSettings>& section_of(const ChatSettings*);
void add_needs(const ChatSettings& settings, text::Needs& needs);

// A probe of the whole path: login, upgrade, ready, one message, its events, its answer.
const session::KindHooks<ChatSettings>& hooks_of(const ChatSettings*);

// The exchange of such a chat; it keeps the settings alive.
dialect::ChatExchange turn_of(const std::shared_ptr<const ChatSettings>& settings);

// The canonical names of the events that a chat with these settings counts.
std::vector<std::string> events_of(const ChatSettings& settings);

}  // namespace sonde::chat
