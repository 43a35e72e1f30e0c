#include "probes/chat.hpp"

#include <utility>

#include "probes/inquiry.hpp"

namespace sonde {
namespace {

namespace asio = boost::asio;

class ChatProbe : public Probe {
 public:
  ChatProbe(std::shared_ptr<const ChatSettings> settings, std::shared_ptr<const Site> site,
            Shared& shared)
      : settings_(std::move(settings)),
        site_(std::move(site)),
        shared_(shared),
        turn_(turn_of(*settings_)) {}

  asio::awaitable<Verdict> attempt(const Attempt& attempt, Trace& trace) const override {
    trace.at(Step::login);
    auto names = site_->names(attempt.seed, trace);
    if (!names) co_return Verdict::of(Step::login, names.error());
    auto opening = open_session(settings_->session, *site_, shared_, *names, trace);
    Opened opened = co_await std::move(opening);
    if (opened.failure) {
      leave_evidence(attempt, *std::move(names));
      co_return std::move(*opened.failure);
    }
    auto conversing = talk::converse(*opened.session, turn_, *names, trace);
    Verdict verdict = co_await std::move(conversing);
    auto leaving = leave_session(*opened.session, trace);
    co_await std::move(leaving);
    if (verdict.outcome == Outcome::fail) leave_evidence(attempt, *std::move(names));
    co_return verdict;
  }

  asio::awaitable<Verdict> diagnose(const Inquiry& inquiry, Verdict verdict,
                                    Trace& trace) const override {
    const Subject subject{settings_->session, *site_, shared_, &turn_};
    auto inquiring = inquire(subject, inquiry, std::move(verdict), trace);
    Verdict explained = co_await std::move(inquiring);
    co_return explained;
  }

 private:
  std::shared_ptr<const ChatSettings> settings_;
  std::shared_ptr<const Site> site_;
  Shared& shared_;
  talk::Turn turn_;
};

}  // namespace

talk::Turn turn_of(const ChatSettings& settings) {
  return {.dialect = settings.session.dialect,
          .rules = settings.rules,
          .prompt = settings.prompt,
          .challenge = settings.challenge,
          .answer = settings.answer};
}

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
          .also(&S::rules, talk::section_of(static_cast<const talk::EventRules*>(nullptr)));
  return keys;
}

bool read_settings(const config::Value& value, const config::Reader& reader, ChatSettings& out) {
  out.rules = out.session.dialect->rules_of_events;
  const bool good = section_of(static_cast<const ChatSettings*>(nullptr)).read(value, reader, out);
  return talk::check(out.rules, reader, value.place) && good;
}

void add_needs(const ChatSettings& settings, text::Needs& needs) {
  add_needs(settings.session, needs);
  text::Needs own;
  own.add(settings.prompt);
  if (settings.answer.equals) own.add(*settings.answer.equals);
  for (const auto& spec : settings.rules.events) own.add(spec.json);
  for (auto& need : own.all)
    if (!talk::supplies(*settings.session.dialect, need.name)) needs.all.push_back(std::move(need));
}

std::vector<std::string> events_of(const ChatSettings& settings) {
  return talk::event_names(settings.rules);
}

std::unique_ptr<Probe> make_probe(std::shared_ptr<const ChatSettings> settings,
                                  std::shared_ptr<const Site> site, Shared& shared) {
  return std::make_unique<ChatProbe>(std::move(settings), std::move(site), shared);
}

}  // namespace sonde
