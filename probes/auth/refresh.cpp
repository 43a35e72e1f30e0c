#include "probes/auth/refresh.hpp"

#include "config/file.hpp"
#include "probes/auth/hide.hpp"
#include "probes/auth/state_file.hpp"

namespace sonde::auth {
namespace {

namespace asio = boost::asio;

std::unexpected<Failure> own(std::string why) {
  return std::unexpected(Failure{Reason::own_secret, std::move(why)});
}

// invalid_client is a matter of the client, whatever refresh token it shows; an endpoint that takes
// JSON knows no client.
bool is_refused(const std::expected<Token, Failure>& token, const Context& context, bool json) {
  return !token && token.error().reason == Reason::credentials &&
         (json || context.error_code == "invalid_grant");
}

// What is sent to an endpoint that takes JSON.
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
          .also(&S::grant, section_of(static_cast<const Grant*>(nullptr)))
          .also(&S::client, section_of(static_cast<const ClientProof*>(nullptr)))
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

// The token of an earlier process, if this account has none yet.
std::expected<void, Failure> Refresh::load(Purse& purse) const {
  if (!purse.refresh.empty()) return {};
  if (!settings_.state_file.empty()) {
    if (!purse.state_file) {
      auto opened = StateFile::open(settings_.state_file);
      if (!opened) return own("state_file " + opened.error());
      purse.state_file = std::move(*opened);
    }
    auto kept = purse.state_file->read();
    if (!kept) return own("state_file " + kept.error());
    purse.refresh = std::move(*kept);
  }
  if (!purse.refresh.empty() || settings_.first.empty()) return {};
  auto first = settings_.first.reveal();
  if (!first) return own(first.error());
  purse.refresh = std::move(*first);
  return {};
}

std::expected<void, Failure> Refresh::keep(Purse& purse, const std::string& refresh) const {
  purse.refresh = refresh;
  if (!purse.state_file) return {};
  auto written = purse.state_file->write(refresh);
  if (!written) return own("state_file " + written.error());
  return {};
}

asio::awaitable<std::expected<Token, Failure>> Refresh::redeem(Context& context,
                                                               std::string refresh) const {
  hide(context.trace, refresh);
  if (!settings_.body.empty()) {
    auto form = json_form(settings_.body, refresh, context.names);
    if (!form) co_return std::unexpected(form.error());
    auto obtaining = obtain(context, settings_.grant, *std::move(form));
    auto token = co_await std::move(obtaining);
    co_return token;
  }
  FormBody body(context.names);
  body.add_text("grant_type", "refresh_token");
  body.add_text("refresh_token", refresh);
  if (!settings_.scope.empty()) body.add_text("scope", settings_.scope);
  auto asking = obtain_as(context, settings_.grant, settings_.client, std::move(body));
  auto token = co_await std::move(asking);
  co_return token;
}

asio::awaitable<std::expected<Token, Failure>> Refresh::redeem_kept(Context& context,
                                                                    Purse& purse) const {
  auto redeeming = redeem(context, purse.refresh);
  auto token = co_await std::move(redeeming);
  if (is_refused(token, context, !settings_.body.empty())) purse.refresh.clear();
  if (!token || token->refresh.empty()) co_return token;
  auto kept = keep(purse, token->refresh);
  if (!kept) co_return std::unexpected(kept.error());
  co_return token;
}

asio::awaitable<std::expected<Token, Failure>> Refresh::begin_anew(Context& context,
                                                                   Purse& purse) const {
  auto logging_in = settings_.login.login->run(context);
  auto token = co_await std::move(logging_in);
  if (!token) co_return token;
  if (token->refresh.empty())
    co_return std::unexpected(
        Failure{Reason::answer_incomplete, "the login gives no refresh token"});
  auto kept = keep(purse, token->refresh);
  if (!kept) co_return std::unexpected(kept.error());
  auto redeeming = redeem_kept(context, purse);
  auto fresh = co_await std::move(redeeming);
  if (is_refused(fresh, context, !settings_.body.empty()))
    co_return std::unexpected(
        Failure{Reason::refresh_refused,
                "the refresh token that the login just gave is refused: " + fresh.error().detail});
  co_return fresh;
}

asio::awaitable<std::expected<Token, Failure>> Refresh::run(Context& context) const {
  Purse& purse = context.keeper.purse(context.account, Clock::now());
  auto entering = purse.refreshing.enter();
  const auto alone = co_await std::move(entering);
  if (!alone) co_return std::unexpected(alone.error());
  if (auto loaded = load(purse); !loaded) co_return std::unexpected(loaded.error());
  if (!purse.refresh.empty()) {
    auto redeeming = redeem_kept(context, purse);
    auto token = co_await std::move(redeeming);
    if (!is_refused(token, context, !settings_.body.empty())) co_return token;
    if (!settings_.login.login)
      co_return std::unexpected(Failure{Reason::monitor_credential_expired,
                                        "our refresh token is refused: " + token.error().detail});
  }
  auto beginning = begin_anew(context, purse);
  auto token = co_await std::move(beginning);
  co_return token;
}

void Refresh::needs(text::Needs& needs) const {
  add_needs(settings_.grant, needs);
  text::Needs body;
  body.add(settings_.body);
  for (auto& need : body.all)
    if (need.name != "refresh_token") needs.all.push_back(std::move(need));
  if (settings_.body.empty()) add_needs(settings_.client, needs);
  if (settings_.login.login) settings_.login.login->needs(needs);
}

}  // namespace sonde::auth
