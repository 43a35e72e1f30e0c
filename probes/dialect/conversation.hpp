#pragma once
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "probes/dialect/answer.hpp"
#include "probes/dialect/dialect.hpp"
#include "probes/dialect/own_runs.hpp"
#include "probes/net/websocket/websocket.hpp"

namespace sonde::dialect {

// One turn of a chat, as configured.
struct ChatExchange {
  std::shared_ptr<const Dialect> dialect;
  std::shared_ptr<const EventRules> rules;  // the dialect's, with the probe's changes
  text::Template prompt;
  ChallengeKind challenge = ChallengeKind::none;
  AnswerRules answer;
};

// Sends the prompt and judges what comes. Notes frames, events, deliveries, times and the three
// answers in `trace`; steps events and answer. A terminal event whose settle time the deadline
// cuts is still judged. What came before the prompt was sent, as a greeting, is no event of the
// turn. `own_runs`, where it is given, learns the ids of this one; frames of the others in it
// belong to no stranger, and are evidence of nothing. Does not close the session.
boost::asio::awaitable<Verdict> converse(net::Websocket& session, const ChatExchange& turn,
                                         text::Names& names, Trace& trace,
                                         OwnRuns* own_runs = nullptr);

}  // namespace sonde::dialect
