#include "probes/upgrade.hpp"

#include <utility>

#include "probes/inquiry.hpp"

namespace sonde {
namespace {

namespace asio = boost::asio;

class UpgradeProbe : public Probe {
 public:
  UpgradeProbe(std::shared_ptr<const UpgradeSettings> settings, std::shared_ptr<const Site> site,
               Shared& shared)
      : settings_(std::move(settings)), site_(std::move(site)), shared_(shared) {}

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
    auto leaving = leave_session(*opened.session, trace);
    co_await std::move(leaving);
    if (!attempt.check_refusals || settings_->refuse.empty()) co_return Verdict::pass();
    auto checking = check_refusals(settings_->refuse, settings_->session, shared_, *names, trace);
    auto wrong = co_await std::move(checking);
    co_return wrong ? std::move(*wrong) : Verdict::pass();
  }

  asio::awaitable<Verdict> diagnose(const Inquiry& inquiry, Verdict verdict,
                                    Trace& trace) const override {
    const Subject subject{settings_->session, *site_, shared_};
    auto inquiring = inquire(subject, inquiry, std::move(verdict), trace);
    Verdict explained = co_await std::move(inquiring);
    co_return explained;
  }

 private:
  std::shared_ptr<const UpgradeSettings> settings_;
  std::shared_ptr<const Site> site_;
  Shared& shared_;
};

}  // namespace

const config::Section<UpgradeSettings>& section_of(const UpgradeSettings*) {
  using S = UpgradeSettings;
  static const auto keys =
      config::Section<S>()
          .also(&S::heading, section_of(static_cast<const Heading*>(nullptr)))
          .also(&S::common, section_of(static_cast<const Common*>(nullptr)))
          .also(&S::session, section_of(static_cast<const SessionSettings*>(nullptr)))
          .key("refuse", &S::refuse, "What must be refused after the main upgrade passed.");
  return keys;
}

void add_needs(const UpgradeSettings& settings, text::Needs& needs) {
  add_needs(settings.session, needs);
}

std::unique_ptr<Probe> make_probe(std::shared_ptr<const UpgradeSettings> settings,
                                  std::shared_ptr<const Site> site, Shared& shared) {
  return std::make_unique<UpgradeProbe>(std::move(settings), std::move(site), shared);
}

}  // namespace sonde
