#pragma once
#include <expected>
#include <vector>

#include "probes/diagnosis/experiment.hpp"

namespace sonde::diagnosis {

// An upgrade of an experiment, with what it needs.
struct Trial {
  net::UpgradeRequest request;
  session::SessionSettings settings;
  text::Names names;
};

// The upgrade of an experiment: the failed one, changed in what the experiment varies. Pure, except
// for the randomness of `names`.
std::expected<Trial, Failure> trial_of(Experiment experiment, const Laboratory& laboratory);

// The same upgrade with the token in the other usual places, at most two.
std::vector<Trial> other_carriers(const Laboratory& laboratory);

// A GET of the same URL with the same headers, or of `rest` with the token.
std::expected<net::Request, Failure> plain_request(Experiment experiment,
                                                   const Laboratory& laboratory);

}  // namespace sonde::diagnosis
