#include "probes/net/dns/lookup.hpp"

#include <filesystem>
#include <fstream>

#include "probes/net/dns/lookup_hosts.hpp"
#include "probes/net/dns/lookup_verdict.hpp"
#include "tests/probes/net/dns/lookup_fixture.hpp"

namespace sonde::net::lookup_test {
namespace {

using test::DnsReply;
using test::DnsServer;
using namespace std::chrono_literals;

constexpr int servfail = 2, nxdomain = 3, refused = 5;

// The names say what becomes of a question; the root is always answered.
DnsReply script(const std::string& name, const std::string& type) {
  if (name.starts_with("dead")) return {.silent = true};
  if (name.starts_with("gone")) return {.code = nxdomain};
  if (name.starts_with("broken")) return {.code = servfail};
  if (name.starts_with("closed")) return {.code = refused};
  if (name.starts_with("empty")) return {};
  if (name.starts_with("four") && type == "AAAA") return {};
  if (name.starts_with("slow6") && type == "AAAA") return {.silent = true};
  if (name.starts_with("alias"))
    return {.addresses = loopback_addresses(type).addresses, .alias = "real.test"};
  return loopback_addresses(type);
}

// A server that knows nothing, not even the root.
DnsReply all_broken(const std::string&, const std::string&) { return {.code = servfail}; }
DnsReply all_silent(const std::string&, const std::string&) { return {.silent = true}; }

using LookupTest = LookupFixture;

TEST_F(LookupTest, LiteralsAskNobody) {
  const DnsServer server(script);
  ask(server);
  EXPECT_EQ(found("192.0.2.7"), "192.0.2.7 ");
  EXPECT_EQ(found("2001:db8::7"), "2001:db8::7 ");
  line.family = Family::ipv6;
  EXPECT_EQ(reason("192.0.2.7"), Reason::dns_nodata);
  EXPECT_EQ(server.questions(), 0);
}

TEST_F(LookupTest, LocalhostAsksNobody) {
  const DnsServer server(script);
  ask(server);
  EXPECT_TRUE(found("localhost").contains("127.0.0.1 "));
  EXPECT_TRUE(found("app.localhost").contains("127.0.0.1 ")) << "as in browsers";
  EXPECT_EQ(server.questions(), 0);
}

TEST_F(LookupTest, BothFamiliesAreFoundIpv4First) {
  const DnsServer server(script);
  ask(server);
  EXPECT_EQ(found("both.test"), "127.0.0.1 ::1 ");
}

TEST_F(LookupTest, OnlyTheFamilyAskedForIsFound) {
  const DnsServer server(script);
  ask(server);
  line.family = Family::ipv6;
  EXPECT_EQ(found("both.test"), "::1 ");
  EXPECT_EQ(reason("four.test"), Reason::dns_nodata);
}

TEST_F(LookupTest, AliasIsFollowed) {
  const DnsServer server(script);
  ask(server);
  EXPECT_EQ(found("alias.test"), "127.0.0.1 ::1 ");
}

TEST_F(LookupTest, NamesAreAbsolute) {
  const DnsServer server([](const std::string& name, const std::string&) -> DnsReply {
    return {.code = name == "short" ? nxdomain : 0, .addresses = {}};
  });
  ask(server);
  EXPECT_EQ(reason("short"), Reason::dns_nxdomain);
  EXPECT_EQ(server.questions(), 2);
}

TEST_F(LookupTest, AbsenceIsTheTargetsFault) {
  const DnsServer server(script);
  ask(server);
  EXPECT_EQ(reason("gone.test"), Reason::dns_nxdomain);
  EXPECT_EQ(reason("empty.test"), Reason::dns_nodata);
}

TEST_F(LookupTest, ServfailIsTheZonesFaultIfTheRootIsAnswered) {
  const DnsServer server(script);
  ask(server);
  EXPECT_EQ(reason("broken.test"), Reason::dns_servfail);
  EXPECT_EQ(reason("closed.test"), Reason::dns_servfail);
}

TEST_F(LookupTest, ServfailIsOursIfTheRootIsNotAnswered) {
  const DnsServer server(all_broken);
  ask(server);
  EXPECT_EQ(reason("broken.test"), Reason::own_dns);
}

TEST_F(LookupTest, SilenceEndsInTimeAndIsTheZonesFaultIfTheRootIsAnswered) {
  const DnsServer server(script);
  ask(server);
  EXPECT_EQ(reason("dead.test", 10s), Reason::dns_timeout);
}

TEST_F(LookupTest, SilenceIsOursIfTheRootIsNotAnswered) {
  const DnsServer server(all_silent);
  ask(server);
  EXPECT_EQ(reason("dead.test", 10s), Reason::own_dns);
}

TEST_F(LookupTest, CutAfterTheRootWasAnsweredIsTheZonesFault) {
  const DnsServer server(script);
  ask(server);
  const auto begun = Clock::now();
  EXPECT_EQ(reason("dead.test", 1500ms), Reason::dns_timeout);
  EXPECT_LT(Clock::now() - begun, 4s);
}

TEST_F(LookupTest, CutBeforeAnythingIsKnownIsOurs) {
  const DnsServer server(script);
  ask(server);
  EXPECT_EQ(reason("dead.test", 50ms), Reason::own_dns);
}

TEST_F(LookupTest, DeadZoneDoesNotDelayItsNeighbour) {
  const DnsServer server(script);
  ask(server);
  const std::string dead_name = "dead.test";
  std::optional<Reason> dead;
  auto keep = [&](std::exception_ptr, auto result) { dead = result.error().reason; };
  boost::asio::co_spawn(io, network.lookup().resolve(dead_name, line), keep);
  EXPECT_EQ(reason("both.test", 500ms), Reason::ok);
  EXPECT_FALSE(dead);
}

TEST_F(LookupTest, SlowFamilyDelaysTheOtherOnlyShortly) {
  const DnsServer server(script);
  ask(server);
  const auto begun = Clock::now();
  EXPECT_EQ(found("slow6.test"), "127.0.0.1 ");
  EXPECT_LT(Clock::now() - begun, 500ms);
}

TEST_F(LookupTest, NobodyListeningIsOurs) {
  std::optional<DnsServer> server(script);
  ask(*server);
  server.reset();
  EXPECT_EQ(reason("both.test"), Reason::own_dns);
}

TEST_F(LookupTest, LoopMayEndWhileALookupIsOpen) {
  const DnsServer server(script);
  ask(server);
  EXPECT_EQ(reason("dead.test", 10ms), Reason::own_dns);
}

TEST(LookupHosts, AreReadAgainWhenTheFileChanges) {
  const auto path =
      std::filesystem::temp_directory_path() / ("hosts-" + std::to_string(::getpid()));
  std::ofstream(path) << "::1 a.test\n127.0.0.1\tA.test b.test # c.test\nnonsense d.test\n";
  Hosts hosts(path.string());
  ASSERT_TRUE(hosts.find("a.test"));
  EXPECT_EQ(hosts.find("a.test")->size(), 2U);
  EXPECT_EQ(hosts.find("a.test")->front().text, "127.0.0.1");
  EXPECT_TRUE(hosts.find("b.test"));
  EXPECT_FALSE(hosts.find("c.test"));
  EXPECT_FALSE(hosts.find("d.test"));
  std::ofstream(path) << "127.0.0.1 d.test\n";
  std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() + 5s);
  EXPECT_FALSE(hosts.find("a.test"));
  EXPECT_TRUE(hosts.find("d.test"));
  std::filesystem::remove(path);
  EXPECT_FALSE(hosts.find("d.test"));
  EXPECT_TRUE(hosts.find("localhost"));
}

TEST(LookupVerdict, EachWaitsForBothFamilies) {
  Known known{.family = Family::each, .v4 = DnsAnswer::found, .found = {{"127.0.0.1", false}}};
  known.enough = true;
  EXPECT_FALSE(conclude(known, "a").end);
  known.v6 = DnsAnswer::nodata;
  EXPECT_TRUE(conclude(known, "a").end);
  known.v6 = DnsAnswer::silence;
  EXPECT_TRUE(conclude(known, "a").ask_root);
}

TEST(LookupVerdict, NameThatCannotBeAskedIsOurRequest) {
  const Known known{.v4 = DnsAnswer::bad_name, .v6 = DnsAnswer::bad_name};
  EXPECT_EQ(conclude(known, "a").end->error().reason, Reason::own_request);
}

TEST(LookupVerdict, SlowAnswerMakesTheRootAsked) {
  Known known;
  EXPECT_FALSE(conclude(known, "a").ask_root);
  known.slow = true;
  EXPECT_TRUE(conclude(known, "a").ask_root);
}

}  // namespace
}  // namespace sonde::net::lookup_test
