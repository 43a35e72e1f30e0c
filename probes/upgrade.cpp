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
    std::optional<Failure> failed;
    if (settings_->hold) {
      auto holding = hold_session(*opened.session, *settings_->hold, *settings_->session.dialect,
                                  *names, trace);
      failed = co_await std::move(holding);
    }
    auto leaving = leave_session(*opened.session, trace);
    co_await std::move(leaving);
    if (failed) co_return Verdict::of(Step::hold, std::move(*failed));
    if (!attempt.check_refusals || settings_->refuse.checks.empty()) co_return Verdict::pass();
    const RefusalSubject subject{
        settings_->refuse, settings_->session, *site_, shared_, attempt.seed, *names, trace};
    auto checking = check_refusals(subject, attempt.refusal_turn);
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
          .key("hold", &S::hold, "How long the ready session is kept, and what becomes of it.")
          .also(&S::refuse, section_of(static_cast<const RefuseSettings*>(nullptr)));
  return keys;
}

bool read_settings(const config::Value& value, const config::Reader& reader, UpgradeSettings& out) {
  if (!section_of(static_cast<const UpgradeSettings*>(nullptr)).read(value, reader, out))
    return false;
  if (!check(out.refuse, out.session, value, reader)) return false;
  if (!out.hold || out.hold->length < out.common.timeout) return true;
  reader.at("hold").wrong(value.find("hold")->place,
                          "it holds for " + config::show(out.hold->length) +
                              ", but its timeout is " + config::show(out.common.timeout) +
                              "; the timeout has to cover it");
  return false;
}

void add_needs(const UpgradeSettings& settings, text::Needs& needs) {
  add_needs(settings.session, needs);
  add_needs(settings.refuse, needs);
}

std::vector<Whom> others_of(const UpgradeSettings& settings) {
  const std::string& other = settings.refuse.other_login;
  if (other.empty()) return {};
  return {{.as = {settings.common.as, "as", {}}, .login = {other, "other_login", {}}}};
}

std::unique_ptr<Probe> make_probe(std::shared_ptr<const UpgradeSettings> settings,
                                  std::shared_ptr<const Site> site, Shared& shared) {
  return std::make_unique<UpgradeProbe>(std::move(settings), std::move(site), shared);
}

}  // namespace sonde
