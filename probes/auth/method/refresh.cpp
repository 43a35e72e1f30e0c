#include "probes/auth/method/refresh.hpp"

#include "config/file.hpp"
#include "probes/auth/hide.hpp"
#include "probes/auth/state_file.hpp"
#include "probes/auth/token_cache.hpp"
#include "probes/auth/until_answered.hpp"

namespace sonde::auth {
namespace {

namespace asio = boost::asio;

std::unexpected<Failure> own(std::string why) {
  return std::unexpected(Failure{Reason::own_secret, std::move(why)});
}

// Whether the token itself is rejected. invalid_client concerns the client, whatever the token; an
// endpoint that takes JSON has no client. Where a successor came, it was redeemed, whatever the
// answers to further redirects say.
bool is_refused(const std::expected<Token, Failure>& token, const Context& context, bool json) {
  if (token || !context.said.refresh.empty()) return false;
  const std::string& error = context.said.error;
  if (error == "invalid_grant" || error == "invalid_token") return true;
  return json && token.error().reason == Reason::credentials;
}

// Rejected, or a failure that another token may avoid: not all servers follow RFC 6749.
bool may_be_refused(const std::expected<Token, Failure>& token, const Context& context, bool json) {
  const auto& [status, error, refresh] = context.said;
  if (token || !refresh.empty()) return false;
  if (is_refused(token, context, json)) return true;
  if (error == "invalid_client" || error == "unauthorized_client") return false;
  return status == 400 || status == 401 || status == 403 || status == 409 || status == 422 ||
         (status == 200 && !error.empty());
}

// The request for an endpoint that takes JSON.
std::expected<Form, Failure> json_form(const text::Tree& body, const std::string& refresh,
                                       const text::Names& known) {
  text::Names names = known;
  names.set("refresh_token", refresh);
  auto text = body.render_json(names);
  if (!text) return std::unexpected(Failure{Reason::own_request, "refresh: " + text.error()});
  return Form{.body = *std::move(text), .content_type = "application/json", .headers = {}};
}

}  // namespace

const config::Section<Refresh::Settings>& section_of(const Refresh::Settings*) {
  using S = Refresh::Settings;
  static const auto keys =
      config::Section<S>()
          .also(&S::grant, config::section<Grant>())
          .also(&S::client, config::section<ClientProof>())
          .key("login", &S::login,
               "The login that gives the first refresh token, and another when one is refused.")
          .key("first", &S::first, "The first refresh token, where no login gives it.")
          .key("state_file", &S::state_file,
               "Where the refresh token is kept when the server changes it; for us alone (0600).")
          .key("scope", &S::scope, "The scopes asked for, separated by spaces.")
          .key(
              "body", &S::body,
              "What is sent as JSON, where the endpoint takes no form; it says {{refresh_token}}.");
  return keys;
}

bool check(const Refresh::Settings& settings, const config::Value& value,
           const config::Reader& reader) {
  const bool by_login = settings.login.login != nullptr, fixed = !settings.first.empty();
  if (by_login == fixed) {
    reader.wrong(value.place, "one of 'login' and 'first' says where the refresh token comes from");
    return false;
  }
  if (fixed && settings.state_file.empty()) {
    reader.wrong(value.place,
                 "'first' needs a 'state_file', or it is lost when the server changes it");
    return false;
  }
  if (const auto open = config::open_to_others(folder_of(settings.state_file)); !open.empty())
    reader.warn(value.place, "state_file: " + open);
  return true;
}

struct Refresh::Redemption {
  Redemption(std::shared_ptr<Chain> of, AsyncMutex::Pass alone)
      : pass(std::move(alone)), chain(std::move(of)) {}
  ~Redemption() {
    if (std::exchange(chain->unanswered, false)) ++chain->given_up_on;
    chain->rest();
  }
  Redemption(const Redemption&) = delete;
  Redemption& operator=(const Redemption&) = delete;

  AsyncMutex::Pass pass;
  std::shared_ptr<Chain> chain;
};

namespace {

// The answer to a refresh token, and whether its successor is stored.
struct Redeemed {
  std::expected<Token, Failure> token;
  std::expected<void, Failure> kept;
};

asio::awaitable<Redeemed> redeem_and_keep(Context& context, const Grant& grant,
                                          net::Request request, LoginGuard::Trial& trial,
                                          Chain& chain) {
  auto asking = ask_for_token(context, grant, std::move(request), trial);
  auto token = co_await std::move(asking);
  Redeemed redeemed{.token = std::move(token), .kept = {}};
  const bool same = context.said.refresh == chain.refresh;  // a refusal may repeat it
  if (!context.said.refresh.empty()) redeemed.kept = chain.keep(context.said.refresh);
  if (same) context.said.refresh.clear();
  const bool cut = !redeemed.token && redeemed.token.error().reason == Reason::cut;
  chain.unanswered = chain.unanswered && cut;
  co_return redeemed;
}

}  // namespace

std::expected<Form, Failure> Refresh::form_of(Context& context, const std::string& refresh) const {
  hide(context.trace, refresh);
  if (!settings_.body.empty()) return json_form(settings_.body, refresh, context.names);
  FormBody body(context.names);
  body.add_text("grant_type", "refresh_token");
  body.add_text("refresh_token", refresh);
  if (!settings_.scope.empty()) body.add_text("scope", settings_.scope);
  const std::string endpoint = body.render("url", settings_.grant.url);
  return prove(settings_.client, endpoint, std::move(body), context.trace);
}

asio::awaitable<std::expected<Token, Failure>> Refresh::redeem(Context& context,
                                                               std::string refresh) const {
  auto form = form_of(context, refresh);
  if (!form) co_return std::unexpected(form.error());
  auto obtaining = obtain(context, settings_.grant, *std::move(form));
  auto token = co_await std::move(obtaining);
  co_return token;
}

asio::awaitable<std::expected<Token, Failure>> Refresh::redeem_kept(
    Context& context, std::shared_ptr<Redemption> redemption) const {
  Chain& chain = *redemption->chain;
  context.redeems = true;
  auto form = form_of(context, chain.refresh);
  if (!form) co_return std::unexpected(form.error());
  auto preparing = prepare(context, settings_.grant, *std::move(form));
  auto asking = co_await std::move(preparing);
  if (!asking) co_return std::unexpected(std::move(asking.error()));
  auto ask = [grant = settings_.grant, request = std::move(asking->request), redemption](
                 Context& own, LoginGuard::Trial& trial) {
    return redeem_and_keep(own, grant, request, trial, *redemption->chain);
  };
  auto redeeming = until_answered<Redeemed>(context, asking->trial, std::move(ask), keep_late,
                                            [&chain] { chain.unanswered = true; });
  auto redeemed = co_await std::move(redeeming);
  if (!redeemed) co_return std::unexpected(cut_failure());
  asking->trial.end();
  if (is_refused(redeemed->token, context, !settings_.body.empty())) chain.refresh.clear();
  if (!redeemed->kept) co_return std::unexpected(redeemed->kept.error());
  auto checking = check_granted(context, settings_.grant, std::move(redeemed->token));
  auto token = co_await std::move(checking);
  co_return token;
}

// Tries the configured token if it was neither redeemed nor rejected before, unlike the kept one,
// which was rejected with `failure`.
asio::awaitable<std::expected<Token, Failure>> Refresh::try_first(
    Context& context, std::shared_ptr<Redemption> redemption, std::string refused,
    Failure failure) const {
  Chain& chain = *redemption->chain;
  failure = {Reason::monitor_credential_expired, "our refresh token is refused: " + failure.detail};
  auto first = settings_.first.reveal();
  if (!first) co_return own(first.error());
  if (chain.has_redeemed(*first)) {
    failure.detail +=
        "; 'first' was redeemed before and is not sent again, so replace it if this goes on";
    co_return std::unexpected(std::move(failure));
  }
  if (*first == refused || *first == chain.refused_first)
    co_return std::unexpected(std::move(failure));
  chain.take_first(*first);
  auto redeeming = redeem_kept(context, redemption);
  auto token = co_await std::move(redeeming);
  if (is_refused(token, context, !settings_.body.empty())) {
    chain.refused_first = *std::move(first);
    failure.detail += "; so is 'first'";
    co_return std::unexpected(std::move(failure));
  }
  if (!token || !token->refresh.empty()) co_return token;
  auto kept = chain.keep(*first);  // replaces the rejected one
  if (!kept) co_return std::unexpected(kept.error());
  co_return token;
}

asio::awaitable<std::expected<Token, Failure>> Refresh::begin_anew(
    Context& context, std::shared_ptr<Redemption> redemption) const {
  context.redeems = false;
  auto logging_in = settings_.login.login->run(context);
  auto token = co_await std::move(logging_in);
  if (!token) co_return token;
  if (context.lockout != nullptr)
    context.token_cache.guard(context.account.owner, Clock::now())->succeeded(Clock::now());
  if (token->refresh.empty())
    co_return std::unexpected(
        Failure{Reason::answer_incomplete, "the login gives no refresh token"});
  auto kept = redemption->chain->keep(token->refresh);
  if (!kept) co_return std::unexpected(kept.error());
  auto redeeming = redeem_kept(context, redemption);
  auto fresh = co_await std::move(redeeming);
  if (is_refused(fresh, context, !settings_.body.empty()))
    co_return std::unexpected(
        Failure{Reason::refresh_refused,
                "the refresh token that the login just gave is refused: " + fresh.error().detail});
  co_return fresh;
}

asio::awaitable<std::expected<Token, Failure>> Refresh::run(Context& context) const {
  const auto chain = context.token_cache.chain(context.account, settings_.state_file, Clock::now());
  const Instant came = Clock::now();
  const int given_up_on = chain->given_up_on;
  auto entering = chain->gate.enter();
  auto alone = co_await std::move(entering);
  context.trace.waited += Clock::now() - came;
  if (!alone) co_return std::unexpected(alone.error());
  const auto redemption = std::make_shared<Redemption>(chain, *std::move(alone));
  // A run that has waited in vain has little time left, and would not detect a service that hangs.
  // The next run has its full time.
  if (chain->given_up_on != given_up_on)
    co_return std::unexpected(
        Failure{Reason::suppressed, "the refresh token that was sent before is not answered"});
  if (auto loaded = chain->load(settings_.state_file, settings_.first); !loaded)
    co_return std::unexpected(loaded.error());
  const bool json = !settings_.body.empty();
  if (const std::string kept = chain->refresh; !kept.empty()) {
    auto redeeming = redeem_kept(context, redemption);
    auto token = co_await std::move(redeeming);
    if (!settings_.login.login && is_refused(token, context, json)) {
      auto trying = try_first(context, redemption, kept, token.error());
      token = co_await std::move(trying);
      co_return token;
    }
    if (!settings_.login.login || !may_be_refused(token, context, json)) co_return token;
  }
  auto beginning = begin_anew(context, redemption);
  auto token = co_await std::move(beginning);
  co_return token;
}

void Refresh::needs(text::Needs& needs) const {
  add_needs(settings_.grant, needs);
  text::Needs body;
  body.add(settings_.body);
  needs.add_but(std::move(body), [](const std::string& name) { return name == "refresh_token"; });
  if (settings_.body.empty()) add_needs(settings_.client, needs);
  if (settings_.login.login) settings_.login.login->needs(needs);
}

}  // namespace sonde::auth
