#include "probes/core/verdict.hpp"

#include <utility>

namespace sonde {

Verdict Verdict::pass() { return Verdict{}; }

Verdict Verdict::of(Step step, Failure failure) {
  return Verdict{row(failure.reason).outcome, step, failure.reason, std::move(failure.detail)};
}

std::string show_cause(Step step, Reason reason, Reason concluded) {
  std::string cause = std::string(name(step)) + "/" + std::string(name(reason));
  if (concluded != Reason::ok) cause += ", concluded " + std::string(name(concluded));
  return cause;
}

}  // namespace sonde
