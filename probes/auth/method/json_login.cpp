#include "probes/auth/method/json_login.hpp"

namespace sonde::auth {

const config::Section<JsonLogin::Settings>& section_of(const JsonLogin::Settings*) {
  using Settings = JsonLogin::Settings;
  static const auto keys =
      config::Section<Settings>()
          .also(&Settings::grant, config::section<Grant>())
          .key("body", &Settings::body, "What is sent, as JSON; its texts are templates.",
               {.required = true});
  return keys;
}

boost::asio::awaitable<std::expected<Token, Failure>> JsonLogin::run(Context& context) const {
  auto body = settings_.body.render_json(context.names);
  if (!body) co_return std::unexpected(Failure{Reason::own_request, "login body: " + body.error()});
  Form form{.body = std::move(*body), .content_type = "application/json", .headers = {}};
  auto asking = obtain(context, settings_.grant, std::move(form));
  auto token = co_await std::move(asking);
  co_return token;
}

void JsonLogin::needs(text::Needs& needs) const {
  add_needs(settings_.grant, needs);
  needs.add(settings_.body);
}

}  // namespace sonde::auth
