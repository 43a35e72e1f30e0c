#include "probes/probe.hpp"

#include <utility>

namespace sonde {

Verdict Verdict::pass() { return Verdict{}; }

Verdict Verdict::of(Step step, Failure failure) {
  return Verdict{row(failure.reason).outcome, step, failure.reason, std::move(failure.detail)};
}

boost::asio::awaitable<Verdict> Probe::diagnose(const Inquiry&, Verdict verdict, Trace&) const {
  co_return verdict;
}

}  // namespace sonde
