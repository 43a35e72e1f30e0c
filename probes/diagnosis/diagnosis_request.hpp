#pragma once
#include "probes/diagnosis/diagnosis.hpp"
#include "probes/dialect/conversation.hpp"
#include "probes/session/session.hpp"

namespace sonde::diagnosis {

// What a failed walk to a session leaves: its names, with the token that it used.
struct SessionEvidence : Evidence {
  explicit SessionEvidence(text::Names used) : names(std::move(used)) {}
  text::Names names;
};
void leave_evidence(const Attempt& attempt, text::Names names);

// The session that failed to open, or to answer, and what it is made of.
struct Subject {
  const session::SessionSettings& settings;
  const session::ProbeContext& site;
  session::Shared& shared;
  const dialect::ChatExchange* turn = nullptr;  // of a chat
};

// Makes the experiments that separate the causes of `verdict`, one after the other, each within
// five seconds and all within the inquiry's limit, and gives it the reason that they leave. Each
// is recorded in the trace, in the phase diagnose. Without evidence nothing is asked.
boost::asio::awaitable<Verdict> inquire(const Subject& subject, const DiagnosisRequest& inquiry,
                                        Verdict verdict, Trace& trace);

// The verdict with what is known of its cause. A reason of ok leaves its own. Pure.
Verdict explained(Verdict verdict, Reason reason, std::string_view because);

}  // namespace sonde::diagnosis
