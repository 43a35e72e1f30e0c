#include "probes/isolation/isolation.hpp"

#include <algorithm>
#include <utility>

#include "probes/isolation/isolation_run.hpp"

namespace sonde::isolation {
namespace {

namespace asio = boost::asio;

// The chat's, and the canary is said in any case.
dialect::ChatExchange turn_of(const std::shared_ptr<const IsolationSettings>& settings) {
  dialect::ChatExchange turn =
      turn_of(std::shared_ptr<const chat::ChatSettings>(settings, &settings->chat));
  const auto names = turn.prompt.names();
  if (std::ranges::find(names, "canary") != names.end()) return turn;
  if (auto prompt = text::Template::parse(turn.prompt.text() + " (Reference: {{canary}})"))
    turn.prompt = std::move(*prompt);
  return turn;
}

class IsolationProbe : public Probe {
 public:
  IsolationProbe(std::shared_ptr<const IsolationSettings> settings,
                 std::shared_ptr<const session::ProbeContext> site, session::Shared& shared)
      : settings_(std::move(settings)),
        site_(std::move(site)),
        shared_(shared),
        turn_(turn_of(settings_)) {}

  asio::awaitable<Verdict> attempt(const Attempt& attempt, Trace& trace) const override {
    IsolationRun run(*settings_, turn_, *site_, shared_, attempt.seed, trace);
    auto running = run.run();
    Verdict verdict = co_await std::move(running);
    co_return verdict;
  }

 private:
  std::shared_ptr<const IsolationSettings> settings_;
  std::shared_ptr<const session::ProbeContext> site_;
  session::Shared& shared_;
  dialect::ChatExchange turn_;
};

}  // namespace

std::unique_ptr<Probe> make_probe(std::shared_ptr<const IsolationSettings> settings,
                                  std::shared_ptr<const session::ProbeContext> site,
                                  session::Shared& shared) {
  return std::make_unique<IsolationProbe>(std::move(settings), std::move(site), shared);
}

}  // namespace sonde::isolation
