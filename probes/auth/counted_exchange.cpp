#include "probes/auth/counted_exchange.hpp"

#include <memory>
#include <utility>

#include "probes/auth/counted_redirects.hpp"
#include "probes/auth/until_answered.hpp"

namespace sonde::auth {
namespace {

namespace asio = boost::asio;

// It goes on by itself if its run is cut, so it has a copy of everything.
template <class Message>
struct CountedExchange {
  Message message;
  net::ConnectionOptions line;
  net::Redirects redirects;
  JudgeAnswer judge;
};

asio::awaitable<net::Answer> make(std::shared_ptr<const CountedExchange<net::Request>> exchange,
                                  Context& context, LoginGuard::Trial& trial) {
  net::Request request = exchange->message;
  const net::Redirects no_hops;  // each is followed here, for it may count
  CountedRedirects hops(exchange->redirects, context.names);
  while (true) {
    auto fetching = net::fetch(context.network, request, exchange->line, no_hops, context.trace);
    net::Answer answer = co_await std::move(fetching);
    auto next = hops.next(request, answer, context.trace);
    if (!next || !hops.may_send(*next, "", &trial, answer, context.trace)) {
      exchange->judge(answer, trial);
      co_return answer;
    }
    request = *std::move(next);
  }
}

asio::awaitable<net::Upgraded> make(
    std::shared_ptr<const CountedExchange<net::UpgradeRequest>> exchange, Context& context,
    LoginGuard::Trial& trial) {
  auto upgrading = net::upgrade(context.network, exchange->message, exchange->line, context.trace);
  net::Upgraded upgraded = co_await std::move(upgrading);
  if (!upgraded.session) exchange->judge(upgraded.answer, trial);
  co_return upgraded;
}

template <class Result, class Message>
asio::awaitable<std::optional<Result>> make_counted(Context& context, LoginGuard::Trial& trial,
                                                    CountedExchange<Message> what) {
  const auto exchange = std::make_shared<const CountedExchange<Message>>(std::move(what));
  auto doing = [exchange](Context& own, LoginGuard::Trial& counted) {
    return make(exchange, own, counted);
  };
  auto running = until_answered<Result>(context, trial, std::move(doing));
  auto result = co_await std::move(running);
  co_return result;
}

}  // namespace

asio::awaitable<std::optional<net::Answer>> fetch_counted(
    Context& context, LoginGuard::Trial& trial, net::Request request, net::ConnectionOptions line,
    net::Redirects redirects, JudgeAnswer judge) {
  CountedExchange<net::Request> what{std::move(request), std::move(line), redirects,
                                     std::move(judge)};
  auto making = make_counted<net::Answer>(context, trial, std::move(what));
  auto answer = co_await std::move(making);
  co_return answer;
}

asio::awaitable<std::optional<net::Upgraded>> upgrade_counted(Context& context,
                                                              LoginGuard::Trial& trial,
                                                              net::UpgradeRequest request,
                                                              net::ConnectionOptions line,
                                                              JudgeAnswer judge) {
  CountedExchange<net::UpgradeRequest> what{
      std::move(request), std::move(line), {}, std::move(judge)};
  auto making = make_counted<net::Upgraded>(context, trial, std::move(what));
  auto upgraded = co_await std::move(making);
  co_return upgraded;
}

}  // namespace sonde::auth
