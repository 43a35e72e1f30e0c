#include "probes/net/tcp/tcp_race.hpp"

#include <algorithm>
#include <list>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "probes/net/tcp/tcp_failure.hpp"

namespace sonde::net {
namespace asio = boost::asio;
namespace {

constexpr auto stagger = std::chrono::milliseconds(250);  // RFC 8305 5
constexpr std::size_t attempts_max = 16;                  // of a name with very many addresses

using RaceResult = std::expected<Socket, Failure>;
using RaceDone = asio::any_completion_handler<void(RaceResult)>;

// Alternates families, starting with that of the first address.
std::vector<Address> interleaved(std::span<const Address> all) {
  std::vector<Address> first, other, turns;
  for (const auto& address : all) (address.v6 == all.front().v6 ? first : other).push_back(address);
  for (std::size_t i = 0; i < std::max(first.size(), other.size()); ++i) {
    if (i < first.size()) turns.push_back(first[i]);
    if (i < other.size()) turns.push_back(other[i]);
  }
  turns.resize(std::min(turns.size(), attempts_max));
  return turns;
}

// Kept alive by its pending operations; ends when it has given its result, once.
class Race : public std::enable_shared_from_this<Race> {
 public:
  Race(const asio::any_io_executor& executor, std::span<const Address> addresses,
       std::uint16_t port, RaceDone done)
      : timer_(executor), addresses_(interleaved(addresses)), port_(port), done_(std::move(done)) {}

  void begin() {
    auto slot = asio::get_associated_cancellation_slot(done_);
    if (slot.is_connected())
      slot.assign([self = weak_from_this()](asio::cancellation_type) {
        if (auto race = self.lock()) race->end(std::unexpected(cut_failure()));
      });
    next();
  }

 private:
  void next() {
    if (begun_ == addresses_.size()) return;
    const Address address = addresses_[begun_++];
    const auto to = endpoint_of(address, port_);
    auto attempt = attempts_.emplace(attempts_.end(), timer_.get_executor());
    ++running_;
    if (const auto error = open(*attempt, to)) {
      asio::post(timer_.get_executor(), [self = shared_from_this(), attempt, address, error] {
        self->ended(attempt, address, error);
      });
      return;
    }
    attempt->async_connect(to, [self = shared_from_this(), attempt, address](auto error) {
      self->ended(attempt, address, error);
    });
    arm();
  }

  void arm() {
    timer_.expires_after(stagger);
    timer_.async_wait([self = shared_from_this()](auto error) {
      if (!error && self->done_) self->next();
    });
  }

  void ended(std::list<Socket>::iterator attempt, const Address& address,
             const boost::system::error_code& error) {
    if (!done_) return;
    if (!error) return end(std::move(*attempt));
    --running_;
    boost::system::error_code ignored;
    attempt->close(ignored);
    note(connect_failure(error, address, port_), address);
    timer_.cancel();
    next();
    if (running_ == 0) end(std::unexpected(failure_));
  }

  // The reason is that of the preferred address, whichever failed first; a missing route to one
  // address (IPv6, for example) says nothing about the others.
  void note(Failure failure, const Address& address) {
    const bool preferred = address.text == addresses_.front().text;
    if (failure.reason != Reason::own_network &&
        (preferred || failure_.reason == Reason::own_network))
      failure_.reason = failure.reason;
    if (!failure_.detail.empty()) failure_.detail += "; ";
    failure_.detail += failure.detail;
  }

  void end(RaceResult result) {
    auto done = std::exchange(done_, nullptr);
    if (!done) return;
    timer_.cancel();
    attempts_.remove_if([](const Socket&) { return true; });
    asio::post(timer_.get_executor(),
               [done = std::move(done), result = std::move(result)]() mutable {
                 std::move(done)(std::move(result));
               });
  }

  asio::steady_timer timer_;
  std::vector<Address> addresses_;
  std::uint16_t port_;
  RaceDone done_;
  std::list<Socket> attempts_;
  std::size_t begun_ = 0, running_ = 0;
  Failure failure_{Reason::own_network, {}};
};

}  // namespace

asio::awaitable<RaceResult> race(const asio::any_io_executor& executor,
                                 std::span<const Address> addresses, std::uint16_t port) {
  auto start = [&](auto handler) {
    std::make_shared<Race>(executor, addresses, port, RaceDone(std::move(handler)))->begin();
  };
  auto result = co_await asio::async_initiate<const asio::use_awaitable_t<>, void(RaceResult)>(
      start, asio::use_awaitable);
  co_return result;
}

}  // namespace sonde::net
