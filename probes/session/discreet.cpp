#include "probes/session/discreet.hpp"

#include <utility>

#include "probes/auth/hide.hpp"

namespace sonde::session {
namespace {

namespace asio = boost::asio;

constexpr std::size_t bytes_max = Secrets::bytes_max / 4;

class DiscreetProbe final : public Probe {
 public:
  DiscreetProbe(std::unique_ptr<Probe> probe, std::string target,
                std::vector<config::Secret> secrets, Shared& shared)
      : probe_(std::move(probe)),
        target_(std::move(target)),
        secrets_(std::move(secrets)),
        shared_(shared) {}

  // Hides again at the end, because other runs log in while this one lasts.
  asio::awaitable<Verdict> attempt(const Attempt& attempt, Trace& trace) const override {
    hide_others(trace);
    auto attempting = probe_->attempt(attempt, trace);
    Verdict verdict = co_await std::move(attempting);
    shared_.token_cache.hide_issued(target_, trace, verdict.detail);
    co_return verdict;
  }

  asio::awaitable<Verdict> diagnose(const DiagnosisRequest& request, Verdict verdict,
                                    Trace& trace) const override {
    auto inquiring = probe_->diagnose(request, std::move(verdict), trace);
    Verdict explained = co_await std::move(inquiring);
    shared_.token_cache.hide_issued(target_, trace, explained.detail);
    co_return explained;
  }

 private:
  // A secret that cannot be read fails the runs that need it, not this one. Only a part of a
  // trace's limit is used for the secrets of others.
  void hide_others(Trace& trace) const {
    std::size_t left = bytes_max;
    for (const config::Secret& secret : secrets_) {
      const auto text = secret.reveal();
      if (!text || text->size() > left) continue;
      left -= text->size();
      auth::hide(trace, *text);
    }
    shared_.token_cache.hide_issued(target_, trace, "");
  }

  std::unique_ptr<Probe> probe_;
  std::string target_;
  std::vector<config::Secret> secrets_;
  Shared& shared_;
};

}  // namespace

std::unique_ptr<Probe> make_discreet(std::unique_ptr<Probe> probe, std::string target,
                                     std::vector<config::Secret> secrets, Shared& shared) {
  return std::make_unique<DiscreetProbe>(std::move(probe), std::move(target), std::move(secrets),
                                         shared);
}

}  // namespace sonde::session
