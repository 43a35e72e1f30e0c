#pragma once
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "probes/auth/login_guard.hpp"
#include "probes/dialect/conversation.hpp"
#include "probes/session/question.hpp"
#include "probes/session/secret_answer.hpp"
#include "probes/session/session.hpp"

namespace sonde::session {

// Where something that a probe sends outside its logins shows a secret of its identity, such as a
// password: nowhere, in frames of an open session only, or in a request. A token that is made of
// the secret (`method: token`) shows it too.
enum class SecretIn : std::uint8_t { nothing, frames, request };

// Where a session shows one. Pure.
SecretIn secret_in(const SessionSettings& settings, const ProbeContext& site);
// Whether the requests of a conversation do, beside the session; see converse().
bool shows_in_requests(const dialect::Dialect& dialect, const ProbeContext& site);
// The same of a request that is made of these templates.
SecretIn secret_in(const text::Needs& request, const ProbeContext& site);

// What a showing of the secret works with. All have to outlive it.
struct SecretUse {
  const ProbeContext& site;
  Shared& shared;
  text::Names& names;
  Trace& trace;
};

// A refusal comes later than that after the upgrade only when a session expires.
inline constexpr Span refusal_max = std::chrono::seconds(10);

// One showing of the secret, from before it is sent until the answer is known. Its refusals count
// against the account like those of logins, in the same LoginGuard. An opened session may still be
// refused, so it is under way until that is decided, for refusal_max at most. If it is never
// decided, it counts if the session was new, because the run may have been cut before the refusal
// came.
class SecretTrial {
 public:
  SecretTrial() = default;  // nothing is shown, so nothing is counted
  ~SecretTrial();
  SecretTrial(SecretTrial&&) = default;
  SecretTrial& operator=(SecretTrial&&) = delete;

  // What came of it: ok is the expected answer. Whatever else a server
  // says may refuse the secret, and counts; see secret_answer.hpp. `status` is that of an answer
  // that neither fetch() nor upgrade() has seen.
  void answered(Reason reason, int status = 0);
  // In place of answered(), for an opened session: whether the secret was accepted is known later,
  // when one of the next two is called. `holds`: it is under way until then; false where the
  // session shows the secret in requests too, which would have to wait for it.
  static std::shared_ptr<SecretTrial> opened(SecretTrial trial,
                                             const boost::asio::any_io_executor& executor,
                                             bool holds);
  void refused_after_all();
  void accepted_after_all();

  // Make the exchange as net::fetch and net::upgrade do. If the run is cut before the answer, its
  // failure is cut, and the answer is awaited for another while and counts; see
  // auth::until_answered. `line` has to outlive the session.
  boost::asio::awaitable<net::Answer> fetch(const net::Request& request,
                                            const net::ConnectionOptions& line,
                                            const net::Redirects& redirects, SecretUse use);
  boost::asio::awaitable<net::Upgraded> upgrade(const net::UpgradeRequest& request,
                                                const net::ConnectionOptions& line, SecretUse use);

  // What the user wrote about the answers; call it before the exchange.
  void expect(std::vector<int> statuses) { place_.rules.expected = std::move(statuses); }
  void refused_by(std::vector<int> statuses) { place_.rules.refused_by = std::move(statuses); }

  // Where it is shown, and whose it is.
  struct Place {
    SecretIn in = SecretIn::nothing;
    Question question;
    std::shared_ptr<auth::LoginGuard> guard;  // null: nothing is counted
    std::uint16_t mark = 0;                   // of the credentials
    Span quiet_max{};
    AnswerRules rules = {};
  };

 private:
  friend boost::asio::awaitable<std::expected<SecretTrial, Failure>> begin_secret_trial(SecretIn,
                                                                                        Question,
                                                                                        SecretUse);

  Place place_;
  auth::LoginGuard::Trial trial_;
  bool refused_ = false;  // by the answer to the request
  bool opened_ = false;   // a session was opened
  bool over_ = false;     // answered() was called
  bool is_open_ = false;  // opened() was called, and nothing is known yet
  int status_ = 0;        // of the answer to the request; 0: none
  Instant opened_at_{};
  std::shared_ptr<void> limit_;  // the timer of a session that is under way
};

// Why nothing may be sent now that shows the secret; empty: it may.
std::optional<Failure> held_back(SecretUse use);

// Call before anything is sent that shows a secret as `in` says. Waits and fails as
// LoginGuard::begin: suppressed while the account is held back.
boost::asio::awaitable<std::expected<SecretTrial, Failure>> begin_secret_trial(SecretIn in,
                                                                               Question question,
                                                                               SecretUse use);

// Holds a conversation as dialect::converse does. If its dialect asks by HTTP requests that show a
// secret, they are a trial, and the verdict is suppressed while the account is held back.
boost::asio::awaitable<Verdict> converse(net::Websocket& session, const dialect::ChatExchange& turn,
                                         const Socket& socket, SecretUse use,
                                         dialect::OwnRuns* own_runs);

}  // namespace sonde::session
