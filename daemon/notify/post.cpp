#include "daemon/notify/post.hpp"

#include <fmt/format.h>

#include <utility>

#include <boost/asio/this_coro.hpp>

#include "daemon/notify/smtp.hpp"
#include "probes/core/deadline.hpp"
#include "probes/net/dns/lookup.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::notify {
namespace {

namespace asio = boost::asio;

constexpr std::size_t failure_detail_max = 500;
constexpr net::Redirects no_redirects;

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

// What was received of the body may still say no.
Receipt receipt_of(const net::Answer& answer, const Receiver& receiver) {
  if (answer.ok()) return receiver.judge(answer.response);
  const Reason reason = answer.failure.reason;
  if (was_accepted(answer)) {
    Receipt receipt = receiver.judge(answer.response);
    receipt.detail = fmt::format("{}; {}", receipt.detail, answer.failure.detail);
    return receipt;
  }
  Receipt receipt{.outcome = DeliveryOutcome::retry,
                  .trouble = row(reason).slow ? DeliveryError::timeout : DeliveryError::network,
                  .detail = std::string(name(reason)) + ": " + answer.failure.detail,
                  .wait = {}};
  if (reason != Reason::own_request) return receipt;
  receipt.outcome = DeliveryOutcome::refused;
  receipt.trouble = DeliveryError::own;
  return receipt;
}

}  // namespace

bool was_accepted(const net::Answer& answer) {
  const int status = answer.response.status;
  return answer.failure.reason != Reason::own_request && status >= 200 && status < 300;
}

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

// The addresses of a mail server, or the last one that worked while our DNS is down.
asio::awaitable<std::expected<std::vector<std::string>, Failure>> find_server(
    net::Network& network, const std::string& host, const net::ConnectionOptions& line,
    const LastAddress& last) {
  auto looking = network.lookup().resolve(host, line);
  const auto found = co_await std::move(looking);
  std::vector<std::string> addresses;
  if (!found && is_of_names(found.error().reason) && last.host == host)
    addresses.push_back(last.address);
  else if (!found)
    co_return std::unexpected(found.error());
  else
    for (const auto& address : *found) addresses.push_back(address.text);
  co_return addresses;
}

struct Handed {
  Failure failure;  // before the server was reached
  MailOutcome outcome;
};

asio::awaitable<Verdict> hand_over(net::Network& network, const Mail& mail,
                                   const net::ConnectionOptions& line, LastAddress& last,
                                   const Trace& trace, Handed& handed) {
  co_await asio::this_coro::throw_if_cancelled(false);
  auto finding = find_server(network, mail.host, line, last);
  const auto addresses = co_await std::move(finding);
  if (!addresses) {
    handed.failure = addresses.error();
    co_return Verdict::of(trace.step(), handed.failure);
  }
  auto sending = send_mail(network, mail, line.tls, *addresses);
  handed.outcome = co_await std::move(sending);
  if (handed.outcome.curl_code == 0) last = {mail.host, handed.outcome.peer};
  if (!handed.outcome.aborted()) co_return Verdict::pass();
  co_return Verdict::of(trace.step(), cut_failure());
}

asio::awaitable<Posted> post_mail(net::Network& network, std::shared_ptr<const Receiver> receiver,
                                  Prepared prepared, LastAddress& last) {
  Trace trace;
  for (const auto& secret : prepared.secrets) trace.hide(secret);
  Handed handed;
  const Instant begun = Clock::now();
  auto handing = hand_over(network, *prepared.mail, receiver->line, last, trace, handed);
  auto limited = within(begun + receiver->timeout, std::move(handing), trace);
  const Verdict verdict = co_await std::move(limited);
  Posted posted;
  posted.took = Clock::now() - begun;
  posted.stopped = verdict.reason == Reason::shutdown;
  posted.receipt = judge_mail(handed.outcome);
  if (handed.outcome.aborted()) {
    posted.receipt.trouble = DeliveryError::timeout;
    posted.receipt.detail = "the server did not take the mail in time";
  } else if (handed.failure.reason != Reason::ok) {
    posted.receipt = {
        .outcome = DeliveryOutcome::retry,
        .trouble = DeliveryError::network,
        .detail = std::string(name(handed.failure.reason)) + ": " + handed.failure.detail,
        .wait = {}};
  }
  posted.receipt.detail = text::shorten(trace.scrub(posted.receipt.detail), failure_detail_max);
  co_return posted;
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
  if (prepared->mail) {
    auto mailing = post_mail(network, receiver, std::move(*prepared), last);
    co_return co_await std::move(mailing);
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
