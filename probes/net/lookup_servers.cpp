#include "probes/net/lookup_servers.hpp"

#include <utility>

namespace sonde::net {
namespace {

constexpr std::size_t idle_max = 8;

}  // namespace

LookupServers::LookupServers(boost::asio::any_io_executor executor, DnsConfig config)
    : executor_(std::move(executor)), config_(std::move(config)) {}

std::shared_ptr<LookupChannel> LookupServers::take() {
  if (idle_.empty()) return std::make_shared<LookupChannel>(executor_, config_);
  auto channel = std::move(idle_.back());
  idle_.pop_back();
  return channel;
}

void LookupServers::put(std::shared_ptr<LookupChannel> channel) {
  if (channel && channel->is_sound() && idle_.size() < idle_max)
    idle_.push_back(std::move(channel));
}

void LookupServers::ask_root(LookupChannel::Done done) {
  root_waiters_.push_back(std::move(done));
  if (root_waiters_.size() > 1) return;
  root_ = take();
  root_->ask_root([weak = weak_from_this()](DnsAnswer answer, const std::vector<Address>&) {
    if (auto self = weak.lock()) self->root_answered(answer);
  });
}

void LookupServers::root_answered(DnsAnswer answer) {
  put(std::exchange(root_, nullptr));
  for (auto& waiter : std::exchange(root_waiters_, {})) waiter(answer, {});
}

}  // namespace sonde::net
