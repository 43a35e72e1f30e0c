// One account at a strict service, driven by chance through logins, refreshes, rotations, late and
// broken answers, changed passwords, reloads, restarts and crashes: it is never lost, never locked,
// and every verdict is right. The seeds are printed; SONDE_SEED takes one again.
#include <gmock/gmock.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <random>
#include <set>

#include "probes/session/shared.hpp"
#include "tests/support/probe_run.hpp"
#include "tests/support/provider.hpp"

namespace sonde::test::account_simulation_test {
namespace {

using namespace std::chrono_literals;

enum class Fault : std::uint8_t { none, error, page, late, torn };

// Locks after three wrong passwords in a row, revokes the family of a refresh token that is shown
// twice, takes a ticket once, and lets one session of the user live at a time.
struct Service {
  std::string password = "first";
  std::string refresh = "r0";  // the only one of its family that is good
  std::set<std::string> spent, tickets;
  std::string session;
  int wrong = 0, count = 0;
  bool locked = false, revoked = false, ticket_twice = false;
  Fault fault = Fault::none;
  std::mutex turns;                // the server has a thread of its own
  std::atomic<bool> held = false;  // a late answer waits for the end of the run

  Server server{Handler([this](const Request& request) { return serve(request); })};

  Script serve(const Request& request) {
    const std::lock_guard mine(turns);
    if (fault == Fault::error) return {answer(500, "oops")};
    if (fault == Fault::page)
      return {answer(503, "<p>down", {{"Content-Type", "text/html"}, {"Retry-After", "0"}})};
    const auto [status, body] = decide(request);
    const std::string head = "HTTP/1.1 " + std::to_string(status) +
                             " X\r\nContent-Type: application/json\r\nContent-Length: ";
    if (fault == Fault::torn)
      return {send(head + std::to_string(body.size() + 7) + "\r\n\r\n" + body)};
    if (fault == Fault::late) return {std::bind_front(&Service::hold, this), json(status, body)};
    return {json(status, body)};
  }

 private:
  boost::asio::awaitable<void> hold(Peer& peer) const {
    while (held && !peer.gone()) co_await peer.wait(2ms);
  }
  using Decision = std::pair<int, std::string>;
  Decision decide(const Request& request) {
    if (request.target() == "/token") return redeem(parameters(request.body)["refresh_token"]);
    if (request.target() == "/login") return log_in(request.body);
    if (request.target() == "/ticket") return give_ticket(request.header("Authorization"));
    return use_ticket(request.body);
  }
  std::string fresh() { return session = "access-" + std::to_string(++count); }
  Decision redeem(const std::string& token) {
    revoked |= spent.contains(token);
    if (revoked || token != refresh) return {400, R"({"error":"invalid_grant"})"};
    spent.insert(token);
    refresh = "r" + std::to_string(++count);
    return {200, R"({"access_token":"offline","refresh_token":")" + refresh + "\"}"};
  }
  Decision log_in(const std::string& body) {
    if (locked) return {423, "{}"};
    if (!body.contains('"' + password + '"')) {
      locked = ++wrong >= 3;
      return {401, "{}"};
    }
    wrong = 0;
    return {200, R"({"access_token":")" + fresh() + "\"}"};
  }
  Decision give_ticket(const std::string& header) {
    if (header != "Bearer " + session) return {401, "{}"};
    const std::string ticket = "ticket-" + std::to_string(++count);
    tickets.insert(ticket);
    return {200, R"({"ticket":")" + ticket + "\"}"};
  }
  Decision use_ticket(const std::string& body) {
    const auto ticket = tickets.find(body);
    ticket_twice |= ticket == tickets.end();
    if (ticket == tickets.end()) return {403, "{}"};
    tickets.erase(ticket);
    return {200, "{}"};
  }
};

// What Sonde has: its configuration on disk, and a process.
class Monitor {
 public:
  explicit Monitor(const Service& service) : usual_(service.server.url("")) {
    usual_.kind("login");
    write("first");
    usual_.folder.write("refresh", "r0");
    lockouts_ = usual_.folder.write("unused", "") + ".lockouts";
    for (const std::string& name : ways) plan_way(name);
    start();
  }
  static inline const std::vector<std::string> ways = {"password", "refresh", "ticket"};

  void write(const std::string& password) {
    usual_.folder.write("pw", password);
    written = password;
  }
  std::string written;

  ProbeRun walk(const std::string& way, bool hurried) {
    return walker_->walk(checks_[way + (hurried ? " hurried" : "")]);
  }
  // A configuration that says the same in other words.
  void reload() {
    usual_.target["vars"] = "{ round: \"" + std::to_string(++round_) + "\" }";
    for (const std::string& name : ways) plan_way(name);
    walker_->shared().token_cache.give_back_files();
  }
  void restart() {
    walker_->finish();
    start();
  }
  // Nothing that a process does at its end is done, such as saying what became of its logins.
  void crash() {
    const std::string counts = read_all(lockouts_);
    walker_ = nullptr;
    std::ofstream(lockouts_, std::ios::in | std::ios::binary) << counts;
    start();
  }
  // Until all that was sent is answered.
  void settle() { walker_->finish(); }

 private:
  static std::string read_all(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void start() {
    walker_ = nullptr;  // which gives its files back
    walker_ = std::make_unique<Walker>();
    walker_->shared().token_cache.share(auth::LockoutTable::open(lockouts_).value());
  }
  void plan_way(const std::string& name) {
    const std::string file = "{ file: " + usual_.folder.write("unused", "");
    const std::string folder = file.substr(0, file.rfind('/') + 1);
    usual_.identity["password"] = folder + "pw }";
    const std::string body = R"({ u: "{{identity.username}}", p: "{{identity.password}}" })";
    const std::string state = folder.substr(folder.find('/')) + "state";
    if (name == "password")
      usual_.login = {{"method", "json"}, {"url", R"("{{target.auth}}/login")"}, {"body", body}};
    if (name == "refresh")
      usual_.login = {{"method", "refresh"},
                      {"url", R"("{{target.auth}}/token")"},
                      {"client_id", "web"},
                      {"first", folder + "refresh }"},
                      {"state_file", state}};
    if (name == "ticket")
      usual_.login = {{"method", "steps"},
                      {"requests", R"([{ url: "{{target.auth}}/login", json: )" + body +
                                       R"(, capture: { token: { json: /access_token } } },
              { url: "{{target.auth}}/ticket", headers: { Authorization: "Bearer {{token}}" },
                capture: { ticket: { json: /ticket } } },
              { url: "{{target.auth}}/use", body: "{{ticket}}" }])"}};
    usual_.login["lockout"] = "{ after: 2, cooldown: 1h }";
    for (const bool hurried : {false, true}) {
      usual_.defaults["timeout"] = hurried ? "40ms" : "9s";
      checks_[name + (hurried ? " hurried" : "")] = plan(usual_.yaml()).check("p");
    }
  }

  DefaultConfig usual_;
  std::string lockouts_;
  int round_ = 0;
  std::map<std::string, std::shared_ptr<const Check>> checks_;
  std::unique_ptr<Walker> walker_;
};

class AccountSimulation : public testing::TestWithParam<unsigned> {
 protected:
  using Random = std::mt19937;
  static unsigned seed() {
    const char* wanted = std::getenv("SONDE_SEED");
    return wanted != nullptr ? static_cast<unsigned>(std::strtoul(wanted, nullptr, 10))
                             : std::random_device()();
  }
  bool chance(int percent) { return std::uniform_int_distribution(1, 100)(random) <= percent; }

  // Somebody changes something, or the process ends.
  void disturb() {
    if (late && chance(50)) settle();
    if (proven && chance(4)) change_password();
    if (!is_known() && chance(10)) monitor.write(service.password);
    if (chance(1)) monitor.reload();
    if (chance(2)) restart();
    if (chance(2) && (!late || may_crash_late())) crash();
  }
  // No client has a refresh token that was on its way to it when it died. A login that was counts
  // as refused until one is granted: two of them would end the test, for there is no cooldown in
  // it.
  bool may_crash_late() const { return !redeems && !crashed_late; }
  void crash() {
    monitor.crash();
    crashed_late |= std::exchange(late, false);
  }
  void settle() {
    monitor.settle();
    late = false;
  }
  void restart() {
    monitor.restart();
    late = false;
  }
  void change_password() {
    const std::lock_guard mine(service.turns);
    service.password = "another-" + std::to_string(++changes);
    proven = false;
  }
  bool is_known() const { return monitor.written == service.password; }
  Fault some_fault() {
    if (!chance(15)) return Fault::none;
    if (chance(10)) return Fault::late;
    return std::vector{Fault::error, Fault::page, Fault::torn}[random() % 3];
  }

  void run_one() {
    const std::string way = Monitor::ways[random() % Monitor::ways.size()];
    const Fault fault = some_fault();
    {
      const std::lock_guard mine(service.turns);
      service.fault = fault;
    }
    service.held = fault == Fault::late;
    const ProbeRun walked = monitor.walk(way, fault == Fault::late);
    service.held = false;
    expect_right(walked, way, fault);
    redeems = (late && redeems) || way == "refresh";
    late |= fault == Fault::late;
    if (way != "refresh" && walked.verdict.outcome == Outcome::pass) {
      proven = true;
      crashed_late = false;
    }
    const std::lock_guard mine(service.turns);
    EXPECT_FALSE(service.locked) << walked.show();
    EXPECT_FALSE(service.revoked) << walked.show();
    EXPECT_FALSE(service.ticket_twice) << walked.show();
  }

  void expect_right(const ProbeRun& walked, const std::string& way, Fault fault) {
    const bool good = is_known() || way == "refresh";
    const Reason reason = walked.verdict.reason;
    const std::string what =
        way + ", fault " + std::to_string(static_cast<int>(fault)) + ": " + walked.show();
    // Whoever has the right password waits for nothing but answers that are on their way.
    if (reason == Reason::suppressed)
      EXPECT_TRUE(late || fault == Fault::late || !good) << what;
    else if (fault == Fault::none)
      EXPECT_EQ(reason, good ? Reason::ok : Reason::credentials) << what;
    else
      EXPECT_NE(walked.verdict.outcome, Outcome::pass) << what;
    ++seen[reason];
  }

  Random random;
  int changes = 0;
  bool proven = true;         // the password that is configured was taken
  bool late = false;          // an answer may be on its way
  bool redeems = false;       // to a refresh token
  bool crashed_late = false;  // since the last login that was granted
  std::map<Reason, int> seen;
  Service service;
  Monitor monitor{service};
};

// A quarter of the 10,000 steps each; a sanitizer, under which a step takes ten times as long, sees
// the same code in fewer.
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr int steps = 600;
#else
constexpr int steps = 2500;
#endif
TEST_P(AccountSimulation, NeitherLosesNorLocksTheAccountAndSaysWhatIsSo) {
  const unsigned chosen = seed();
  std::printf("seed %u\n", chosen);
  RecordProperty("seed", std::to_string(chosen));
  random.seed(chosen);
  for (int step = 0; step < steps && !HasFailure(); ++step) {
    SCOPED_TRACE("seed " + std::to_string(chosen) + ", step " + std::to_string(step));
    disturb();
    run_one();
  }
  for (const Reason reason : {Reason::ok, Reason::credentials, Reason::suppressed, Reason::timeout,
                              Reason::truncated_body})
    EXPECT_GT(seen[reason], 0) << "seed " << chosen << ": nothing was tried";
}

INSTANTIATE_TEST_SUITE_P(Account, AccountSimulation, testing::Range(0U, 4U));

}  // namespace
}  // namespace sonde::test::account_simulation_test
