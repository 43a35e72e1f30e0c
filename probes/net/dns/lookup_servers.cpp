#include "probes/net/dns/lookup_servers.hpp"

#include <utility>

namespace sonde::net {
namespace {

constexpr std::size_t tcp_max = 16;
using enum LookupChannel::Over;

}  // namespace

LookupServers::LookupServers(boost::asio::any_io_executor executor, std::vector<DnsServer> servers)
    : executor_(std::move(executor)),
      servers_(std::move(servers)),
      udp_(std::make_shared<LookupChannel>(executor_, servers_, udp)) {}

void LookupServers::ask(const std::string& name, bool v6, Done done) {
  const auto again = [name, v6](LookupChannel& channel, Done then) {
    channel.ask(name, v6, std::move(then));
  };
  udp_->ask(name, v6, or_over_tcp(again, std::move(done)));
}

void LookupServers::ask_zone(const std::string& name, Done done) {
  const auto again = [name](LookupChannel& channel, Done then) {
    channel.ask_zone(name, std::move(then));
  };
  udp_->ask_zone(name, or_over_tcp(again, std::move(done)));
}

void LookupServers::ask_root(Done done) { udp_->ask_root(std::move(done)); }

LookupServers::Done LookupServers::or_over_tcp(Ask ask, Done done) {
  return [weak = weak_from_this(), ask = std::move(ask), done = std::move(done)](
             DnsAnswer answer, std::vector<Address> addresses) {
    const auto self = answer == DnsAnswer::truncated ? weak.lock() : nullptr;
    if (self) return self->ask_over_tcp(ask, done);
    done(answer, std::move(addresses));
  };
}

void LookupServers::ask_over_tcp(const Ask& ask, Done done) {
  if (tcp_.size() >= tcp_max) {
    waiting_.emplace_back(
        [this, ask, done = std::move(done)]() mutable { ask_over_tcp(ask, std::move(done)); });
    return;
  }
  auto channel = tcp_.emplace_back(std::make_shared<LookupChannel>(executor_, servers_, tcp));
  ask(*channel, [weak = weak_from_this(), mine = channel.get(), done = std::move(done)](
                    DnsAnswer answer, std::vector<Address> addresses) {
    if (const auto self = weak.lock()) {
      std::erase_if(self->tcp_, [mine](const auto& one) { return one.get() == mine; });
      if (!self->waiting_.empty()) {
        const auto next = std::move(self->waiting_.front());
        self->waiting_.pop_front();
        next();
      }
    }
    done(answer, std::move(addresses));
  });
}

}  // namespace sonde::net
