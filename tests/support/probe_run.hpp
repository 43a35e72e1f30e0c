#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/mistake.hpp"
#include "probes/core/check.hpp"
#include "probes/plan/plan.hpp"

// Runs probes as the daemon does: YAML text -> plan -> check -> probe -> within(its timeout).
//
//   test::DefaultConfig usual(server.url(""));
//   usual.probe = {{"kind", "health"}, {"url", R"("{{target.http}}/health")"}};
//   const test::ProbeRun walked = test::walk(usual);
//   EXPECT_EQ(walked.verdict.reason, Reason::tcp_refused);
namespace sonde::test {

// The plan made from a YAML text. If there are mistakes, `checks` has those that could be made.
struct Planned {
  std::vector<std::shared_ptr<const Check>> checks;
  std::vector<config::Mistake> mistakes;  // and warnings, in the order of the text
  plan::PlanFile file;

  // Every mistake as shown by `sonde check`, one line each, without warnings.
  std::string wrong() const;
  std::string warned() const;
  // The check of that probe; if there is none, aborts and prints the mistakes.
  std::shared_ptr<const Check> check(std::string_view probe, std::string_view target = "t") const;
};
Planned plan(const std::string& yaml);

// The result of one run. After each run the harness searches its output for the default password
// and token.
struct ProbeRun {
  Verdict verdict;
  std::unique_ptr<Trace> trace;
  std::shared_ptr<const Check> check;
  Span took{};  // of the run only

  // "fail login/credentials: HTTP 401": all of a verdict, for messages.
  std::string show() const;
};
ProbeRun walk(std::shared_ptr<const Check> check, const Attempt& attempt = {.seed = 7});

// A worker: its runs share the state that the probes of a worker share (tokens, keys, counts).
class Walker {
 public:
  Walker();
  ~Walker();
  ProbeRun walk(std::shared_ptr<const Check> check, const Attempt& attempt = {.seed = 7});
  ProbeRun walk(const struct DefaultConfig& usual);
  ProbeRun walk_and_diagnose(const struct DefaultConfig& usual,
                             const struct Circumstances& circumstances);
  // Runs all at once, each with its own trace.
  std::vector<ProbeRun> when_all(const std::vector<std::shared_ptr<const Check>>& checks,
                                 const Attempt& attempt = {.seed = 7});
  session::Shared& shared();
  // Finishes the tasks that its runs started, as when the daemon stops.
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A folder for the files of a test, deleted with it.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  // Writes a file and returns its full path.
  std::string write(const std::string& name, const std::string& text) const;
  void remove(const std::string& name) const;

 private:
  std::filesystem::path path_;
};

// The default configuration, whose keys a test may change: target `t`, identity `alice` with her
// password in a file (`other` is bob, with the same password), login `account` (JSON), socket
// `main`, probe `p`, which logs in as alice. Values are YAML in flow style; an empty one omits the
// key.
struct DefaultConfig {
  using Keys = std::map<std::string, std::string>;
  static constexpr std::string_view password = "correct horse/battery+\"staple\"";

  // `at`: "127.0.0.1:1234", the one server of the target, or its URL.
  explicit DefaultConfig(std::string_view at);

  Folder folder;
  Keys target, identity, other, login, socket, probe, defaults;
  std::string more;  // additional sections, unchanged

  void kind(std::string_view name);  // sets the default probe of that kind
  // All URLs of the target use TLS and trust `ca`.
  void secure(const std::string& ca);
  std::string yaml() const;
};
ProbeRun walk(const DefaultConfig& usual, const Attempt& attempt = {.seed = 7});
// The login in the file that gives alice her tokens, with the account `owner`.
auth::Account account_in(const DefaultConfig& usual, auth::Owner owner);

// The data for the diagnosis of a failure.
struct Circumstances {
  bool passed_lately = false;
  bool spare_refusals = false;
  Span limit = std::chrono::seconds(10);
  Span pause = std::chrono::milliseconds(100);
};
// A run whose failure is then diagnosed, as the daemon does when a check changes from pass to fail.
ProbeRun walk_and_diagnose(const DefaultConfig& usual, const Circumstances& circumstances = {});

// The answer of the login.
inline constexpr char granted_token[] = "opaque-token-4711";
std::string granted(std::string_view token = granted_token);

}  // namespace sonde::test
