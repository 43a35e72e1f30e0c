#include "probes/core/probe.hpp"

namespace sonde {

boost::asio::awaitable<Verdict> Probe::diagnose(const DiagnosisRequest&, Verdict verdict,
                                                Trace&) const {
  co_return verdict;
}

}  // namespace sonde
