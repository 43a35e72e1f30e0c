// Which logins are of one account, so that their refusals count together.
#include "probes/plan/account_owner.hpp"

#include <gtest/gtest.h>

#include "config/load.hpp"
#include "tests/support/probe_run.hpp"

namespace sonde::test::account_owner_test {
namespace {

constexpr std::string_view targets = R"(
targets:
  east: { http: "https://east.example.com", auth: "https://id.example.com" }
  port: { http: "https://port.example.com", auth: "https://ID.example.com:443/?key=1" }
  west: { http: "https://west.example.com" }
  same: { http: "https://west.example.com:443/app" }
  tenant: { http: "https://t.example.com", auth: "https://id.example.com/realms/one" }
  ports: { http: "http://127.0.0.1:8001", auth: "http://localhost:8002", ws: "ws://[::1]:8003" }
  moved: { http: "http://127.0.0.1:9001", auth: "http://localhost:9002" }
  vars: { http: "https://v.example.com", vars: { idp: "https://id.example.com" } }
identities:
  alice: { username: alice@example.com, password: { file: p } }
  mail: { mail: " Alice@example.com", password: { file: p } }
  bob: { username: bob@example.com, password: { file: p } }
  secret: { username: { file: name }, password: { file: p } }
  odd: { staff_number: alice@example.com, password: { file: p } }
)";

// The owner of the login that is written here.
auth::Owner owner(const std::string& target, const std::string& identity,
                  const std::string& login) {
  config::Mistakes mistakes;
  const std::string yaml = std::string(targets) + "logins: { l: " + login + " }\n";
  const auto root = config::parse(yaml, "test.yaml", mistakes);
  plan::PlanFile file;
  config::section<plan::PlanFile>().read(*root, config::Reader(mistakes), file);
  session::ProbeContext site;
  site.target_name = target;
  site.target = file.targets.at(target);
  site.identity_name = identity;
  site.identity = file.identities.at(identity);
  site.login = file.logins.at("l");
  session::IdentityRef whom;
  whom.as.name = identity;
  whom.login.name = "l";
  return plan::owner_of(*root, whom, site, {});
}

std::string json(const std::string& url,
                 const std::string& body = R"({ u: "{{identity.username}}" })") {
  return "{ url: \"" + url + "\", body: " + body + " }";
}

const std::string by_auth = json("{{target.auth}}/login");
const std::string literal = json("https://id.example.com/login");

TEST(AccountOwner, TargetsWithOneOriginShareTheirAccountsWhateverPortAndPathAreWritten) {
  EXPECT_EQ(owner("east", "alice", by_auth), owner("port", "alice", by_auth));
  EXPECT_EQ(owner("east", "alice", by_auth), owner("tenant", "alice", by_auth));
  EXPECT_EQ(owner("east", "alice", by_auth),
            owner("tenant", "alice", json("https://id.example.com/realms/two/login")));
}

// The owner of what a probe shows without a login.
auth::Owner shown(const std::string& target, const std::string& identity, const std::string& url) {
  config::Mistakes mistakes;
  const auto root = config::parse(targets, "test.yaml", mistakes);
  plan::PlanFile file;
  config::section<plan::PlanFile>().read(*root, config::Reader(mistakes), file);
  session::ProbeContext site;
  site.target_name = target;
  site.target = file.targets.at(target);
  site.identity = file.identities.at(identity);
  session::IdentityRef whom;
  whom.as.name = identity;
  text::Needs own;
  own.add(text::Template("{{identity.password}}"));
  own.add_socket_url(*text::Template::parse(url));
  return plan::secret_owner_of(*root, whom, site, own);
}

TEST(AccountOwner, APasswordOutsideALoginIsOfTheAccountThatLogsInWithIt) {
  EXPECT_EQ(shown("east", "alice", "wss://other.example.com/ws"), owner("east", "alice", by_auth));
  EXPECT_EQ(shown("east", "mail", "wss://other.example.com/ws"), owner("east", "alice", by_auth));
  EXPECT_NE(shown("east", "bob", "wss://other.example.com/ws"), owner("east", "alice", by_auth));
  EXPECT_EQ(shown("west", "alice", "wss://west.example.com/ws"),
            owner("same", "alice", json("{{target.http}}/login")));
  EXPECT_NE(shown("west", "alice", "wss://b.example.com/ws"),
            shown("west", "alice", "wss://c.example.com/ws"));
}

TEST(AccountOwner, TargetsShareTheAccountsOfALoginWhoseAddressIsTheSame) {
  EXPECT_EQ(owner("west", "alice", literal), owner("vars", "alice", literal));
  EXPECT_EQ(owner("west", "alice", literal), owner("east", "alice", literal));
  EXPECT_EQ(owner("east", "alice", by_auth), owner("west", "alice", literal));
  EXPECT_EQ(owner("vars", "alice", json("{{target.idp}}/login")), owner("east", "alice", by_auth));
  EXPECT_NE(owner("west", "alice", json("https://other.example.com/login")),
            owner("west", "alice", literal));
}

TEST(AccountOwner, TargetsWithoutAuthShareTheAccountsOfTheirOneServer) {
  const std::string own = json("{{target.http}}/login");
  EXPECT_EQ(owner("west", "alice", own), owner("same", "alice", own));
  EXPECT_NE(owner("west", "alice", own), owner("vars", "alice", own));
}

TEST(AccountOwner, ThePortsOfOneHostThatATargetHasAreOneService) {
  const auth::Owner alice = owner("ports", "alice", by_auth);
  EXPECT_EQ(owner("ports", "alice", json("{{target.http}}/login")), alice);
  EXPECT_EQ(owner("ports", "alice", json("http://localhost:8001/login")), alice);
  EXPECT_EQ(owner("ports", "alice", json("http://127.0.0.1:8002/login")), alice);
  EXPECT_EQ(shown("ports", "alice", "ws://127.0.0.1:8003/ws"), alice);
  EXPECT_NE(owner("moved", "alice", by_auth), alice) << "another service on this machine";
  EXPECT_NE(owner("ports", "alice", json("http://192.0.2.1:8002/login")), alice);
}

TEST(AccountOwner, AUserIsOneWhereverTheNameIsWritten) {
  const auth::Owner alice = owner("east", "alice", by_auth);
  const std::string url = "https://id.example.com/login";
  for (const std::string& login : {
           json(url, R"({ u: x, email: "ALICE@example.com " })"),
           json(url, R"({ data: { userName: alice@example.com }, name: Alice })"),
           "{ method: oauth2_password, url: \"" + url + "\", username: alice@example.com }",
           "{ method: form, url: \"" + url + "\", fields: { log-in: alice@example.com, pw: x } }",
           "{ method: steps, token: x, requests: [ { url: \"" + url + R"(" }, { url: ")" + url +
               "\", form: { user_name: alice@example.com } } ] }",
           "{ method: refresh, url: \"" + url + "\", login: " + by_auth + " }",
       })
    EXPECT_EQ(owner("east", "alice", login), alice) << login;
  EXPECT_EQ(owner("east", "mail", json(url, R"({ m: "{{identity.mail}}" })")), alice);
  EXPECT_EQ(owner("east", "odd", json(url, R"({ m: "{{identity.staff_number}}" })")), alice);
  EXPECT_EQ(owner("east", "bob", json(url, R"({ email: alice@example.com })")), alice)
      << "what is sent counts, and not who the identity is";
}

TEST(AccountOwner, UsersWhoseNamesDifferAreTwo) {
  const auth::Owner alice = owner("east", "alice", by_auth);
  EXPECT_NE(owner("east", "bob", by_auth), alice);
  EXPECT_NE(owner("east", "secret", by_auth), alice);
  EXPECT_NE(owner("east", "alice", json("https://id.example.com/login", "{ user: carol }")), alice);
  EXPECT_EQ(owner("east", "secret", by_auth),
            owner("east", "secret",
                  json("https://id.example.com/login", R"({ user: "{{identity.username}}" })")));
}

TEST(AccountOwner, ALoginThatNamesNobodyIsKnownByItsClient) {
  const auto client = [](const std::string& id) {
    return R"({ method: client_credentials, url: "{{target.auth}}/token", client_secret: { file: s }, client_id: )" +
           id + " }";
  };
  EXPECT_EQ(owner("east", "alice", client("one")), owner("east", "bob", client("one")));
  EXPECT_NE(owner("east", "alice", client("one")), owner("east", "alice", client("two")));
}

}  // namespace
}  // namespace sonde::test::account_owner_test
