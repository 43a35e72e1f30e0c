#pragma once
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "probes/dialect/answer.hpp"
#include "probes/dialect/dialect.hpp"
#include "probes/dialect/own_runs.hpp"
#include "probes/net/websocket/websocket.hpp"

namespace sonde::dialect {

// One exchange of a chat, as configured.
struct ChatExchange {
  std::shared_ptr<const Dialect> dialect;
  std::shared_ptr<const EventRules> rules;  // the dialect's, changed by the probe
  text::Template prompt;
  ChallengeKind challenge = ChallengeKind::none;
  AnswerRules answer;
};

// Sends the prompt and judges the messages that follow. Records frames, events, deliveries, times
// and the three results in `trace`; steps events and answer. A terminal event is judged even if the
// deadline cuts the settle time short. Messages before the prompt was sent, such as a greeting, are
// not events of the exchange. `own_runs`, if given, learns the ids of this run; frames of the other
// runs in it are not foreign, and prove nothing. Does not close the session.
boost::asio::awaitable<Verdict> converse(net::Websocket& session, const ChatExchange& turn,
                                         text::Names& names, Trace& trace,
                                         OwnRuns* own_runs = nullptr);

}  // namespace sonde::dialect
