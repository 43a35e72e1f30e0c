#include "probes/cross_access.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "probes/net/origins.hpp"
#include "probes/net/status.hpp"
#include "probes/refusal.hpp"
#include "probes/talk/hear.hpp"
#include "probes/text/ascii.hpp"
#include "probes/text/json.hpp"

namespace sonde {
namespace {

namespace asio = boost::asio;

constexpr std::string_view of_other = "other.";

// What came of a request or an upgrade.
struct Answered {
  enum class How : std::uint8_t { granted, refused, neither, unclear };
  How how = How::unclear;
  std::string what;
};
using How = Answered::How;

std::vector<std::string> names_in(const CrossAccess& access) {
  text::Needs needs;
  needs.add(access.url);
  needs.add_values(access.headers);
  needs.add(access.body);
  std::vector<std::string> names;
  names.reserve(needs.all.size());
  for (auto& need : needs.all) names.push_back(std::move(need.name));
  return names;
}

// What somebody knows, and of the owner what is asked of it.
text::Names names_of(const CrossAccess& access, const text::Names& own, const text::Names& owner) {
  text::Names names = own;
  for (const auto& name : names_in(access))
    if (name.starts_with(of_other))
      if (const std::string* value = owner.find(name.substr(of_other.size())))
        names.set(name, *value);
  return names;
}

Answered cannot(const std::string& why) { return {How::unclear, why}; }

bool is_nothing(text::Json value) {
  using Kind = text::Json::Kind;
  if (!value || value.kind() == Kind::null) return true;
  return value.kind() == Kind::object && value.size() > 0 &&
         std::ranges::all_of(value.members(),
                             [](const auto& row) { return is_nothing(row.second); });
}

bool says_error(text::Json error) { return error.size() > 0 || !error.string_or_empty().empty(); }

// An answer with status 200 whose body says that there is nothing: an empty list or object, errors
// without data (as of GraphQL and JSON-RPC), or data that is null. The server's own trouble is no
// refusal.
std::optional<How> said_in_body(const net::Response& response) {
  const auto document = text::Document::parse(response.body);
  if (!document) return std::nullopt;
  const text::Json root = document->root();
  const bool holds =
      root.kind() == text::Json::Kind::array || root.kind() == text::Json::Kind::object;
  if (holds && root.size() == 0) return How::refused;
  const text::Json errors = root.member("errors"), error = root.member("error");
  const text::Json data = root.member("data"), result = root.member("result");
  const bool failed = says_error(errors) || says_error(error);
  if (!is_nothing(data) || !is_nothing(result) || (!failed && !data)) return std::nullopt;
  const std::string why = text::lowered(errors ? errors.text() : error.text());
  return why.contains("internal") || why.contains("timeout") ? How::neither : How::refused;
}

Answered judge(const net::Answer& answer, const Trace& trace) {
  if (!answer.ok() && answer.response.status == 0) return {How::unclear, answer.failure.detail};
  const net::Response& response = answer.response;
  const std::string what = trace.scrub(net::describe(response));
  if (response.status / 100 == 2) {
    const auto said = said_in_body(response);
    return said ? Answered{*said, what + ", with nothing in it"} : Answered{How::granted, what};
  }
  const bool refused = response.status == 401 || response.status == 403 || response.status == 404 ||
                       net::reason_of(response) == Reason::login_redirect;
  return {refused ? How::refused : How::neither, what};
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

asio::awaitable<Answered> ask(net::Request request, const net::Line& line, net::Network& network,
                              Trace& trace) {
  const net::Redirects none;
  auto fetching = net::fetch(network, request, line, none, trace);
  const net::Answer answer = co_await std::move(fetching);
  co_return judge(answer, trace);
}

Answered judge(const talk::Overheard& overheard, const net::Websocket& session) {
  using talk::Heard;
  switch (overheard.heard) {
    case Heard::welcome:
      return {How::granted, "the upgrade was welcomed"};
    case Heard::refusal:
      return {How::refused, "refused after the upgrade"};
    case Heard::unclear:
      return {How::unclear, "the run was cut"};
    case Heard::ended:
      return {How::neither, "the upgrade was accepted, then " + talk::describe(*session.ended())};
    case Heard::silence:
      break;
  }
  return {How::neither, "the upgrade was accepted, then " +
                            (overheard.others.empty() ? "nothing was said" : overheard.others)};
}

Answered judge_upgrade(const net::Answer& answer, const Socket& socket, const Trace& trace) {
  const bool refused = classify_refusal(answer, socket.refused_by) == Refusal::refused;
  return refused ? Answered{How::refused, trace.scrub(net::describe(answer.response))}
                 : judge(answer, trace);
}

asio::awaitable<Answered> open(net::UpgradeRequest request, const SessionSettings& settings,
                               net::Network& network, text::Names& names, Trace& trace) {
  auto upgrading = net::upgrade(network, request, settings.socket.line, trace);
  net::Upgraded upgraded = co_await std::move(upgrading);
  if (!upgraded.session) co_return judge_upgrade(upgraded.answer, settings.socket, trace);
  auto hearing = talk::overhear(*upgraded.session, *settings.dialect, settings.socket.ready,
                                settings.socket.refused_by, names, trace);
  const talk::Overheard heard = co_await std::move(hearing);
  const Answered answered = judge(heard, *upgraded.session);
  auto leaving = leave_session(*upgraded.session, trace);
  co_await std::move(leaving);
  co_return answered;
}

asio::awaitable<Answered> attempt(const CrossAccess& access, const SessionSettings& settings,
                                  net::Network& network, text::Names names, Trace& trace) {
  const auto address = access.url.render(names);
  if (!address) co_return cannot("nothing is known of '" + address.error() + "'");
  auto url = net::parse_url(*address);
  if (!url) co_return cannot("its url: " + url.error());
  if (!is_own(*url, access.url, names)) co_return cannot("its url: " + net::no_own_origin(*url));
  if (url->scheme == "ws" || url->scheme == "wss") {
    Socket socket = settings.socket;
    socket.url = Endpoint{access.url, std::nullopt};
    auto request = build_upgrade(socket, TokenUse::valid, names);
    if (!request) co_return cannot(request.error().detail);
    request->any_subprotocol = true;  // whoever intrudes is no browser
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

}  // namespace

const config::Section<CrossAccess>& section_of(const CrossAccess*) {
  using A = CrossAccess;
  static const auto keys =
      config::Section<A>()
          .key("url", &A::url,
               "What is another user's, by {{other.NAME}}; ws:// or wss:// asks for an upgrade.",
               {.required = true, .filled = true})
          .key("method", &A::method, "The method of the request.",
               {.one_of = {"GET", "POST", "PUT", "PATCH"}})
          .key("headers", &A::headers, "Headers of the request; they may say {{token}}.")
          .key("body", &A::body, "What is sent, as JSON.");
  return keys;
}

void add_needs(const CrossAccess& access, const talk::Dialect& dialect, text::Needs& needs) {
  for (auto& name : names_in(access)) {
    if (name.starts_with(of_other)) name.erase(0, of_other.size());
    if (!talk::supplies(dialect, name)) needs.all.push_back({std::move(name), access.url.place()});
  }
}

asio::awaitable<std::optional<Failure>> try_cross_access(const CrossAccess& access,
                                                         const SessionSettings& settings,
                                                         net::Network& network, Party intruder,
                                                         Party owner, Trace& trace) {
  auto control =
      attempt(access, settings, network, names_of(access, owner.names, owner.names), trace);
  const Answered own = co_await std::move(control);
  if (own.how != How::granted)
    co_return Failure{
        Reason::refusal_unclear,
        fmt::format("cross_access: {} is not served its own ({}), so nothing is proven", owner.name,
                    own.what)};
  auto intruding =
      attempt(access, settings, network, names_of(access, intruder.names, owner.names), trace);
  const Answered other = co_await std::move(intruding);
  const std::string what = fmt::format("cross_access: {} asked for what is {}'s: {}", intruder.name,
                                       owner.name, other.what);
  switch (other.how) {
    case How::granted:
      co_return Failure{Reason::cross_user_leak, what};
    case How::neither:
      co_return Failure{Reason::no_refusal, what};
    case How::unclear:
      co_return Failure{Reason::refusal_unclear, what};
    case How::refused:
      break;
  }
  co_return std::nullopt;
}

}  // namespace sonde
