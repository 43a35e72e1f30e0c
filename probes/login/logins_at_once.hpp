#pragma once
#include <deque>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "probes/login/login.hpp"

namespace sonde::login {

// A token that a login gave, and its user.
struct Issued {
  std::string name;  // of the login: "alice-2"
  std::string user;
  const auth::Token& token;
};

// The first two logins that share a token or its `jti` (RFC 7519 section 4.1.7), those of different
// users first: token_shared. With `allow`, logins of one user may share. Empty: all are different.
// Pure.
std::optional<Failure> find_shared(std::span<const Issued> issued, session::SameUser same_user);

// One run of a login probe with several logins, or with further checks of a token.
class LoginsAtOnce {
 public:
  // All arguments have to outlive it.
  LoginsAtOnce(const LoginSettings& settings, const session::ProbeContext& site,
               session::Shared& shared, std::uint64_t seed, Trace& trace);

  boost::asio::awaitable<Verdict> run();

 private:
  // One of the logins. The run's trace absorbs its trace.
  struct Entrant {
    Entrant(std::string named, const session::ProbeContext& at)
        : name(std::move(named)), site(at) {}
    std::string name;  // "alice-1"
    const session::ProbeContext& site;
    text::Names names;
    Trace trace;
    std::expected<auth::Token, Failure> token = std::unexpected(cut_failure());
  };

  std::optional<Failure> prepare_all();
  boost::asio::awaitable<void> enter(Entrant& entrant);
  boost::asio::awaitable<std::optional<Failure>> log_all_in();
  boost::asio::awaitable<std::optional<Failure>> find_out();
  std::optional<Failure> failed_login() const;
  std::optional<Failure> check_tokens();
  std::optional<Failure> check_user(Entrant& entrant) const;

  const LoginSettings& settings_;
  const session::ProbeContext& site_;
  session::Shared& shared_;
  std::uint64_t seed_;
  Trace& trace_;
  std::deque<Entrant> entrants_;
};

}  // namespace sonde::login
