#include <map>
#include <mutex>

#include "tests/probes/scenarios/scenario.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/tls_server.hpp"

// Servers that really behave as the decision table says, and what the experiments make of them.
namespace sonde::test::diagnosis_scenarios_test {
namespace {

using enum Reason;
using namespace std::chrono_literals;

// What a server of tokens remembers; its handler runs on one thread.
struct Memory {
  int logins = 0, upgrades = 0;
  std::map<std::string, Instant> issued, used;
};

// How a server refuses a token: before it accepts, or after.
using Refusal = std::function<Script()>;
Script by_401() { return {json(401, R"({"detail":"no"})")}; }
Script by_403() { return {answer(403)}; }
Script by_1008() { return {accept(), close(1008, "no"), hang()}; }

Script welcome() { return {accept(), ready_message(), wait_for_close()}; }

// Decides about an upgrade; `token` is that of the Authorization header, of the query, or none.
using Judge = std::function<Script(const Request&, const std::string& token, Memory&)>;

std::string token_of(const Request& request) {
  const std::string header = request.header("Authorization");
  if (header.starts_with("Bearer ")) return header.substr(7);
  const auto query = request.target().find("token=");
  return query == std::string::npos ? "" : request.target().substr(query + 6);
}

Script serve(const Judge& judge, const std::shared_ptr<Memory>& memory, const Request& request) {
  if (request.target() == "/auth/login") {
    const std::string token = "token-of-login-" + std::to_string(++memory->logins);
    memory->issued[token] = Clock::now();
    return {json(200, granted(token))};
  }
  if (request.header("Upgrade") == "websocket") ++memory->upgrades;
  return judge(request, token_of(request), *memory);
}

Handler handler_of(Judge judge) {
  return std::bind_front(serve, std::move(judge), std::make_shared<Memory>());
}

struct Setting {
  DefaultConfig::Keys socket = {};
  Circumstances circumstances = {};
};

ProbeRun look_into(const Judge& judge, const Setting& setting) {
  const Server server(handler_of(judge));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  merge(usual.socket, setting.socket);
  return walk_and_diagnose(usual, setting.circumstances);
}

Scenario look(std::string name, Step step, Reason reason, std::string detail, Judge judge,
              Setting setting = {}) {
  return {std::move(name), step, reason, std::move(detail),
          std::bind_front(look_into, std::move(judge), std::move(setting))};
}

// 5xx with and without a token, or with one alone.
Script always_500(const Request&, const std::string&, Memory&) { return {answer(500)}; }
Script only_good_500(const Request&, const std::string& token, Memory&) {
  return token.starts_with("token-of") ? Script{answer(500)} : by_401();
}
Script once_500(const Request&, const std::string&, Memory& memory) {
  return memory.upgrades == 1 ? Script{answer(500)} : welcome();
}
Script only_query(const Refusal& refuse, const Request& request, const std::string&, Memory&) {
  return request.target().contains("token=token-of") ? welcome() : refuse();
}

Scenarios failures() {
  return {
      look("A500WithAndWithoutAToken", Step::upgrade, server_error_before_auth,
           "without a token it fails as well", always_500),
      look("A500WithAGoodTokenAlone", Step::upgrade, server_error_after_auth,
           "without a token it is refused", only_good_500),
      look("A500ThatHealsSaysNothing", Step::upgrade, server_error, "accepted a moment later",
           once_500),
      look("A500WhereTheTokenMustBeSpared", Step::upgrade, server_error, "HTTP 500", always_500,
           {.circumstances = {.spare_refusals = true}}),
      look("A500WhereTheHeaderIsStripped", Step::upgrade, header_stripped, "in another place",
           std::bind_front(only_query, [] { return Script{answer(500)}; })),
      look("A1011WhereTheHeaderIsStripped", Step::ready, header_stripped, "in another place",
           std::bind_front(only_query,
                           [] { return Script{accept(), close(1011, "no token"), hang()}; })),
  };
}

// A server that selects a subprotocol or leaves the client without an answer, as Janus does; and
// one whose paths know no other, as Node's do.
Script only_bare(const Request& request, const std::string&, Memory&) {
  return request.header("Sec-WebSocket-Protocol").empty() ? welcome() : Script{hang()};
}
Script only_bare_or_gone(const Request& request, const std::string&, Memory&) {
  return request.header("Sec-WebSocket-Protocol").empty() ? welcome() : Script{fin()};
}
Script unknown_hangs(const Request& request, const std::string&, Memory&) {
  return {request.header("Upgrade").empty() ? answer(404) : hang()};
}

ProbeRun look_into_silence(const Judge& judge, const Setting& setting) {
  const Server server(handler_of(judge));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.probe["timeout"] = "300ms";
  merge(usual.socket, setting.socket);
  return walk_and_diagnose(usual, setting.circumstances);
}

Scenarios silences() {
  const Setting offers{.socket = {{"subprotocols", "[chat.v2]"}}, .circumstances = {.pause = 10ms}};
  return {
      {"AnUpgradeThatHangsForItsSubprotocol", Step::upgrade, subprotocol_mismatch,
       "without subprotocols the same upgrade is accepted",
       std::bind_front(look_into_silence, only_bare, offers)},
      {"AnUpgradeThatHangsLikeThatOfAnUnknownPath", Step::upgrade, handshake_timeout,
       "the path may be wrong", std::bind_front(look_into_silence, unknown_hangs, Setting())},
      look("AnUpgradeThatEndsForItsSubprotocol", Step::upgrade, subprotocol_mismatch,
           "without subprotocols it is accepted", only_bare_or_gone, offers),
  };
}

// The token is refused for a moment, which a busy machine must not miss.
constexpr Span moment = 250ms;
const Circumstances patient{.pause = 400ms};
Script too_young(const Refusal& refuse, const Request&, const std::string& token, Memory& memory) {
  const bool old = Clock::now() - memory.issued[token] > moment;
  return old ? welcome() : refuse();
}
Script used_elsewhere(const Refusal& refuse, const Request&, const std::string& token,
                      Memory& memory) {
  const Instant before = std::exchange(memory.used[token], Clock::now());
  const bool first_of_all = memory.upgrades == 1;
  return first_of_all || Clock::now() - before < moment ? refuse() : welcome();
}
Script starting(const Request&, const std::string&, Memory& memory) {
  return memory.upgrades == 1 ? by_403() : welcome();
}
// A plain request counts as a use as well.
Script used_by_rest(const Request& request, const std::string& token, Memory& memory) {
  const Instant before = std::exchange(memory.used[token], Clock::now());
  if (request.target() == "/api/me") return {json(200, "{}")};
  return memory.upgrades == 1 || Clock::now() - before < moment ? by_401() : welcome();
}
// The token is refused for good.
Script first_token(const Refusal& refuse, const Request&, const std::string& token, Memory&) {
  return token == "token-of-login-1" ? refuse() : welcome();
}
Script only_here(int rest_status, const Refusal& refuse, const Request& request,
                 const std::string& token, Memory&) {
  if (request.target() == "/api/me") return {json(token.empty() ? 400 : rest_status, "{}")};
  return refuse();
}

// What a refused token can mean is the same before and after the upgrade is accepted.
Scenarios tokens(const std::string& how, Step step, const Refusal& refuse) {
  const Setting rest{.socket = {{"rest", R"("{{target.http}}/api/me")"}}};
  return {
      look(how + "OfATokenThatIsTooYoung", step, clock_skew, "clocks disagree",
           std::bind_front(too_young, refuse), {.circumstances = patient}),
      look(how + "OfATokenThatIsUsedTwice", step, token_reuse_rejected, "used twice",
           std::bind_front(used_elsewhere, refuse), {.circumstances = patient}),
      look(how + "OfThisTokenAlone", step, token_stale, "fresh login",
           std::bind_front(first_token, refuse)),
      look(how + "OfAHeaderThatIsStripped", step, header_stripped, "in another place",
           std::bind_front(only_query, refuse)),
      look(how + "AndRestOpens", step, socket_unauthorized, "accepts the same token",
           std::bind_front(only_here, 200, refuse), rest),
      look(how + "AndRestRefuses", step, token_refused, "refuses the same token",
           std::bind_front(only_here, 401, refuse), rest),
  };
}

Script edge_and_app(const Request& request, const std::string&, Memory&) {
  const std::string server = request.target() == "/websocket" ? "app" : "edge";
  return {answer(403, "", {{"Server", server}})};
}
Script at_one_path(const Request& request, const std::string&, Memory&) {
  return request.target() == "/websocket" ? by_403() : Script{json(404, R"({"detail":"x"})")};
}
Script at_all_paths(const Request&, const std::string&, Memory&) { return by_403(); }

Scenarios forbidden_ones() {
  return {
      look("A403WhereOtherPathsAre404", Step::upgrade, forbidden, "this one exists and refuses",
           at_one_path),
      look("A403AtAnyPath", Step::upgrade, forbidden_or_no_route, "answers the same", at_all_paths),
      look("A403OfAnotherServer", Step::upgrade, forbidden_or_no_route, "HTTP 403", edge_and_app),
      look("A401OfATokenThatRestUsesAtOnce", Step::upgrade, token_reuse_rejected, "used twice",
           used_by_rest,
           {.socket = {{"rest", R"("{{target.http}}/api/me")"}}, .circumstances = patient}),
      look("A403ThatIsGoneAtOnce", Step::upgrade, not_ready, "accepts the same token", starting,
           {.circumstances = {.passed_lately = true}}),
      look("A403ThatIsGoneButNothingPassedBefore", Step::upgrade, forbidden_or_no_route,
           "a moment later", starting),
      look("A403OfATokenUsedTwice", Step::upgrade, token_reuse_rejected, "used twice",
           std::bind_front(used_elsewhere, by_403), {.circumstances = patient}),
  };
}

// Paths and proxies.
Script no_such_path(const Request&, const std::string&, Memory&) {
  return {json(404, R"({"detail":"Not Found"})")};
}
Script upgrade_at_get(const Request& request, const std::string&, Memory&) {
  return {answer(request.header("Upgrade").empty() ? 426 : 404)};
}
Script wants_upgrade(const Request&, const std::string&, Memory&) { return {answer(426)}; }
Script right(const Request&, const std::string&, Memory&) { return welcome(); }

ProbeRun behind_a_proxy(const Judge& edge, const Judge& behind) {
  const Server origin(handler_of(behind));
  return look_into(edge, {.socket = {{"origin", "\"" + origin.url("/websocket", "ws") + "\""}}});
}

Scenarios routes() {
  return {
      look("A404OfAnyRequest", Step::upgrade, no_route_or_stripped, "a plain GET answers the same",
           no_such_path),
      look("A404OfAnUpgradeAlone", Step::upgrade, no_route, "the Upgrade header arrives",
           upgrade_at_get),
      {"A404ThatTheOriginDoesNotKnow", Step::upgrade, upgrade_stripped, "the origin itself accepts",
       std::bind_front(behind_a_proxy, no_such_path, right)},
      {"A404OfTheOriginAsWell", Step::upgrade, no_route, "the origin itself answers so",
       std::bind_front(behind_a_proxy, no_such_path, no_such_path)},
      {"A426ThatTheOriginDoesNotKnow", Step::upgrade, upgrade_stripped, "the origin itself accepts",
       std::bind_front(behind_a_proxy, wants_upgrade, right)},
  };
}

// Extensions and ALPN.
Script only_compressed(const Request& request, const std::string&, Memory&) {
  if (request.header("Sec-WebSocket-Extensions").empty()) return {fin()};
  return {accept({{"Sec-WebSocket-Extensions", "permessage-deflate"}}), hang()};
}
Script always_compressed(const Request&, const std::string&, Memory&) {
  return {accept({{"Sec-WebSocket-Extensions", "permessage-deflate"}}), hang()};
}
Script compressed_frame(const Request&, const std::string&, Memory&) {
  return {accept(), send(frame(op_text, "x", {.rsv = 4})), hang()};
}

ProbeRun hates_alpn() {
  Authority authority;
  const Server server(handler_of(right));
  const TlsServer front({.identity = authority.issue({}),
                         .alpn = "http/1.1",
                         .hates_alpn = true,
                         .relay = server.port()});
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.target["ws"] = "\"wss://127.0.0.1:" + std::to_string(front.port()) + "\"";
  usual.socket["tls"] = "{ ca: " + authority.file() + " }";
  return walk_and_diagnose(usual);
}

ProbeRun compressed_event() {
  return Chat{.turn = {send(frame(op_text, "x", {.rsv = 4})), hang()}}.walk();
}

Scenarios extensions() {
  return {
      look("AnEndUnlessCompressionIsOffered", Step::upgrade, extension_fault, "permessage-deflate",
           only_compressed),
      look("AnExtensionThatNobodyOfferedHere", Step::upgrade, extension_fault, "permessage-deflate",
           always_compressed),
      look("ACompressedFrameBeforeReady", Step::ready, extension_fault, "reserved bits",
           compressed_frame),
      {"ACompressedEvent", Step::events, extension_fault, "reserved bits", compressed_event},
      {"AnEndWhereAlpnIsOffered", Step::upgrade, alpn_fault, "without an offer", hates_alpn},
  };
}

Script somebody_else(const Request&, const std::string&, Memory&) {
  return {accept(), text(R"({"type":"connection_established","data":{"user_id":"demo-user"}})"),
          wait_for_close()};
}
const std::string identity =
    R"({ type: connection_established, within: 1s, identity: { at: /data/user_id, )"
    R"(equals: "{{identity.username}}" } })";

// A handler that is attached too late loses what comes first.
Script once_attached(Instant accepted, const std::string&) {
  if (Clock::now() - accepted < 400ms) return {};
  return good_turn("42");
}
Script attaches_late(const Request&, const std::string&, Memory&) {
  return {accept(), ready_message(), on_message(std::bind_front(once_attached, Clock::now()))};
}

ProbeRun chat_with(const Judge& judge) {
  const Server server(handler_of(judge));
  DefaultConfig usual(server.url(""));
  usual.kind("chat");
  usual.defaults["timeout"] = "300ms";
  return walk_and_diagnose(usual);
}

Scenarios others() {
  return {
      look("AnotherUserForAnyToken", Step::ready, auth_fail_open, "garbage token is welcome",
           somebody_else, {.socket = {{"ready", identity}}}),
      {"AMessageThatComesTooEarly", Step::events, lost_early_message, "half a second later",
       std::bind_front(chat_with, attaches_late)},
  };
}

}  // namespace

Scenarios diagnosed_scenarios() {
  return join({failures(), silences(), tokens("A401", Step::upgrade, by_401),
               tokens("A1008", Step::ready, by_1008), forbidden_ones(), routes(), extensions(),
               others()});
}

}  // namespace sonde::test::diagnosis_scenarios_test
