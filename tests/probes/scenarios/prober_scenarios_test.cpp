#include <sys/resource.h>

#include <optional>

#include "tests/probes/scenarios/scenario.hpp"
#include "tests/support/dns_server.hpp"
#include "tests/support/signer.hpp"

// What is the prober's own fault and says nothing of the target.
namespace sonde::test::prober_scenarios_test {
namespace {

using enum Reason;

DnsReply silence(const std::string&, const std::string&) { return {.silent = true}; }

ProbeRun ask_silent_dns(Step step, const std::string& timeout) {
  const DnsServer dns(silence);
  const auto usual = usual_at(step, "api.zone.test");
  line_of(*usual, step)["dns"] =
      "{ servers: [\"127.0.0.1:" + std::to_string(dns.address().port) + "\"] }";
  usual->defaults["timeout"] = timeout;
  return walk(*usual);
}

ProbeRun lose_the_password(std::string_view kind) {
  DefaultConfig usual("127.0.0.1:9");
  usual.kind(kind);
  if (kind == "health") usual.probe["headers"] = R"({ X-Key: "{{identity.password}}" })";
  const auto check = plan(usual.yaml()).check("p");
  usual.folder.remove("alice.pw");
  return walk(check);
}

ProbeRun lose_the_token() {
  DefaultConfig usual("127.0.0.1:9");
  usual.kind("login");
  usual.login = {{"method", "token"},
                 {"token", "{ file: " + usual.folder.write("token", "t") + " }"}};
  const auto check = plan(usual.yaml()).check("p");
  usual.folder.remove("token");
  return walk(check);
}

ProbeRun show_an_old_token() {
  DefaultConfig usual("127.0.0.1:9");
  usual.kind("login");
  const std::string token = Signer().token(R"("exp":1000)");
  usual.login = {{"method", "token"},
                 {"token", "{ file: " + usual.folder.write("token", token) + " }"},
                 {"jwt", "{}"}};
  return walk(usual);
}

ProbeRun ask_nonsense(Step step, const std::string& url) {
  const Server server(after_login({}));
  DefaultConfig usual(server.url(""));
  usual.kind(step == Step::health ? "health" : step == Step::login ? "login" : "upgrade");
  usual.probe["as"] = "alice";
  line_of(usual, step)["url"] = url;
  return walk(usual);
}

ProbeRun offer_no_token() {
  const Server server(Script{json(200, granted("base64/with=padding"))});
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.socket["token_in"] = "subprotocol";
  return walk(usual);
}

rlimit descriptors(std::optional<rlimit> limit) {
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  if (limit) setrlimit(RLIMIT_NOFILE, &*limit);
  return before;
}

// The login is answered, and then there is not one descriptor left for the upgrade.
ProbeRun run_out_of_descriptors() {
  const rlimit before = descriptors(std::nullopt);
  const Server server(Handler([&](const Request&) -> Script {
    descriptors(rlimit{.rlim_cur = 1, .rlim_max = before.rlim_max});
    return {json(200, granted())};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  ProbeRun walked = walk(usual);
  descriptors(before);
  return walked;
}

}  // namespace

Scenarios prober_scenarios() {
  const Scenarios own = {
      {"ADnsServerThatIsSilentToEverything", Step::health, own_dns, "api.zone.test",
       std::bind_front(ask_silent_dns, Step::health, "6s")},
      {"ADeadlineBeforeItIsKnownWhoseDnsIsSilent", Step::login, own_dns, "api.zone.test",
       std::bind_front(ask_silent_dns, Step::login, "200ms")},
      {"APasswordThatIsGone", Step::login, own_secret, "alice.pw",
       std::bind_front(lose_the_password, "login")},
      {"APasswordThatIsGoneForAHealthProbe", Step::health, own_secret, "alice.pw",
       std::bind_front(lose_the_password, "health")},
      {"AStaticTokenThatIsGone", Step::login, own_secret, "token", lose_the_token},
      {"AStaticTokenThatHasExpired", Step::login, monitor_credential_expired, "exp is",
       show_an_old_token},
      {"AHealthUrlThatIsNone", Step::health, own_request, "url",
       std::bind_front(ask_nonsense, Step::health, R"("{{identity.username}}")")},
      {"ALoginUrlThatIsNone", Step::login, own_request, "login url",
       std::bind_front(ask_nonsense, Step::login, R"("{{identity.username}}")")},
      {"AnUpgradeAddressThatIsNone", Step::upgrade, own_request, "url",
       std::bind_front(ask_nonsense, Step::upgrade, R"("{{identity.username}}")")},
      {"ATokenThatNoSubprotocolCanCarry", Step::upgrade, own_request, "subprotocol",
       offer_no_token},
      {"NoDescriptorLeft", Step::upgrade, own_descriptors, "", run_out_of_descriptors},
  };
  return join({own, refuse_scenarios_test::unclear_refusals(), hold_scenarios_test::unclear_holds(),
               isolation_scenarios_test::unclear_trespasses(),
               parallel_scenarios_test::unclear_uses()});
}

}  // namespace sonde::test::prober_scenarios_test
