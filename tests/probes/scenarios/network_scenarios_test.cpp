#include "tests/probes/scenarios/scenario.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/dns_server.hpp"
#include "tests/support/tcp_server.hpp"
#include "tests/support/tls_server.hpp"

// What can fail below HTTP: the same at health, login and upgrade.
namespace sonde::test::network_scenarios_test {
namespace {

using enum Reason;
using Happening = ProbeRun (*)(Step);

std::string local(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

ProbeRun walk_to(Step step, const std::string& host, const DefaultConfig::Keys& line = {},
                 const std::string& timeout = "5s") {
  const auto usual = usual_at(step, host);
  merge(line_of(*usual, step), line);
  usual->defaults["timeout"] = timeout;
  return walk(*usual);
}

ProbeRun look_up(Step step, const DnsServer::Script& script, const std::string& timeout = "5s") {
  const DnsServer dns(script);
  const std::string servers = "{ servers: [\"" + local(dns.address().port) + "\"] }";
  return walk_to(step, "api.zone.test", {{"dns", servers}}, timeout);
}

DnsReply no_such_name(const std::string&, const std::string&) { return {.code = 3}; }
DnsReply no_address(const std::string&, const std::string&) { return {}; }
DnsReply zone_fails(const std::string& name, const std::string&) {
  return {.code = name.empty() ? 0 : 2};
}
DnsReply zone_is_silent(const std::string& name, const std::string&) {
  return {.silent = !name.empty()};
}

ProbeRun nxdomain(Step step) { return look_up(step, no_such_name); }
ProbeRun nodata(Step step) { return look_up(step, no_address); }
ProbeRun servfail(Step step) { return look_up(step, zone_fails); }
ProbeRun silent_zone(Step step) { return look_up(step, zone_is_silent, "1500ms"); }

ProbeRun refused(Step step) { return walk_to(step, local(refused_port())); }

ProbeRun dropped(Step step) {
  const BlackHole hole;
  return walk_to(step, local(hole.port()), {}, "200ms");
}

ProbeRun reset_by_peer(Step step) {
  const TcpServer server(reset);
  return walk_to(step, local(server.port()));
}

// A connection to a broadcast address is refused by the kernel, wherever this runs.
ProbeRun unreachable(Step step) { return walk_to(step, "255.255.255.255:80"); }

ProbeRun over_tls(Step step, std::uint16_t port, const std::string& ca,
                  const std::string& timeout = "5s") {
  const auto usual = usual_at(step, local(port));
  usual->secure(ca);
  usual->defaults["timeout"] = timeout;
  return walk(*usual);
}

ProbeRun refusing_proxy(Step step) {
  const Server proxy(Script{answer(502)});
  const Authority authority;
  const auto usual = usual_at(step, "127.0.0.1:9");
  usual->secure(authority.file());
  line_of(*usual, step)["proxy"] = proxy.url("");
  return walk(*usual);
}

ProbeRun no_tls(Step step) {
  const TcpServer server(say("HTTP/1.1 400 Bad Request\r\n\r\n"));
  const Authority authority;
  return over_tls(step, server.port(), authority.file());
}

ProbeRun with_certificate(Step step, const Certified& what) {
  Authority authority;
  const TlsServer server({.identity = authority.issue(what)});
  return over_tls(step, server.port(), authority.file());
}

ProbeRun untrusted(Step step) {
  Authority authority;
  const TlsServer server({.identity = authority.self_signed({})});
  return over_tls(step, server.port(), authority.file());
}

ProbeRun expired(Step step) { return with_certificate(step, {.from_days = -9, .to_days = -1}); }
ProbeRun of_another(Step step) {
  return with_certificate(step, {.alternatives = {"DNS:other.test"}});
}

ProbeRun silent_tls(Step step) {
  const TcpServer server(swallow);
  const Authority authority;
  return over_tls(step, server.port(), authority.file(), "200ms");
}

ProbeRun http2_in_alpn(Step step) {
  Authority authority;
  const TlsServer server({.identity = authority.issue({}), .alpn = "h2"});
  return over_tls(step, server.port(), authority.file());
}

ProbeRun http2_on_the_wire(Step step) {
  const Server server(Script{send(std::string("\0\0\x12\4\0\0\0\0\0", 9)), fin()});
  return walk_to(step, local(server.port()));
}

struct Entry {
  const char* name;
  Reason reason;
  const char* detail;
  Happening happening;
};

constexpr Entry table[] = {
    {"ANameThatDoesNotExist", dns_nxdomain, "api.zone.test: no such name", nxdomain},
    {"ANameWithoutAddress", dns_nodata, "api.zone.test", nodata},
    {"AZoneThatFails", dns_servfail, "SERVFAIL", servfail},
    {"AZoneThatIsSilent", dns_timeout, "no answer", silent_zone},
    {"APortThatNobodyListensOn", tcp_refused, "127.0.0.1:", refused},
    {"AHostThatDropsPackets", tcp_timeout, "phase connect", dropped},
    {"AConnectionThatIsReset", tcp_reset, "", reset_by_peer},
    {"AnAddressWithoutRoute", tcp_unreachable, "255.255.255.255:80", unreachable},
    {"AProxyThatRefuses", proxy_failed, "502", refusing_proxy},
    {"APortThatSpeaksNoTls", tls_handshake, "127.0.0.1", no_tls},
    {"ACertificateOfAnUnknownAuthority", tls_untrusted, "self-signed", untrusted},
    {"ACertificateThatHasExpired", tls_expired, "expired", expired},
    {"ACertificateOfAnotherName", tls_name_mismatch, "mismatch", of_another},
    {"ATlsServerThatIsSilent", tls_timeout, "phase tls", silent_tls},
    {"AServerThatWantsHttp2InAlpn", alpn_h2, "127.0.0.1", http2_in_alpn},
    {"AServerThatSpeaksHttp2AtOnce", alpn_h2, "HTTP/2", http2_on_the_wire},
};

}  // namespace

Scenarios network_scenarios(Step step) {
  Scenarios all;
  for (const auto& [name, reason, detail, happening] : table)
    all.push_back({name, step, reason, detail, std::bind_front(happening, step)});
  return all;
}

}  // namespace sonde::test::network_scenarios_test
