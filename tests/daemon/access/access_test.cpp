#include "daemon/access/access.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include <boost/asio/io_context.hpp>

#include "daemon/access/bcrypt.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/turn_until.hpp"

namespace sonde::access::access_test {
namespace {

using enum Decision::Kind;
using Answer = PasswordChecker::Answer;

// bcrypt of "dave123", a vector of the exporter-toolkit; the same, and "secret", at the lowest
// cost.
const std::string daves = "$2y$10$2UXri9cIDdgeKjBo4Rlpx.U3ZLDV8X1IxKmsfOvhcM5oXQt/mLmXq";
const std::string dave = "$2y$04$abcdefghijklmnopqrstuuT.VdioudKiCP.wBnKnIyRNAu9yUSXv2";
const std::string cheap = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";

TEST(Bcrypt, KnowsTheHashesOfOthers) {
  EXPECT_TRUE(bcrypt_matches("dave123", daves));
  EXPECT_FALSE(bcrypt_matches("dave124", daves));
  EXPECT_TRUE(bcrypt_matches("secret", cheap));
}

TEST(Bcrypt, APasswordDoesNotEndAtANul) {
  EXPECT_FALSE(bcrypt_matches(std::string("dave123\0more", 12), daves));
  EXPECT_FALSE(bcrypt_matches(std::string("dave123\0", 8), daves));
}

TEST(Bcrypt, TellsTheCostOfAHashAndRefusesOtherTexts) {
  EXPECT_EQ(bcrypt_cost(daves), 10);
  EXPECT_EQ(bcrypt_cost(cheap), 4);
  for (std::string wrong :
       {std::string("doe"), std::string(), daves + "x", daves.substr(1), "$2x$" + daves.substr(4),
        "$2y$03" + daves.substr(6), "$2y$21" + daves.substr(6), "$2y$1a" + daves.substr(6),
        daves.substr(0, 59) + "!", "$6$" + daves.substr(3)}) {
    const auto cost = bcrypt_cost(wrong);
    ASSERT_FALSE(cost) << wrong;
    EXPECT_FALSE(cost.error().contains(daves.substr(10, 8))) << "the error shows the hash";
  }
}

TEST(BasicCredentials, AreReadAsTheClientMeantThem) {
  const auto of = [](std::string_view text) {
    const auto read = basic_credentials(text);
    return read ? read->name + "|" + read->password.reveal() : "none";
  };
  EXPECT_EQ(of("Basic ZGF2ZTpkYXZlMTIz"), "dave|dave123");
  EXPECT_EQ(of("basic  ZGF2ZTpkYXZlMTIz"), "dave|dave123");
  EXPECT_EQ(of("BASIC YTpiOmM="), "a|b:c") << "a password may have colons";
  EXPECT_EQ(of("Basic w7Y6fn5+Pz8/"), "ö|~~~???") << "the alphabet of base64, not of base64url";
  for (const char* wrong : {"", "Basic", "Basic ", "Bearer ZGF2ZTpkYXZlMTIz", "Basic !!!!",
                            "Basic ZGF2ZQ==", "Basic w7Y6fn5-Pz8_"})
    EXPECT_EQ(of(wrong), "none") << wrong;
  EXPECT_EQ(of("Basic " + std::string(8000, 'a')), "none");
}

struct PasswordCheckerTest : testing::Test {
  boost::asio::io_context io;
  Users users = {{"dave", Hidden(dave)}, {"cheap", Hidden(cheap)}};
  std::vector<Answer> answers;

  void ask(PasswordChecker& checker, const std::string& name, const std::string& password,
           const std::string& client = "192.0.2.1") {
    checker.check(users, name, Hidden(password), client,
                  [this](Answer answer) { answers.push_back(answer); });
  }
  void await(std::size_t count) {
    test::turn_until(io, [&] { return answers.size() >= count; });
  }
};

TEST_F(PasswordCheckerTest, SaysWhoIsRight) {
  PasswordChecker checker(io.get_executor());
  ask(checker, "dave", "dave123");
  EXPECT_TRUE(answers.empty()) << "it was computed on the caller's thread";
  await(1);
  ask(checker, "dave", "wrong");
  await(2);
  ask(checker, "nobody", "dave123");
  await(3);
  ask(checker, "cheap", "dave123");
  await(4);
  EXPECT_THAT(answers,
              testing::ElementsAre(Answer::right, Answer::wrong, Answer::wrong, Answer::wrong));
}

TEST_F(PasswordCheckerTest, RemembersWhatWasRightUntilTheHashChanges) {
  PasswordChecker checker(io.get_executor());
  ask(checker, "cheap", "secret");
  await(1);
  ask(checker, "cheap", "secret");
  ASSERT_EQ(answers.size(), 2U) << "it was computed again";
  users["cheap"] = Hidden(dave);
  ask(checker, "cheap", "secret");
  EXPECT_EQ(answers.size(), 2U);
  await(3);
  EXPECT_EQ(answers.back(), Answer::wrong);
}

TEST_F(PasswordCheckerTest, ForgetsANameThatIsRemovedThoughAnotherHasItsHash) {
  PasswordChecker checker(io.get_executor());
  users = {{"cheap", Hidden(cheap)}};
  ask(checker, "cheap", "secret");
  await(1);
  users = {{"other", Hidden(cheap)}};
  ask(checker, "cheap", "secret");
  await(2);
  EXPECT_EQ(answers.back(), Answer::wrong);
}

TEST_F(PasswordCheckerTest, NeverRemembersWhatWasWrong) {
  PasswordChecker checker(io.get_executor());
  ask(checker, "nobody", "x");
  await(1);
  ask(checker, "nobody", "x");
  EXPECT_EQ(answers.size(), 1U);
  await(2);
  EXPECT_EQ(answers.back(), Answer::wrong);
}

TEST_F(PasswordCheckerTest, ComputesForAnUnknownNameToo) {
  PasswordChecker checker(io.get_executor());
  users = {{"dave", Hidden(dave)}};
  ask(checker, "nobody", "dave123");
  EXPECT_TRUE(answers.empty()) << "it was answered at once, so the name is known to be unknown";
  await(1);
  EXPECT_EQ(answers.back(), Answer::wrong);
}

TEST_F(PasswordCheckerTest, AClientThatGuessesDoesNotKeepOthersOut) {
  PasswordChecker checker(io.get_executor());
  for (std::size_t i = 0; i < 10; ++i) ask(checker, "cheap", "guess" + std::to_string(i));
  EXPECT_EQ(std::ranges::count(answers, Answer::busy),
            10 - static_cast<long>(PasswordQueue::of_client_max));
  ask(checker, "cheap", "secret", "192.0.2.2");
  await(11);
  EXPECT_EQ(std::ranges::count(answers, Answer::right), 1);
}

TEST_F(PasswordCheckerTest, ManyClientsThatGuessAreBoundedTogether) {
  PasswordChecker checker(io.get_executor());
  for (std::size_t i = 0; i < 40; ++i)
    ask(checker, "cheap", "guess", "192.0.2." + std::to_string(i));
  EXPECT_TRUE(answers.empty()) << "equal questions share a check";
  for (std::size_t i = 0; i < 40; ++i)
    ask(checker, "cheap", "guess" + std::to_string(i), "192.0.2." + std::to_string(i));
  EXPECT_EQ(answers.size(), 41 - PasswordQueue::checks_max);
  EXPECT_TRUE(std::ranges::all_of(answers, [](Answer one) { return one == Answer::busy; }));
}

TEST_F(PasswordCheckerTest, AddressesThatGuessDoNotKeepANewClientOut) {
  PasswordChecker checker(io.get_executor());
  const auto guess = [&](int round) {
    for (int client = 0; client < 20; ++client)
      for (int i = 0; i < 4; ++i)
        ask(checker, "cheap", "guess" + std::to_string(1000 * round + 10 * client + i),
            "192.0.2." + std::to_string(client));
  };
  guess(1);
  await(80);  // all are wrong, or were turned away
  guess(2);
  ask(checker, "cheap", "secret", "198.51.100.7");
  await(161);
  EXPECT_EQ(std::ranges::count(answers, Answer::right), 1);
}

TEST_F(PasswordCheckerTest, EndsWhileItComputes) {
  const std::string slow = "$2y$18$4VeFDzXIoPHKnKTU3O3GH.N.vZu06CVqczYZ8WvfzrddFU6tGqjR.";
  users = {{"bob", Hidden(slow)}};
  {
    PasswordChecker checker(io.get_executor());
    ask(checker, "bob", "x");
  }
  io.run();
  EXPECT_TRUE(answers.empty());
}

struct AccessTest : testing::Test {
  boost::asio::io_context io;
  test::Authority authority;
  test::Identity server = authority.issue({});
  std::string file = authority.write("web.yml", "");
  std::unique_ptr<Access> access;
  Connection connection{.address = "192.0.2.1"};

  void write(const std::string& yaml) { authority.write("web.yml", yaml); }
  std::string tls() const {
    return "tls_server_config: { cert_file: " + server.cert + ", key_file: " + server.key;
  }
  void open(const std::string& yaml) {
    write(yaml);
    auto made = Access::open(io.get_executor(), file);
    ASSERT_TRUE(made) << made.error();
    access = std::move(*made);
  }
  Decision decide(const Request& request) {
    std::optional<Decision> made;
    access->decide(connection, request, [&](Decision decision) { made = decision; });
    test::turn_until(io, [&] { return made.has_value(); });
    return made.value_or(Decision{});
  }
  Decision::Kind kind(const Request& request) { return decide(request).kind; }
};

const std::string by_password = "basic_auth_users: { dave: " + dave + " }\n";

TEST_F(AccessTest, WithoutAFileEverybodyMayAsk) {
  access = std::move(*Access::open(io.get_executor(), ""));
  const Decision decision = decide({.path = "/metrics"});
  EXPECT_EQ(decision.kind, allowed);
  EXPECT_FALSE(decision.authenticated);
  EXPECT_FALSE(access->asks());
  EXPECT_EQ(access->is_good(), std::nullopt);
}

TEST_F(AccessTest, AsksForAPassword) {
  open(by_password);
  EXPECT_TRUE(access->asks());
  EXPECT_EQ(kind({.path = "/metrics"}), unauthorized);
  EXPECT_EQ(kind({.path = "/metrics", .authorization = "Basic ZGF2ZTp4"}), unauthorized);
  EXPECT_EQ(kind({.path = "/metrics", .authorization = "Bearer ZGF2ZTpkYXZlMTIz"}), unauthorized);
  const Decision right = decide({.path = "/metrics", .authorization = "Basic ZGF2ZTpkYXZlMTIz"});
  EXPECT_EQ(right.kind, allowed);
  EXPECT_TRUE(right.authenticated);
}

TEST_F(AccessTest, ExcludedPathsMayBeReadButNotChanged) {
  open(by_password + "auth_excluded_paths: [/-/healthy]\n");
  const Decision read = decide({.path = "/-/healthy"});
  EXPECT_EQ(read.kind, allowed);
  EXPECT_FALSE(read.authenticated);
  EXPECT_EQ(kind({.path = "/-/healthy", .reads = false}), unauthorized);
  EXPECT_EQ(kind({.path = "/-/healthy/"}), unauthorized);
  EXPECT_EQ(kind({.path = "/-/Healthy"}), unauthorized);
  EXPECT_EQ(kind({.path = "/metrics"}), unauthorized);
}

TEST_F(AccessTest, ANewPasswordCountsAtOnce) {
  open(by_password);
  const Request request{.path = "/", .authorization = "Basic ZGF2ZTpkYXZlMTIz"};
  EXPECT_EQ(kind(request), allowed);
  write("basic_auth_users: { dave: " + cheap + " }\n");
  EXPECT_EQ(kind(request), unauthorized);
  write("basic_auth_users: { erin: " + dave + " }\n");
  EXPECT_EQ(kind(request), unauthorized);
  write(by_password);
  EXPECT_EQ(kind(request), allowed);
}

TEST_F(AccessTest, ABrokenFileLeavesTheOldOneInPlace) {
  open(by_password);
  EXPECT_EQ(access->is_good(), true);
  for (const char* broken : {"basic_auth_users: { dave: doe }\n", "{", "tls_server_config: {}\n"}) {
    write(broken);
    EXPECT_EQ(kind({.path = "/"}), unauthorized) << broken;
    EXPECT_EQ(access->is_good(), false) << broken;
  }
  std::filesystem::remove(file);
  EXPECT_EQ(kind({.path = "/"}), unauthorized);
  write("");
  EXPECT_EQ(kind({.path = "/"}), unauthorized) << "a file that is just being written is empty";
  EXPECT_EQ(access->is_good(), false);
  write(by_password);
  EXPECT_EQ(kind({.path = "/"}), unauthorized);
  EXPECT_EQ(access->is_good(), true) << "read again at that request";
}

TEST_F(AccessTest, ACertificateThatIsReplacedIsUsedByTheNextConnection) {
  open(tls() + " }\n");
  const auto first = access->tls();
  EXPECT_EQ(access->tls(), first);
  connection.tls = first;
  EXPECT_TRUE(access->is_current(connection));
  const test::Identity next = authority.issue({});
  std::filesystem::copy_file(next.key, server.key,
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_EQ(access->tls(), first) << "the new key has no certificate yet";
  EXPECT_EQ(access->is_good(), false);
  std::filesystem::copy_file(next.cert, server.cert,
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_NE(access->tls(), first);
  EXPECT_EQ(access->is_good(), true);
  EXPECT_FALSE(access->is_current(connection)) << "it goes on under the old certificate";
}

TEST_F(AccessTest, ACertificateIsRequiredWhereOnlySomePathsAreExcluded) {
  open(tls() + ", client_ca_file: " + authority.file() +
       ", client_auth_type: RequireAndVerifyClientCert }\nauth_excluded_paths: [/-/healthy]\n");
  EXPECT_EQ(kind({.path = "/-/healthy"}), allowed);
  EXPECT_EQ(kind({.path = "/metrics"}), forbidden);
  connection.certificate = {.sent = true, .accepted = true, .verified = true};
  const Decision decision = decide({.path = "/metrics"});
  EXPECT_EQ(decision.kind, allowed);
  EXPECT_TRUE(decision.authenticated);
}

TEST_F(AccessTest, ACertificateAndAPasswordAreBothNeededWhereBothAreAsked) {
  open(tls() + ", client_ca_file: " + authority.file() +
       ", client_auth_type: RequireAndVerifyClientCert }\n" + by_password);
  connection.certificate = {.sent = true, .accepted = true, .verified = true};
  EXPECT_EQ(kind({.path = "/metrics"}), unauthorized);
  EXPECT_EQ(kind({.path = "/metrics", .authorization = "Basic ZGF2ZTpkYXZlMTIz"}), allowed);
  connection.certificate = {};
  EXPECT_EQ(kind({.path = "/metrics", .authorization = "Basic ZGF2ZTpkYXZlMTIz"}), forbidden);
}

TEST_F(AccessTest, DoesNotStartWithAWrongFile) {
  write("tls_server_config: { cert_file: none }\n");
  const auto made = Access::open(io.get_executor(), file);
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error(), testing::HasSubstr("cert_file: "));
}

}  // namespace
}  // namespace sonde::access::access_test
