#pragma once
#include "probes/diagnosis/diagnosis.hpp"
#include "probes/dialect/conversation.hpp"
#include "probes/session/session.hpp"

namespace sonde::diagnosis {

// What a failed attempt to use a session leaves: its names, with the token that it used.
struct SessionEvidence : Evidence {
  explicit SessionEvidence(text::Names used) : names(std::move(used)) {}
  text::Names names;
};
void leave_evidence(const Attempt& attempt, text::Names names);

// The configuration of the session that failed.
struct Subject {
  const session::SessionSettings& settings;
  const session::ProbeContext& site;
  session::Shared& shared;
  const dialect::ChatExchange* turn = nullptr;  // of a chat
};

// Makes the experiments that separate the possible causes of `verdict`, one after the other, each
// within five seconds and all within the limit of the request, and returns the verdict with the
// resulting reason. Records each in the trace, in the phase diagnose. Makes none without evidence.
boost::asio::awaitable<Verdict> inquire(const Subject& subject, const DiagnosisRequest& request,
                                        Verdict verdict, Trace& trace);

// The verdict with what is known about its cause. A reason of ok leaves that of the verdict. Pure.
Verdict explained(Verdict verdict, Reason reason, std::string_view because);

}  // namespace sonde::diagnosis
