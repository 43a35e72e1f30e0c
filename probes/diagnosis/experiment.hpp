#pragma once
#include "probes/diagnosis/diagnosis_request.hpp"

namespace sonde::diagnosis {

// What the experiments of one failure have in common.
struct Laboratory {
  const Subject& subject;
  const DiagnosisRequest& inquiry;
  const text::Names& names;  // of the failed attempt, with its token
};

// Which experiments can be made of this failure.
Possible possible_for(const Laboratory& laboratory);

// Makes one experiment and says what came of it, as of a run. Its requests go to `aside`.
boost::asio::awaitable<Verdict> perform(Experiment experiment, Laboratory laboratory, Trace& aside);

}  // namespace sonde::diagnosis
