#include "probes/auth/method/steps.hpp"

#include <algorithm>
#include <charconv>

#include "probes/auth/hide.hpp"

namespace sonde::auth {
namespace {

namespace asio = boost::asio;

std::unexpected<Failure> own_config(const std::string& what, const std::string& why) {
  return std::unexpected(Failure{Reason::own_request, "login " + what + ": " + why});
}

}  // namespace

asio::awaitable<std::expected<Token, Failure>> Steps::run(Context& context) const {
  Token token;
  text::Names names = context.names;  // what is captured here is known here alone
  auto taking = take_steps(context, settings_.requests, settings_.line, settings_.refused,
                           settings_.token, names, token);
  auto failed = co_await std::move(taking);
  if (failed) co_return std::unexpected(*std::move(failed));
  auto value = settings_.token.render(names);
  if (!value) co_return own_config("token", value.error());
  if (!value->empty() && !is_token_text(*value))
    co_return std::unexpected(Failure{Reason::token_malformed, "what was captured is no token"});
  hide(context.trace, *value);
  token.value = std::move(*value);
  const auto lives = settings_.expires_in.render(names);
  std::int64_t seconds = 0;
  if (lives) std::from_chars(lives->data(), lives->data() + lives->size(), seconds);
  if (seconds > 0)
    token.lifetime = std::chrono::seconds(std::min<std::int64_t>(seconds, 1000000000));
  if (!settings_.jwt) co_return token;
  auto checking = check_token(context, *settings_.jwt, settings_.line, token);
  auto wrong = co_await std::move(checking);
  if (wrong) co_return std::unexpected(std::move(*wrong));
  co_return token;
}

std::vector<std::string> Steps::gives() const { return captures_of(settings_.requests); }

void Steps::needs(text::Needs& needs) const {
  text::Needs all;
  add_needs(settings_.requests, all);
  all.add(settings_.token);
  all.add(settings_.expires_in);
  if (settings_.jwt) add_needs(*settings_.jwt, all);
  const auto own_names = gives();
  for (auto& need : all.all)
    if (std::ranges::find(own_names, need.name) == own_names.end())
      needs.all.push_back(std::move(need));
}

}  // namespace sonde::auth
