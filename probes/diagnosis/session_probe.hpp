#pragma once
#include <memory>

#include "probes/core/common.hpp"
#include "probes/core/probe.hpp"
#include "probes/diagnosis/diagnosis_request.hpp"
#include "probes/session/session.hpp"

namespace sonde::diagnosis {

// A probe that uses one session: opens it, does what its kind does, closes it, and diagnoses
// failures. A failure to open it that our own refusal checks have caused is breaker_open.
class SessionProbe : public Probe {
 public:
  boost::asio::awaitable<Verdict> attempt(const Attempt& attempt, Trace& trace) const final;
  boost::asio::awaitable<Verdict> diagnose(const DiagnosisRequest& request, Verdict verdict,
                                           Trace& trace) const final;

 protected:
  // `settings` has to outlive the probe.
  SessionProbe(const session::SessionSettings& settings,
               std::shared_ptr<const session::ProbeContext> site, session::Shared& shared)
      : settings_(settings), site_(std::move(site)), shared_(shared) {}

  const session::ProbeContext& site() const { return *site_; }
  session::Shared& shared() const { return shared_; }

 private:
  // Called while the session is open and ready.
  virtual boost::asio::awaitable<Verdict> use(net::Websocket& session, text::Names& names,
                                              Trace& trace) const = 0;
  // Called after a successful use, when the session is closed.
  virtual boost::asio::awaitable<Verdict> afterwards(const Attempt& attempt, text::Names& names,
                                                     Trace& trace) const;
  // The exchange that the probe makes, for a diagnosis; null: none.
  virtual const dialect::ChatExchange* turn() const { return nullptr; }

  boost::asio::awaitable<Verdict> walk(const Attempt& attempt, text::Names& names,
                                       Trace& trace) const;

  const session::SessionSettings& settings_;
  std::shared_ptr<const session::ProbeContext> site_;
  session::Shared& shared_;
};

}  // namespace sonde::diagnosis
