#include "daemon/notify/post.hpp"

#include <utility>

#include <boost/asio/this_coro.hpp>

#include "probes/core/deadline.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::notify {
namespace {

namespace asio = boost::asio;

constexpr std::size_t failure_detail_max = 500;
constexpr net::Redirects no_redirects;

bool is_timeout(Reason reason) {
  return reason == Reason::timeout || reason == Reason::tcp_timeout ||
         reason == Reason::tls_timeout || reason == Reason::dns_timeout;
}

bool is_of_names(Reason reason) {
  return reason == Reason::own_dns || reason == Reason::dns_timeout ||
         reason == Reason::dns_servfail;
}

// "192.0.2.1:443" and "[2001:db8::1]:443" without port and brackets.
std::string without_port(std::string peer) {
  peer.erase(std::min(peer.rfind(':'), peer.size()));
  if (peer.starts_with('[')) peer = peer.substr(1, peer.size() - 2);
  return peer;
}

asio::awaitable<Verdict> ask(net::Network& network, const Call& call, Trace& trace,
                             net::Answer& answer) {
  auto fetching = net::fetch(network, call.prepared.request, call.line, no_redirects, trace);
  answer = co_await std::move(fetching);
  co_return answer.ok() ? Verdict::pass() : Verdict::of(trace.step(), answer.failure);
}

asio::awaitable<Called> call_once(net::Network& network, const Call& call) {
  const auto made = std::make_shared<Trace>();
  Trace& trace = *made;
  for (const auto& secret : call.prepared.secrets) trace.hide(secret);
  const net::Url& url = call.prepared.request.url;
  trace.spare(url.scheme + "://" + url.authority());
  Called called;
  const Instant begun = Clock::now();
  auto asking = ask(network, call, trace, called.answer);
  auto limited = within(begun + call.timeout, std::move(asking), trace);
  const Verdict verdict = co_await std::move(limited);
  called.answer.failure = {verdict.reason,
                           text::shorten(trace.scrub(verdict.detail), failure_detail_max)};
  called.took = Clock::now() - begun;
  called.peer = trace.peer();
  called.trace = made;
  co_return called;
}

Receipt receipt_of(const net::Answer& answer, const Receiver& receiver) {
  if (answer.ok()) return receiver.judge(answer.response);
  const Reason reason = answer.failure.reason;
  Receipt receipt{.outcome = DeliveryOutcome::retry,
                  .trouble = is_timeout(reason) ? DeliveryError::timeout : DeliveryError::network,
                  .detail = std::string(name(reason)) + ": " + answer.failure.detail,
                  .wait = {}};
  if (reason != Reason::own_request) return receipt;
  receipt.outcome = DeliveryOutcome::refused;
  receipt.trouble = DeliveryError::own;
  return receipt;
}

}  // namespace

asio::awaitable<Called> call(net::Network& network, Call call, LastAddress& last) {
  auto calling = call_once(network, call);
  Called called = co_await std::move(calling);
  const std::string host = call.prepared.request.url.host;
  if (is_of_names(called.answer.failure.reason) && last.host == host) {
    call.line.pinned = last.address;
    auto again = call_once(network, call);
    called = co_await std::move(again);
  }
  if (called.answer.ok() && !called.peer.empty()) last = {host, without_port(called.peer)};
  co_return called;
}

asio::awaitable<Posted> post(net::Network& network, std::shared_ptr<const Receiver> receiver,
                             Message message, LastAddress& last) {
  co_await asio::this_coro::throw_if_cancelled(false);
  auto prepared = receiver->request(message);
  Posted posted;
  if (!prepared) {
    posted.receipt = {DeliveryOutcome::retry, DeliveryError::own, prepared.error(), {}};
    co_return posted;
  }
  Call request{
      .prepared = std::move(*prepared), .line = receiver->line, .timeout = receiver->timeout};
  auto calling = call(network, std::move(request), last);
  const Called called = co_await std::move(calling);
  posted.stopped = called.answer.failure.reason == Reason::shutdown;
  posted.receipt = receipt_of(called.answer, *receiver);
  posted.receipt.detail = called.trace->scrub(posted.receipt.detail);
  posted.took = called.took;
  co_return posted;
}

}  // namespace sonde::notify
