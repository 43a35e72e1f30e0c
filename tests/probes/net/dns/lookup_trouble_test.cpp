// That one lookup's trouble is its own.
#include <map>

#include <boost/asio/detached.hpp>

#include "probes/net/dns/lookup.hpp"
#include "tests/probes/net/dns/lookup_fixture.hpp"

namespace sonde::net::lookup_trouble_test {
namespace {

using test::DnsReply;
using test::DnsServer;
using namespace std::chrono_literals;

DnsReply script(const std::string& name, const std::string& type) {
  if (name.starts_with("dead")) return {.silent = true};
  if (name.starts_with("gone")) return {.code = 3};
  return loopback_addresses(type);
}

using LookupTrouble = LookupFixture;

// All of them outlive it.
boost::asio::awaitable<void> find_beside(Lookup& lookup, const std::string& name,
                                         const ConnectionOptions& line,
                                         std::map<std::string, std::string>& seen) {
  auto resolving = lookup.resolve(name, line);
  const auto result = co_await std::move(resolving);
  seen[name] = result ? "found" : result.error().detail;
}

// Healthy names are answered after one whose answer is truncated, and TCP is refused.
DnsReply with_one_truncated(const std::string& name, const std::string& type) {
  if (name.starts_with("cut")) return {.truncated = true};
  DnsReply reply = loopback_addresses(type);
  reply.held = name.starts_with("held");
  return reply;
}

TEST_F(LookupTrouble, TruncatedAnswerFailsItsOwnLookupAlone) {
  const DnsServer server(with_one_truncated);
  ask(server);
  line.family = Family::ipv4;
  std::map<std::string, std::string> seen;
  const std::vector<std::string> names = {"held1.test", "held2.test", "held3.test"};
  for (const auto& name : names)
    boost::asio::co_spawn(io, find_beside(network.lookup(), name, line, seen),
                          boost::asio::detached);
  while (server.questions() < 3) io.run_for(1ms);
  const auto cut = find("cut.test");
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().reason, Reason::dns_timeout);
  EXPECT_TRUE(cut.error().detail.contains("truncated, and TCP")) << cut.error().detail;
  while (seen.size() < 3) io.run_one();
  for (const auto& [name, what] : seen) EXPECT_EQ(what, "found") << name;
}

TEST_F(LookupTrouble, AnswerOverTcpMayTakeASecond) {
  const auto answer = [](const std::string&, const std::string& type) {
    return loopback_addresses(type);
  };
  // First the TCP port, of which far more are in use.
  const test::TcpServer slow(test::dns_over_tcp(answer, 1200ms));
  const DnsServer server(with_one_truncated, slow.port());
  ask(server);
  line.family = Family::ipv4;
  EXPECT_EQ(found("cut.test"), "127.0.0.1 ");
}

TEST_F(LookupTrouble, TruncatedAnswerOfOneFamilyLeavesTheOther) {
  const DnsServer server([](const std::string&, const std::string& type) -> DnsReply {
    if (type == "AAAA") return {.truncated = true};
    return loopback_addresses(type);
  });
  ask(server);
  EXPECT_EQ(found("half.test"), "127.0.0.1 ");
}

TEST_F(LookupTrouble, AnswerThatCannotBeReadIsSaidToBeThat) {
  const DnsServer server([](const std::string& name, const std::string& type) -> DnsReply {
    DnsReply reply = loopback_addresses(type);
    reply.garbage = !name.empty();
    return reply;
  });
  ask(server);
  const auto result = find("odd.test");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, Reason::dns_servfail);
  EXPECT_TRUE(result.error().detail.contains("cannot be read")) << result.error().detail;
}

TEST_F(LookupTrouble, ServerThatComesBackIsAskedAgain) {
  std::optional<DnsServer> server(script);
  ask(*server);
  const auto port = server->address().port;
  EXPECT_EQ(reason("both.test"), Reason::ok);
  server.reset();
  EXPECT_EQ(reason("both.test"), Reason::own_dns);
  const DnsServer again(script, port);
  EXPECT_EQ(reason("both.test"), Reason::ok);
  EXPECT_EQ(reason("gone.test"), Reason::dns_nxdomain);
}

// More than there may be connections over TCP.
TEST_F(LookupTrouble, ManyTruncatedAnswersFailTheirOwnLookupsAlone) {
  const DnsServer server([](const std::string& name, const std::string& type) -> DnsReply {
    if (name.starts_with("cut")) return {.truncated = true};
    return loopback_addresses(type);
  });
  ask(server);
  std::map<std::string, std::string> seen;
  std::vector<std::string> names;
  for (int i = 0; i < 40; ++i) names.push_back("cut" + std::to_string(i) + ".test");
  for (const auto& name : names)
    boost::asio::co_spawn(io, find_beside(network.lookup(), name, line, seen),
                          boost::asio::detached);
  EXPECT_EQ(found("good.test"), "127.0.0.1 ::1 ");
  while (seen.size() < names.size()) io.run_one();
  for (const auto& [name, what] : seen) EXPECT_TRUE(what.contains("truncated, and TCP")) << what;
}

}  // namespace
}  // namespace sonde::net::lookup_trouble_test
