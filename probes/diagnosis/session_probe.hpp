#pragma once
#include <memory>

#include "probes/core/common.hpp"
#include "probes/core/probe.hpp"
#include "probes/diagnosis/diagnosis_request.hpp"
#include "probes/session/session.hpp"

namespace sonde::diagnosis {

// A probe over one session: opens it, does with it what its kind does, leaves it, and knows how its
// failures are looked into. A failure on the way to it that is the echo of our own refusal checks
// is breaker_open.
class SessionProbe : public Probe {
 public:
  boost::asio::awaitable<Verdict> attempt(const Attempt& attempt, Trace& trace) const final;
  boost::asio::awaitable<Verdict> diagnose(const DiagnosisRequest& inquiry, Verdict verdict,
                                           Trace& trace) const final;

 protected:
  // `settings` outlives the probe.
  SessionProbe(const session::SessionSettings& settings,
               std::shared_ptr<const session::ProbeContext> site, session::Shared& shared)
      : settings_(settings), site_(std::move(site)), shared_(shared) {}

  const session::ProbeContext& site() const { return *site_; }
  session::Shared& shared() const { return shared_; }

 private:
  // While it is open and ready.
  virtual boost::asio::awaitable<Verdict> use(net::Websocket& session, text::Names& names,
                                              Trace& trace) const = 0;
  // After a good use, when it was left.
  virtual boost::asio::awaitable<Verdict> afterwards(const Attempt& attempt, text::Names& names,
                                                     Trace& trace) const;
  // What its use says, for a diagnosis; null: nothing.
  virtual const dialect::ChatExchange* turn() const { return nullptr; }

  boost::asio::awaitable<Verdict> walk(const Attempt& attempt, text::Names& names,
                                       Trace& trace) const;

  const session::SessionSettings& settings_;
  std::shared_ptr<const session::ProbeContext> site_;
  session::Shared& shared_;
};

}  // namespace sonde::diagnosis
