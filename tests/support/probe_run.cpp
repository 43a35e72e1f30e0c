#include "tests/support/probe_run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "config/load.hpp"
#include "probes/core/deadline.hpp"
#include "probes/core/run_id.hpp"
#include "probes/plan/plan_fingerprint.hpp"
#include "probes/session/shared.hpp"
#include "tests/support/planted.hpp"

namespace sonde::test {
namespace {

namespace asio = boost::asio;

std::string lines_of(const std::vector<config::Mistake>& mistakes, bool warnings) {
  std::string lines;
  for (const auto& mistake : mistakes)
    if (mistake.warning == warnings) lines += config::show(mistake) + "\n";
  return lines;
}

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::abort();
}

std::string flow(const DefaultConfig::Keys& keys) {
  std::string text;
  for (const auto& [name, value] : keys)
    if (!value.empty()) text += (text.empty() ? "" : ", ") + name + ": " + value;
  return "{ " + text + " }";
}

}  // namespace

std::string Planned::wrong() const { return lines_of(mistakes, false); }
std::string Planned::warned() const { return lines_of(mistakes, true); }

std::shared_ptr<const Check> Planned::check(std::string_view probe, std::string_view target) const {
  for (const auto& check : checks)
    if (wrong().empty() && check->name == probe && check->target == target) return check;
  give_up("there is no probe " + std::string(probe) + ":\n" + wrong());
}

Planned plan(const std::string& yaml) {
  Planned planned;
  config::Mistakes mistakes;
  if (const auto root = config::parse(yaml, "test.yaml", mistakes)) {
    const config::Reader reader(mistakes);
    config::section<plan::PlanFile>().read(*root, reader, planned.file);
    planned.checks = make_checks(planned.file, *root, mistakes);
  }
  planned.mistakes = mistakes.sorted();
  return planned;
}

std::string ProbeRun::show() const {
  return std::string(name(verdict.outcome)) + " " + std::string(name(verdict.step)) + "/" +
         std::string(name(verdict.reason)) + ": " + verdict.detail;
}

namespace {

using Inquiring = std::optional<Circumstances>;

asio::awaitable<void> attempt_it(const Probe& probe, Attempt attempt, Inquiring inquiring,
                                 ProbeRun& walked) {
  std::unique_ptr<Evidence> evidence;
  attempt.evidence = &evidence;
  Trace& trace = *walked.trace;
  const Instant limit = trace.started() + walked.check->timeout;
  auto asking = probe.attempt(attempt, trace);
  walked.verdict = co_await within(limit, std::move(asking), trace);
  walked.took = Clock::now() - trace.started();
  if (!inquiring || walked.verdict.outcome != Outcome::fail) co_return;
  const DiagnosisRequest inquiry{.attempt = attempt,
                                 .limit = Clock::now() + inquiring->limit,
                                 .passed_lately = inquiring->passed_lately,
                                 .spare_refusals = inquiring->spare_refusals,
                                 .pause = inquiring->pause};
  auto diagnosing = probe.diagnose(inquiry, walked.verdict, trace);
  walked.verdict = co_await within(inquiry.limit, std::move(diagnosing), trace);
}

// As the daemon's Runner does it.
asio::awaitable<void> run(const Probe& probe, Attempt attempt, Inquiring inquiring,
                          ProbeRun& walked) {
  auto attempting = attempt_it(probe, attempt, inquiring, walked);
  co_await std::move(attempting);
  walked.trace->finish();
  walked.trace->redact(walked.verdict.detail);
}

}  // namespace

namespace {

// Every request of a run names it. Of headers that no longer fit into a trace nothing is known.
void expect_named(const ProbeRun& walked) {
  for (const Exchange& exchange : walked.trace->exchanges()) {
    const auto has = [&](std::string_view name) {
      return std::ranges::any_of(exchange.sent, [&](const auto& header) {
        return header.first == name || header.first.empty();
      });
    };
    EXPECT_TRUE(exchange.sent.empty() || (has("X-Sonde-Run") && has("traceparent")))
        << exchange.method << " " << exchange.url << " of " << walked.show();
  }
}

}  // namespace

struct Walker::State {
  asio::io_context io{1};
  session::Shared shared{io.get_executor()};
  std::vector<ProbeRun> when_all(const std::vector<std::shared_ptr<const Check>>& checks,
                                 const Attempt& attempt, const Inquiring& inquiring);
};

Walker::Walker() : state_(std::make_unique<State>()) {}
Walker::~Walker() = default;
session::Shared& Walker::shared() { return state_->shared; }

void Walker::finish() {
  state_->shared.token_cache.errands().finish([this] { state_->io.stop(); });
  state_->io.restart();
  state_->io.run();
}

std::vector<ProbeRun> Walker::State::when_all(
    const std::vector<std::shared_ptr<const Check>>& checks, const Attempt& attempt,
    const Inquiring& inquiring) {
  std::vector<ProbeRun> walks;
  std::vector<std::unique_ptr<Probe>> probes;
  walks.reserve(checks.size());
  std::size_t left = checks.size();
  auto keep = [&left, this](const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
    if (--left == 0) io.stop();
  };
  for (const auto& check : checks) {
    probes.push_back(check->make(shared));
    ProbeRun& walked = walks.emplace_back();
    walked.trace = std::make_unique<Trace>();
    walked.trace->of_run(make_run_id(std::chrono::system_clock::now()));
    walked.check = check;
    asio::co_spawn(io, run(*probes.back(), attempt, inquiring, walked), keep);
  }
  io.restart();
  io.run();
  for (const ProbeRun& walked : walks) {
    expect_hidden(walked, {std::string(DefaultConfig::password), granted_token});
    expect_named(walked);
  }
  return walks;
}

std::vector<ProbeRun> Walker::when_all(const std::vector<std::shared_ptr<const Check>>& checks,
                                       const Attempt& attempt) {
  return state_->when_all(checks, attempt, std::nullopt);
}

ProbeRun Walker::walk(std::shared_ptr<const Check> check, const Attempt& attempt) {
  std::vector<ProbeRun> walks = when_all({std::move(check)}, attempt);
  return std::move(walks.front());
}

ProbeRun Walker::walk(const DefaultConfig& usual) { return walk(plan(usual.yaml()).check("p")); }

ProbeRun Walker::walk_and_diagnose(const DefaultConfig& usual, const Circumstances& circumstances) {
  auto walks = state_->when_all({plan(usual.yaml()).check("p")}, {.seed = 7}, circumstances);
  return std::move(walks.front());
}

ProbeRun walk(std::shared_ptr<const Check> check, const Attempt& attempt) {
  return Walker().walk(std::move(check), attempt);
}

ProbeRun walk_and_diagnose(const DefaultConfig& usual, const Circumstances& circumstances) {
  return Walker().walk_and_diagnose(usual, circumstances);
}

ProbeRun walk(const DefaultConfig& usual, const Attempt& attempt) {
  return walk(plan(usual.yaml()).check("p"), attempt);
}

auth::Account account_in(const DefaultConfig& usual, auth::Owner owner) {
  config::Mistakes mistakes;
  const auto root = config::parse(usual.yaml(), "test.yaml", mistakes);
  const session::IdentityRef whom{.as = {.name = "alice"}, .login = {.name = "account"}};
  const std::string target = owner.target;
  return plan::account_of(*root, whom, std::move(owner), target);
}

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "sonde-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) give_up("no temporary folder");
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string Folder::write(const std::string& name, const std::string& text) const {
  std::ofstream(path_ / name) << text;
  std::filesystem::permissions(path_ / name, std::filesystem::perms(0600));  // it may be a secret
  return (path_ / name).string();
}

void Folder::remove(const std::string& name) const { std::filesystem::remove(path_ / name); }

DefaultConfig::DefaultConfig(std::string_view at) {
  const std::string host(at.starts_with("http://") ? at.substr(7) : at);
  target = {{"http", "http://" + host}, {"auth", "http://" + host}, {"ws", "ws://" + host}};
  identity = {{"username", "alice@example.com"},
              {"password", "{ file: " + folder.write("alice.pw", std::string(password)) + " }"}};
  other = identity;
  other["username"] = "bob@example.com";
  login = {{"method", "json"},
           {"url", R"("{{target.auth}}/auth/login")"},
           {"body", R"({ email: "{{identity.username}}", password: "{{identity.password}}" })"}};
  socket = {{"url", R"("{{target.ws}}/websocket")"},
            {"ready", "{ type: connection_established, within: 1s }"}};
  defaults = {{"every", "10s"}, {"timeout", "5s"}, {"login", "account"}, {"as", "alice"}};
}

void DefaultConfig::kind(std::string_view name) {
  probe = {{"kind", std::string(name)}};
  if (name == "health") probe["url"] = R"("{{target.http}}/api/health")";
  if (name == "upgrade" || name == "chat" || name == "isolation") probe["socket"] = "main";
  if (name == "chat" || name == "isolation")
    probe["prompt"] = R"("What is the answer to all of it?")";
  if (name == "chat" || name == "isolation") probe["settle"] = "50ms";
  if (name == "isolation") probe["sessions"] = "[{ as: alice }, { as: bob }]";
}

void DefaultConfig::secure(const std::string& ca) {
  for (auto& [name, url] : target) url.insert(url.find(':'), "s");
  const std::string tls = "{ ca: " + ca + " }";
  login["tls"] = tls;
  if (probe["kind"] == "health") probe["tls"] = tls;
  socket["tls"] = tls;
}

std::string DefaultConfig::yaml() const {
  Keys bound = probe;
  bound.emplace("target", "t");
  return "defaults: " + flow(defaults) + "\ntargets: { t: " + flow(target) +
         " }\nidentities: { alice: " + flow(identity) + ", bob: " + flow(other) +
         " }\nlogins: { account: " + flow(login) + " }\nsockets: { main: " + flow(socket) +
         " }\nprobes: { p: " + flow(bound) + " }\n" + more;
}

std::string granted(std::string_view token) {
  return R"({"access_token":")" + std::string(token) + R"(","token_type":"Bearer"})";
}

}  // namespace sonde::test
