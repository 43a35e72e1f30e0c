#pragma once
#include <expected>
#include <vector>

#include "probes/diagnosis/experiment.hpp"

namespace sonde::diagnosis {

// An upgrade that an experiment makes, with what it needs.
struct Trial {
  net::UpgradeRequest request;
  session::SessionSettings settings;
  text::Names names;
};

// The upgrade of an experiment: the failed one, but for what the experiment varies. Pure but for
// the randomness of `names`.
std::expected<Trial, Failure> trial_of(Experiment experiment, const Laboratory& laboratory);

// The same with the token in the other usual places, at most two.
std::vector<Trial> other_carriers(const Laboratory& laboratory);

// A GET of the same address with the same headers, or of the address `rest` with the token.
std::expected<net::Request, Failure> plain_request(Experiment experiment,
                                                   const Laboratory& laboratory);

}  // namespace sonde::diagnosis
