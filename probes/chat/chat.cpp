#include "probes/chat/chat.hpp"

#include <utility>

#include "probes/diagnosis/session_probe.hpp"
#include "probes/session/secret_trial.hpp"

namespace sonde::chat {
namespace {

namespace asio = boost::asio;

class ChatProbe : public diagnosis::SessionProbe {
 public:
  ChatProbe(const std::shared_ptr<const ChatSettings>& settings,
            std::shared_ptr<const session::ProbeContext> site, session::Shared& shared)
      : diagnosis::SessionProbe(settings->session, std::move(site), shared),
        settings_(settings),
        turn_(turn_of(settings)) {}

 private:
  asio::awaitable<Verdict> use(net::Websocket& session, text::Names& names,
                               Trace& trace) const override {
    auto& own_runs = shared().own_runs[{site().target_name, site().identity_name}];
    auto conversing = session::converse(session, turn_, settings_->session.socket,
                                        {site(), shared(), names, trace}, &own_runs);
    Verdict verdict = co_await std::move(conversing);
    co_return verdict;
  }
  const dialect::ChatExchange* turn() const override { return &turn_; }

  std::shared_ptr<const ChatSettings> settings_;
  dialect::ChatExchange turn_;
};

}  // namespace

dialect::ChatExchange turn_of(const std::shared_ptr<const ChatSettings>& settings) {
  return {.dialect = settings->session.dialect,
          .rules = {settings, &settings->rules},
          .prompt = settings->prompt,
          .challenge = settings->challenge,
          .answer = settings->answer};
}

const config::Section<ChatSettings>& section_of(const ChatSettings*) {
  using S = ChatSettings;
  static const auto keys =
      config::Section<S>()
          .also(&S::heading, config::section<ProbeHeader>())
          .also(&S::common, config::section<Common>())
          .also(&S::session, config::section<session::SessionSettings>())
          .key("prompt", &S::prompt, "The message that is sent; it may ask {{challenge}}.",
               {.required = true, .filled = true})
          .key("challenge", &S::challenge,
               "A question with a computed answer: product, sum or reverse.")
          .key("answer", &S::answer, "What the answer must be, instead of a challenge's.")
          .also(&S::rules, config::section<dialect::EventRules>());
  return keys;
}

void add_needs(const ChatSettings& settings, text::Needs& needs) {
  add_needs(settings.session, needs);
  text::Needs own;
  own.add(settings.prompt);
  if (settings.answer.equals) own.add(*settings.answer.equals);
  for (const auto& spec : settings.rules.events) own.add(spec.json);
  needs.add_but(std::move(own), [&](const std::string& name) {
    return dialect::supplies(*settings.session.dialect, name);
  });
}

std::vector<std::string> events_of(const ChatSettings& settings) {
  return dialect::event_names(settings.rules);
}

namespace {

bool read_settings(const config::Value& value, const config::Reader& reader, ChatSettings& out) {
  out.rules = out.session.dialect->rules_of_events;
  const bool good = config::section<ChatSettings>().read(value, reader, out);
  return dialect::check(out.rules, reader, value.place) && good;
}

}  // namespace

const session::KindHooks<ChatSettings>& hooks_of(const ChatSettings*) {
  using S = ChatSettings;
  static constexpr session::KindHooks<S> hooks{.parts = [](S& settings) -> session::KindParts {
                                                 return {.heading = settings.heading,
                                                         .common = settings.common,
                                                         .session = &settings.session};
                                               },
                                               .add_needs = add_needs,
                                               .make = session::make_probe<ChatProbe, S>,
                                               .read = read_settings,
                                               .events = events_of};
  return hooks;
}

}  // namespace sonde::chat
