#include "probes/net/dns/lookup.hpp"

#include <arpa/inet.h>

#include <algorithm>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "probes/net/dns/lookup_hosts.hpp"
#include "probes/net/dns/lookup_servers.hpp"

namespace sonde::net {
namespace asio = boost::asio;
namespace {

// When ". NS" is asked although the query may still be answered, so that its result is known when a
// deadline ends the wait.
constexpr auto slow_after = std::chrono::milliseconds(500);
constexpr auto resolution_delay = std::chrono::milliseconds(50);  // RFC 8305 3

// Cancelled lookups go on in c-ares until they time out; this many for one name mean that it gets
// no answer.
constexpr int abandoned_max = 64;

using Addresses = std::expected<std::vector<Address>, Failure>;
using Done = asio::any_completion_handler<void(Addresses)>;
using Abandoned = std::map<std::string, int>;

bool wanted(Family family, bool v6) {
  return family == Family::any || family == Family::each || (family == Family::ipv6) == v6;
}

// The resolution of one name. Kept alive by its pending operations; gives its result once.
class Search : public std::enable_shared_from_this<Search> {
 public:
  Search(const asio::any_io_executor& executor, std::weak_ptr<LookupServers> servers,
         std::shared_ptr<Abandoned> abandoned, std::string host, Family family, Done done)
      : timer_(executor),
        servers_(std::move(servers)),
        abandoned_(std::move(abandoned)),
        host_(std::move(host)),
        done_(std::move(done)) {
    known_.family = family;
  }

  void begin() {
    auto slot = asio::get_associated_cancellation_slot(done_);
    if (slot.is_connected())
      slot.assign([weak = weak_from_this()](asio::cancellation_type) {
        if (auto self = weak.lock()) self->cut();
      });
    ask(false);
    ask(true);
    wait(slow_after, &Known::slow);
    go_on();
  }

 private:
  void ask(bool v6) {
    auto& mine = v6 ? known_.v6 : known_.v4;
    const auto left = abandoned_->find(host_);
    if (!wanted(known_.family, v6)) {
      mine = DnsAnswer::nodata;
    } else if (left != abandoned_->end() && left->second >= abandoned_max) {
      mine = DnsAnswer::silence;
    } else if (auto servers = servers_.lock()) {
      ++open_;
      servers->ask(host_, v6, [self = shared_from_this(), v6](auto answer, auto addresses) {
        self->answered(v6, answer, std::move(addresses));
      });
    }
  }

  void answered(bool v6, DnsAnswer answer, std::vector<Address> addresses) {
    --open_;
    if (!done_) return forget();
    (v6 ? known_.v6 : known_.v4) = answer;
    auto& found = known_.found;
    found.insert(v6 ? found.end() : found.begin(), addresses.begin(), addresses.end());
    if (!addresses.empty()) wait(resolution_delay, &Known::enough);
    go_on();
  }

  void go_on() {
    auto next = conclude(known_, host_);
    if (next.end) return end(std::move(*next.end));
    auto servers = servers_.lock();
    if (!next.ask_root || asked_root_ || !servers) return;
    asked_root_ = true;
    servers->ask_root([self = shared_from_this()](auto answer, const auto&) {
      self->known_.root = answer == DnsAnswer::found || answer == DnsAnswer::nodata ||
                          answer == DnsAnswer::nxdomain;
      if (self->done_) self->go_on();
    });
  }

  void wait(std::chrono::milliseconds span, bool Known::* then) {
    timer_.expires_after(span);
    timer_.async_wait([self = shared_from_this(), then](boost::system::error_code error) {
      if (error || !self->done_) return;
      self->known_.*then = true;
      self->go_on();
    });
  }

  void cut() {
    if (!done_) return;
    if (open_ > 0) (*abandoned_)[host_] += 1;
    counted_ = open_ > 0;
    end(std::unexpected(conclude_cut(known_, host_)));
  }

  // A lookup without a waiter has ended.
  void forget() {
    if (!counted_ || open_ > 0) return;
    if (--(*abandoned_)[host_] == 0) abandoned_->erase(host_);
  }

  void end(Addresses result) {
    timer_.cancel();
    auto done = std::exchange(done_, nullptr);
    asio::post(timer_.get_executor(),
               [done = std::move(done), result = std::move(result)]() mutable {
                 std::move(done)(std::move(result));
               });
  }

  asio::steady_timer timer_;
  std::weak_ptr<LookupServers> servers_;
  std::shared_ptr<Abandoned> abandoned_;
  std::string host_;
  Done done_;
  Known known_;
  int open_ = 0;
  bool counted_ = false;
  bool asked_root_ = false;
};

// Answers that need no query: a literal, or an entry of /etc/hosts.
std::optional<Addresses> without_asking(Hosts& hosts, const std::string& host, Family family) {
  in6_addr bytes{};
  const bool v4 = inet_pton(AF_INET, host.c_str(), &bytes) == 1;
  const bool v6 = !v4 && inet_pton(AF_INET6, host.c_str(), &bytes) == 1;
  const std::vector<Address> literal = {{.text = host, .v6 = v6}};
  const auto* all = v4 || v6 ? &literal : hosts.find(host);
  if (!all) return std::nullopt;
  std::vector<Address> chosen;
  for (const auto& address : *all)
    if (wanted(family, address.v6)) chosen.push_back(address);
  if (!chosen.empty()) return chosen;
  const std::string where = v4 || v6 ? "the address is not " : "/etc/hosts has it, but not for ";
  const std::string which = family == Family::ipv4 ? "IPv4" : "IPv6";
  return std::unexpected(Failure{Reason::dns_nodata, host + ": " + where + which});
}

}  // namespace

// The servers of a worker, by their list in the configuration.
struct Lookup::State {
  static constexpr auto resolv_conf = "/etc/resolv.conf";
  struct Row {
    std::vector<DnsServer> list;
    std::int64_t changed_ns;  // of resolv.conf, for the system's servers
    std::shared_ptr<LookupServers> servers;
    std::shared_ptr<LookupServers> before;  // may still have pending queries
  };

  std::weak_ptr<LookupServers> servers(const std::vector<DnsServer>& list) {
    auto row = std::ranges::find(rows, list, &Row::list);
    if (row == rows.end()) row = rows.insert(rows.end(), Row{.list = list, .changed_ns = -1});
    const auto changed = list.empty() ? changed_ns(resolv_conf) : 0;
    if (row->changed_ns != changed) {
      row->changed_ns = changed;
      row->before = std::exchange(row->servers, std::make_shared<LookupServers>(executor, list));
    }
    return row->servers;
  }

  asio::any_io_executor executor;
  Hosts hosts = Hosts();
  std::shared_ptr<Abandoned> abandoned = std::make_shared<Abandoned>();
  std::vector<Row> rows = {};
};

Lookup::Lookup(asio::any_io_executor executor)
    : state_(std::make_unique<State>(std::move(executor))) {}
Lookup::~Lookup() = default;

asio::awaitable<std::expected<std::vector<Address>, Failure>> Lookup::resolve(
    const std::string& host, const ConnectionOptions& line) {
  const auto stop = co_await asio::this_coro::cancellation_state;
  if (stop.cancelled() != asio::cancellation_type::none) co_return std::unexpected(cut_failure());
  if (auto known = without_asking(state_->hosts, host, line.family)) co_return std::move(*known);
  auto start = [&](auto handler) {
    Done done(std::move(handler));
    std::make_shared<Search>(state_->executor, state_->servers(line.dns.servers), state_->abandoned,
                             host, line.family, std::move(done))
        ->begin();
  };
  auto result = co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Addresses)>(
      start, asio::use_awaitable);
  co_return result;
}

namespace {

struct Heard {
  asio::steady_timer answered;  // cancelled when the answer is known
  std::optional<DnsAnswer> answer = std::nullopt;
};

std::expected<void, Failure> meaning(DnsAnswer answer, const std::string& name) {
  switch (answer) {
    case DnsAnswer::made_up:
      return std::unexpected(
          Failure{Reason::dns_nxdomain, name + ": no such name, says a server that names no zone"});
    case DnsAnswer::servfail:
      return std::unexpected(
          Failure{Reason::dns_servfail, name + ": SERVFAIL, REFUSED or another error"});
    case DnsAnswer::unreadable:
      return std::unexpected(
          Failure{Reason::dns_servfail, name + ": an answer that cannot be read"});
    case DnsAnswer::truncated:
      return std::unexpected(Failure{Reason::dns_timeout, name + ": " + std::string(truncated)});
    case DnsAnswer::silence:
    case DnsAnswer::bad_name:
      return std::unexpected(Failure{Reason::dns_timeout, name + ": no answer"});
    default:
      return {};
  }
}

}  // namespace

asio::awaitable<std::expected<void, Failure>> Lookup::hear(const std::string& name,
                                                           const Dns& dns) {
  const auto stop = co_await asio::this_coro::cancellation_state;
  if (stop.cancelled() != asio::cancellation_type::none) co_return std::unexpected(cut_failure());
  auto heard = std::make_shared<Heard>(asio::steady_timer(state_->executor, Instant::max()));
  auto servers = state_->servers(dns.servers).lock();
  servers->ask_zone(name, [heard](DnsAnswer answer, const std::vector<Address>&) {
    heard->answer = answer;
    heard->answered.cancel();
  });
  servers.reset();
  constexpr auto token = asio::as_tuple(asio::use_awaitable);
  co_await heard->answered.async_wait(token);
  if (!heard->answer) co_return std::unexpected(cut_failure());
  co_return meaning(*heard->answer, name);
}

}  // namespace sonde::net
