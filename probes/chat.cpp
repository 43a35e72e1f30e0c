#include "probes/chat.hpp"

#include <utility>

namespace sonde {
namespace {

namespace asio = boost::asio;

talk::Turn turn_of(const ChatSettings& settings) {
  talk::Turn turn{.dialect = settings.session.dialect,
                  .rules = settings.session.dialect->rules_of_events,
                  .prompt = settings.prompt,
                  .challenge = settings.challenge,
                  .answer = settings.answer};
  turn.rules.gap_max = settings.gap_max;
  turn.rules.settle = settings.settle;
  return turn;
}

class ChatProbe : public Probe {
 public:
  ChatProbe(std::shared_ptr<const ChatSettings> settings, std::shared_ptr<const Site> site,
            net::Network& network)
      : settings_(std::move(settings)),
        site_(std::move(site)),
        network_(network),
        turn_(turn_of(*settings_)) {}

  asio::awaitable<Verdict> attempt(const Attempt& attempt, Trace& trace) const override {
    trace.at(Step::login);
    auto names = site_->names(attempt.seed, trace);
    if (!names) co_return Verdict::of(Step::login, names.error());
    auto opening = open_session(settings_->session, *site_, network_, *names, trace);
    Opened opened = co_await std::move(opening);
    if (opened.failure) co_return std::move(*opened.failure);
    auto conversing = talk::converse(*opened.session, turn_, *names, trace);
    Verdict verdict = co_await std::move(conversing);
    auto leaving = leave_session(*opened.session, trace);
    co_await std::move(leaving);
    co_return verdict;
  }

 private:
  std::shared_ptr<const ChatSettings> settings_;
  std::shared_ptr<const Site> site_;
  net::Network& network_;
  talk::Turn turn_;
};

}  // namespace

const config::Section<ChatSettings>& section_of(const ChatSettings*) {
  using S = ChatSettings;
  static const auto keys =
      config::Section<S>()
          .also(&S::heading, section_of(static_cast<const Heading*>(nullptr)))
          .also(&S::common, section_of(static_cast<const Common*>(nullptr)))
          .also(&S::session, section_of(static_cast<const SessionSettings*>(nullptr)))
          .key("prompt", &S::prompt, "The message that is sent; it may ask {{challenge}}.",
               {.required = true, .filled = true})
          .key("challenge", &S::challenge,
               "A question with a computed answer: product, sum or reverse.")
          .key("answer", &S::answer, "What the answer must be, instead of a challenge's.")
          .key("gap_max", &S::gap_max, "The longest silence between two events; 0s: no limit.",
               {.min = 0, .max = 3600})
          .key("settle", &S::settle,
               "How long doubled and late events are waited for after the terminal one.",
               {.min = 0, .max = 60});
  return keys;
}

void add_needs(const ChatSettings& settings, text::Needs& needs) {
  add_needs(settings.session, needs);
  needs.add(settings.prompt);
  if (settings.answer.equals) needs.add(*settings.answer.equals);
}

std::vector<std::string> events_of(const ChatSettings& settings) {
  std::vector<std::string> names;
  for (const auto& event : settings.session.dialect->rules_of_events.events)
    if (!event.forbid && event.terminal != talk::Terminal::bad) names.push_back(event.id);
  return names;
}

std::unique_ptr<Probe> make_probe(std::shared_ptr<const ChatSettings> settings,
                                  std::shared_ptr<const Site> site, net::Network& network) {
  return std::make_unique<ChatProbe>(std::move(settings), std::move(site), network);
}

}  // namespace sonde
