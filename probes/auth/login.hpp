#pragma once
#include <expected>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "config/section.hpp"
#include "probes/auth/token.hpp"
#include "probes/auth/token_cache.hpp"
#include "probes/net/http/http_exchange.hpp"
#include "probes/text/needs.hpp"
#include "probes/text/pointer.hpp"

namespace sonde::auth {

// What a login works with: the worker's network and memory, whose login it is, what its templates
// can name, and where it says what it did. All outlive the login.
struct Context {
  net::Network& network;
  TokenCache& keeper;
  const Account& account;
  text::Names& names;
  Trace& trace;
  const LockoutRules* lockout = nullptr;     // null: what is refused is not counted
  bool is_trial = false;                     // this login is the one that is tried after a cooldown
  bool redeems = false;                      // what is shown now is a refresh token
  std::uint16_t mark = 0;                    // of the credentials that are shown; see LockoutTable
  Span quiet_max = std::chrono::minutes(1);  // the longest Retry-After that is obeyed
  // What a token endpoint answered last: its status, its `error` where it gave no token (RFC 6749
  // 5.2), and a refresh token, whatever else is wrong with the answer. Empty: none.
  struct Said {
    int status = 0;
    std::string error, refresh;
  };
  Said said = {};
  // Told of each answer, also of those that redirect further.
  std::function<void(const net::Answer&)> answered = {};
};

// Before a request that carries the account's credentials: see LoginGuard.
boost::asio::awaitable<std::expected<LoginGuard::Trial, Failure>> begin_trial(Context& context);

class Login;

// Redeems refresh tokens: what a login of `method: refresh` can besides.
class Redeemer {
 public:
  virtual ~Redeemer() = default;

  // The login that gives a refresh token each time; null: there is none.
  virtual const Login* first() const = 0;
  // Redeems one, whatever is remembered of others: no gate, no state file. Failures: as of a login.
  virtual boost::asio::awaitable<std::expected<Token, Failure>> redeem(
      Context& context, std::string refresh) const = 0;
};

// A way to log in, as configured: an entry of `logins:`. Constant; bound to nobody, so it is
// given the names of the identity each time.
class Login {
 public:
  virtual ~Login() = default;

  // Logs in and checks the token. Each request that carries credentials is a trial of its own, so
  // that the account is never locked by us. Whatever the token or the identity's secrets look like
  // in the trace is hidden. Failures: those of net::fetch and of step login; own_request if a
  // template names something unknown, own_secret if a secret cannot be read.
  virtual boost::asio::awaitable<std::expected<Token, Failure>> run(Context& context) const = 0;
  // The names that its templates need.
  virtual void needs(text::Needs& needs) const = 0;
  // False for a login that asks nobody (a static token): it makes no auth attempt.
  virtual bool asks() const { return true; }
  // False for a login that ends before there is a token or a session: no socket can use it.
  virtual bool gives_token() const { return true; }
  // What it redeems refresh tokens with; null: it redeems none.
  virtual const Redeemer* redeemer() const { return nullptr; }
  // A secret of its own that it shows or signs with; empty: it has none, or it cannot be had.
  virtual std::string own_secret() const { return ""; }
  // The names of what it captures besides the token: {{login.NAME}}.
  virtual std::vector<std::string> gives() const { return {}; }

  LockoutRules lockout;
  text::Template jwks;  // the address of the keys of its tokens; empty: it does not say
};

// A login inside another one, which has none inside itself.
struct Inner {
  std::shared_ptr<const Login> login;  // null: none
};

// A row of the table of methods: one file and one row each.
struct Method {
  std::string_view name;
  std::string_view help;
  std::shared_ptr<Login> (*read)(const config::Value&, const config::Reader&);
  config::Value (*schema)();
  std::vector<config::KeyRow> (*table)(const std::string& prefix);
  bool nests;  // has a login inside
};
std::span<const Method> methods();

}  // namespace sonde::auth

namespace sonde::config {
// An entry of `logins:`; `method` (default json) chooses the row that reads the rest.
template <>
struct Codec<std::shared_ptr<const auth::Login>> {
  static bool read(const Value&, const Reader&, const Rule&, std::shared_ptr<const auth::Login>&);
  static Value schema(const Rule&);
  static std::string show(const std::shared_ptr<const auth::Login>&) { return ""; }
};
// An entry that a login has inside; any method but those that have one themselves.
template <>
struct Codec<auth::Inner> {
  static bool read(const Value&, const Reader&, const Rule&, auth::Inner&);
  static Value schema(const Rule&);
  static std::string show(const auth::Inner&) { return ""; }
};
}  // namespace sonde::config
