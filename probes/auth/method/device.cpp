#include "probes/auth/method/device.hpp"

#include "probes/auth/ask.hpp"
#include "probes/auth/given.hpp"
#include "probes/auth/hide.hpp"

namespace sonde::auth {

namespace asio = boost::asio;

const config::Section<Device::Settings>& section_of(const Device::Settings*) {
  using S = Device::Settings;
  static const auto keys =
      config::Section<S>()
          .also(&S::grant, config::section<Grant>())
          .also(&S::client, config::section<ClientProof>())
          .key("scope", &S::scope, "The scopes asked for, separated by spaces.");
  return keys;
}

std::optional<Failure> check_device_answer(const std::string& body) {
  auto wrong = [](const std::string& what) {
    return Failure{Reason::answer_incomplete, "the device authorization's answer " + what};
  };
  const auto document = text::Document::parse_body(body);
  if (!document) return wrong("is " + document.error());
  const text::Json root = document->root();
  for (const std::string_view name : {"device_code", "user_code", "verification_uri"})
    if (root.member(name).string().value_or("").empty())
      return wrong("has no " + std::string(name));
  const auto lives = root.member("expires_in").number();
  if (!lives || *lives <= 0) return wrong("has no expires_in");
  const auto url = net::parse_url(*root.member("verification_uri").string());
  if (!url) return wrong("has a verification_uri that is none: " + url.error());
  return std::nullopt;
}

asio::awaitable<std::expected<Token, Failure>> Device::run(Context& context) const {
  FormBody body(context.names);
  if (!settings_.scope.empty()) body.add_text("scope", settings_.scope);
  const std::string url = body.render("url", settings_.grant.url);
  auto form = prove(settings_.client, url, std::move(body), context.trace);
  if (!form) co_return std::unexpected(form.error());
  Cookies cookies;
  auto asking = send(context, settings_.grant, std::move(*form), cookies);
  const auto answer = co_await std::move(asking);
  if (!answer) co_return std::unexpected(answer.error());
  // Also where something else is missing beside them.
  const auto document = text::Document::parse_body(answer->body);
  const text::Json root = document ? document->root() : text::Json();
  for (const char* name : {"device_code", "user_code"})
    if (const auto code = root.member(name).string()) hide_given(context, *code);
  if (auto wrong = check_device_answer(answer->body)) {
    wrong->detail = context.trace.scrub(wrong->detail);
    co_return std::unexpected(std::move(*wrong));
  }
  hide_issued(context, *root.member("device_code").string());
  hide(context.trace, *root.member("user_code").string());
  co_return Token();
}

void Device::needs(text::Needs& needs) const {
  add_needs(settings_.grant, needs);
  add_needs(settings_.client, needs);
}

}  // namespace sonde::auth
