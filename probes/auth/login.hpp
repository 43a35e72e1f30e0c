#pragma once
#include <expected>
#include <functional>
#include <memory>
#include <optional>
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

// What a login works with: the worker's network and cache, the account, the names for its
// templates, and the trace for its record. All have to outlive the login.
struct Context {
  net::Network& network;
  TokenCache& token_cache;
  const Account& account;
  text::Names& names;
  Trace& trace;
  const LockoutRules* lockout = nullptr;     // null: rejections are not counted
  bool is_trial = false;                     // this login is the trial after a cooldown
  bool redeems = false;                      // the request shows a refresh token
  std::uint16_t mark = 0;                    // of the credentials shown; see LockoutTable
  LoginGuard::Trial* trial = nullptr;        // counts what is sent now; null: nothing does
  Span quiet_max = std::chrono::minutes(1);  // the longest Retry-After that is honored
  // The last answer of a token endpoint: its status, its `error` if it gave no token (RFC 6749
  // section 5.2), and a refresh token, even if the answer is otherwise wrong. Empty: none.
  struct Said {
    int status = 0;
    std::string error, refresh;
  };
  Said said = {};
  // Of the pages asked for, the start suffices if it does not end within this; see
  // net::fetch_start.
  std::optional<Span> start_wait = {};
  // Called with each answer, redirects included.
  std::function<void(const net::Answer&)> answered = {};
};

// Call before a request that carries the account's credentials: see LoginGuard.
boost::asio::awaitable<std::expected<LoginGuard::Trial, Failure>> begin_trial(Context& context);

class Login;

// Redeems refresh tokens: the additional interface of `method: refresh`.
class Redeemer {
 public:
  virtual ~Redeemer() = default;

  // The login that gives a refresh token each time; null: none.
  virtual const Login* first() const = 0;
  // Redeems a refresh token without regard to cached ones: no gate, no state file. Failures: those
  // of a login.
  virtual boost::asio::awaitable<std::expected<Token, Failure>> redeem(
      Context& context, std::string refresh) const = 0;
};

// A way to log in, as configured: an entry of `logins:`. Immutable and independent of an identity,
// whose names are passed at each run.
class Login {
 public:
  virtual ~Login() = default;

  // Logs in and checks the token. Each request that carries credentials is a separate trial, so
  // that the monitor never locks the account. Hides the token and the secrets of the identity in
  // the trace. Failures: those of net::fetch and of step login; own_request if a template names
  // something unknown, own_secret if a secret cannot be read.
  virtual boost::asio::awaitable<std::expected<Token, Failure>> run(Context& context) const = 0;
  // Adds the names that its templates need.
  virtual void needs(text::Needs& needs) const = 0;
  // False for a login that sends no request (a static token): it makes no auth attempt.
  virtual bool asks() const { return true; }
  // False for a login that ends without a token or session: no socket can use it.
  virtual bool gives_token() const { return true; }
  // Its interface to redeem refresh tokens; null: it redeems none.
  virtual const Redeemer* redeemer() const { return nullptr; }
  // A secret of its own that it shows or signs with; empty: none, or it cannot be read.
  virtual std::string own_secret() const { return ""; }
  // The names of values captured besides the token: {{login.NAME}}.
  virtual std::vector<std::string> gives() const { return {}; }

  LockoutRules lockout;
  text::Template jwks;  // URL of the keys for its tokens; empty: not known
};

// A login inside another one; it cannot contain a login itself.
struct Inner {
  std::shared_ptr<const Login> login;  // null: none
};

// A row of the table of methods; each method has one header, one source and one row.
struct Method {
  std::string_view name;
  std::string_view help;
  std::shared_ptr<Login> (*read)(const config::Value&, const config::Reader&);
  config::Value (*schema)();
  std::vector<config::KeyRow> (*table)(const std::string& prefix);
  bool nests;   // contains a login
  bool counts;  // shows credentials, or makes a token that a probe shows: it may have `lockout`
};
std::span<const Method> methods();

}  // namespace sonde::auth

namespace sonde::config {
// An entry of `logins:`; `method` (default json) selects the row that reads the other keys.
template <>
struct Codec<std::shared_ptr<const auth::Login>> {
  static bool read(const Value&, const Reader&, const Rule&, std::shared_ptr<const auth::Login>&);
  static Value schema(const Rule&);
  static std::string show(const std::shared_ptr<const auth::Login>&) { return ""; }
};
// A login inside another one: any method that does not contain a login itself.
template <>
struct Codec<auth::Inner> {
  static bool read(const Value&, const Reader&, const Rule&, auth::Inner&);
  static Value schema(const Rule&);
  static std::string show(const auth::Inner&) { return ""; }
};
}  // namespace sonde::config
