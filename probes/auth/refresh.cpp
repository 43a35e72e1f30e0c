#include "probes/auth/refresh.hpp"

#include "probes/auth/hide.hpp"
#include "probes/auth/state_file.hpp"

namespace sonde::auth {
namespace {

namespace asio = boost::asio;

std::unexpected<Failure> own(std::string why) {
  return std::unexpected(Failure{Reason::own_secret, std::move(why)});
}

// invalid_client is a matter of the client, whatever refresh token it shows.
bool is_refused(const std::expected<Token, Failure>& token) {
  return !token && token.error().reason == Reason::credentials &&
         token.error().detail.contains("invalid_grant");
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
          .key("scope", &S::scope, "The scopes asked for, separated by spaces.");
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
                                                               Purse& purse) const {
  hide(context.trace, purse.refresh);
  FormBody body(context.names);
  body.add_text("grant_type", "refresh_token");
  body.add_text("refresh_token", purse.refresh);
  if (!settings_.scope.empty()) body.add_text("scope", settings_.scope);
  auto asking = obtain_as(context, settings_.grant, settings_.client, std::move(body));
  auto token = co_await std::move(asking);
  if (is_refused(token)) purse.refresh.clear();
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
  auto redeeming = redeem(context, purse);
  auto fresh = co_await std::move(redeeming);
  if (is_refused(fresh))
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
    auto redeeming = redeem(context, purse);
    auto token = co_await std::move(redeeming);
    if (!is_refused(token)) co_return token;
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
  add_needs(settings_.client, needs);
  if (settings_.login.login) settings_.login.login->needs(needs);
}

}  // namespace sonde::auth
