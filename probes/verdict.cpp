#include "probes/verdict.hpp"

#include <utility>

namespace sonde {

Verdict Verdict::pass() { return Verdict{}; }

Verdict Verdict::of(Step step, Failure failure) {
  return Verdict{row(failure.reason).outcome, step, failure.reason, std::move(failure.detail)};
}

}  // namespace sonde
