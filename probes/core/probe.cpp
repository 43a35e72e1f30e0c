#include "probes/core/probe.hpp"

namespace sonde {

boost::asio::awaitable<Verdict> Probe::diagnose(const Inquiry&, Verdict verdict, Trace&) const {
  co_return verdict;
}

}  // namespace sonde
