#include "daemon/schedule/local_clock.hpp"

#include <fmt/chrono.h>
#include <sys/timex.h>

#include "probes/core/deadline.hpp"
#include "probes/net/http/server_date.hpp"

namespace sonde::schedule {
namespace {

namespace asio = boost::asio;
using std::chrono::sys_seconds;

constexpr std::chrono::minutes drift_max(5);
constexpr Span asking_max = std::chrono::seconds(5);

std::string shown(sys_seconds time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

asio::awaitable<Verdict> ask(net::Network& network, std::string host_port, Trace& aside,
                             std::optional<sys_seconds>& date) {
  auto asking = net::server_date(network, host_port, aside);
  date = co_await std::move(asking);
  co_return Verdict::pass();
}

}  // namespace

bool clock_is_kept() {
  timex facts{};  // modes 0: read only
  return ::adjtimex(&facts) != TIME_ERROR;
}

std::string clock_blame(sys_seconds ours, sys_seconds servers, const TlsFacts& certificate) {
  const auto at = servers.time_since_epoch().count();
  const bool near = std::chrono::abs(ours - servers) <= drift_max;
  if (near || at < certificate.not_before || at > certificate.not_after) return "";
  return fmt::format(
      "our clock says {}, the server's {}, at which its certificate is valid; nothing keeps ours "
      "(NTP)",
      shown(ours), shown(servers));
}

asio::awaitable<std::string> LocalClock::blame(const Trace& trace) const {
  if (network_ == nullptr || trace.tls_facts().empty() || kept_()) co_return "";
  const TlsFacts certificate = trace.tls_facts().back();
  std::optional<sys_seconds> servers;
  Trace aside = trace.aside();
  auto asking = ask(*network_, certificate.host_port, aside, servers);
  co_await within(Clock::now() + asking_max, std::move(asking), aside);
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  co_return servers ? clock_blame(now, *servers, certificate) : "";
}

}  // namespace sonde::schedule
