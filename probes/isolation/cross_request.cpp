#include "probes/isolation/cross_request.hpp"

#include <fmt/format.h>

#include <utility>

#include "probes/dialect/await_rejection.hpp"
#include "probes/net/http/status.hpp"
#include "probes/net/origins.hpp"
#include "probes/session/refusal.hpp"

namespace sonde::isolation {
namespace asio = boost::asio;

namespace {

using How = Answered::How;

Answered cannot(const std::string& why) { return {How::unclear, why}; }

Answered judge(const net::Answer& answer, const Trace& trace) {
  const net::Response& response = answer.response;
  if (!answer.ok() && (response.status == 0 || response.status / 100 == 2))
    return {.how = How::unclear,
            .what = answer.failure.reason == Reason::cut
                        ? "the deadline of the run came before the answer"
                        : answer.failure.detail,
            .again = answer.failure.reason != Reason::cut};
  Answered answered{
      .how = How::refused, .what = trace.scrub(net::describe(response)), .body = response.body};
  const int hundreds = response.status / 100;
  if (hundreds == 2 && session::says_error(response.body)) {
    answered.what += ", with an error in it";
  } else if (hundreds == 2) {
    answered.how = How::granted;
  } else if (session::is_trouble(response.status)) {
    answered.how = How::unclear;
    answered.again = !session::asks_to_wait(response);
  } else if (hundreds != 3 && hundreds != 4) {
    answered.how = How::neither;
    answered.again = true;
  }
  return answered;
}

std::expected<net::Request, std::string> request_of(const CrossAccess& access, net::Url url,
                                                    text::Names& names) {
  net::Request request{.method = access.method, .url = std::move(url), .headers = {}, .body = {}};
  for (const auto& [name, value] : access.headers) {
    auto text = value.render(names);
    if (!text) return std::unexpected("nothing is known of '" + text.error() + "'");
    request.headers.emplace_back(name, *std::move(text));
  }
  if (access.body.empty()) return request;
  auto body = access.body.render_json(names);
  if (!body) return std::unexpected(body.error());
  request.body = *std::move(body);
  request.headers.emplace_back("Content-Type", "application/json");
  return request;
}

asio::awaitable<Answered> ask(net::Request request, const net::ConnectionOptions& line,
                              net::Network& network, Trace& trace) {
  const net::Redirects none;
  auto fetching = net::fetch(network, request, line, none, trace);
  const net::Answer answer = co_await std::move(fetching);
  co_return judge(answer, trace);
}

Answered judge(const dialect::Rejection& overheard, const net::Websocket& session) {
  using dialect::Heard;
  switch (overheard.heard) {
    case Heard::welcome:
      return {.how = How::granted, .what = "the upgrade was welcomed", .upgraded = true};
    case Heard::refusal:
      return {How::refused, "refused after the upgrade"};
    case Heard::unclear:
      return {How::unclear, "the deadline of the run came before the check was over"};
    case Heard::ended:
      return {How::neither,
              "the upgrade was accepted, then " + dialect::describe(*session.ended())};
    case Heard::silence:
      break;
  }
  return {How::neither, "the upgrade was accepted, then " +
                            (overheard.others.empty() ? "no message came" : overheard.others)};
}

Answered judge_upgrade(const net::Answer& answer, const session::Socket& socket,
                       const Trace& trace) {
  const bool refused =
      session::classify_refusal(answer, socket.refused_by) == session::Refusal::refused;
  if (refused) return {How::refused, trace.scrub(net::describe(answer.response))};
  Answered answered = judge(answer, trace);
  if (answered.how == How::refused || answered.how == How::granted) answered.how = How::neither;
  return answered;
}

asio::awaitable<Answered> open(net::UpgradeRequest request,
                               const session::SessionSettings& settings, net::Network& network,
                               text::Names& names, Trace& trace) {
  auto upgrading = net::upgrade(network, request, settings.socket.line, trace);
  net::Upgraded upgraded = co_await std::move(upgrading);
  if (!upgraded.session) co_return judge_upgrade(upgraded.answer, settings.socket, trace);
  auto hearing =
      dialect::await_rejection(*upgraded.session, *settings.dialect, settings.socket.ready,
                               settings.socket.refused_by, names, trace);
  const dialect::Rejection heard = co_await std::move(hearing);
  const Answered answered = judge(heard, *upgraded.session);
  auto leaving = session::leave_session(*upgraded.session, trace);
  co_await std::move(leaving);
  co_return answered;
}

}  // namespace

std::vector<std::string> cross_needs(const CrossAccess& access) {
  text::Needs needs;
  needs.add(access.url);
  needs.add_values(access.headers);
  needs.add(access.body);
  std::vector<std::string> names;
  names.reserve(needs.all.size());
  for (auto& need : needs.all) names.push_back(std::move(need.name));
  return names;
}

text::Names cross_names(const CrossAccess& access, const text::Names& own,
                        const text::Names& owner) {
  text::Names names = own;
  for (const auto& name : cross_needs(access))
    if (name.starts_with(of_other))
      if (const std::string* value = owner.find(name.substr(of_other.size())))
        names.set(name, *value);
  return names;
}

asio::awaitable<Answered> ask_across(const CrossAccess& access,
                                     const session::SessionSettings& settings,
                                     net::Network& network, text::Names names, Trace& trace) {
  const auto address = access.url.render(names);
  if (!address) co_return cannot("nothing is known of '" + address.error() + "'");
  auto url = net::parse_url(*address);
  if (!url) co_return cannot("its url: " + url.error());
  if (!session::is_own(*url, access.url, names))
    co_return cannot("its url: " + net::no_own_origin(*url));
  if (url->scheme == "ws" || url->scheme == "wss") {
    session::Socket socket = settings.socket;
    socket.url = session::Endpoint{access.url, std::nullopt};
    auto request = build_upgrade(socket, session::TokenUse::valid, names);
    if (!request) co_return cannot(request.error().detail);
    request->any_subprotocol = true;  // an intruder need not behave like a browser
    auto opening = open(*std::move(request), settings, network, names, trace);
    Answered answered = co_await std::move(opening);
    co_return answered;
  }
  auto request = request_of(access, *std::move(url), names);
  if (!request) co_return cannot(request.error());
  auto asking = ask(*std::move(request), settings.socket.line, network, trace);
  Answered answered = co_await std::move(asking);
  co_return answered;
}

}  // namespace sonde::isolation
