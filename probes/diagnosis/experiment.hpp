#pragma once
#include "probes/diagnosis/diagnosis_request.hpp"

namespace sonde::diagnosis {

// What the experiments of one failure share.
struct Laboratory {
  const Subject& subject;
  const DiagnosisRequest& request;
  const text::Names& names;  // of the failed attempt, with its token
};

// The experiments that can be made for this failure.
Possible possible_for(const Laboratory& laboratory);

// Makes one experiment and returns its result like that of a run. Records its requests in `aside`.
boost::asio::awaitable<Verdict> perform(Experiment experiment, Laboratory laboratory, Trace& aside);

}  // namespace sonde::diagnosis
