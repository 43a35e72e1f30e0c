#include "probes/auth/method/steps.hpp"

#include <algorithm>
#include <charconv>

#include "probes/auth/hide.hpp"

namespace sonde::auth {
namespace {

namespace asio = boost::asio;

std::unexpected<Failure> wrong_config(const std::string& what, const std::string& why) {
  return std::unexpected(Failure{Reason::own_request, "login " + what + ": " + why});
}

}  // namespace

asio::awaitable<std::expected<Token, Failure>> Steps::run(Context& context) const {
  Token token;
  text::Names names = context.names;  // captured values are visible only in this login
  auto taking = take_steps(context, settings_.requests, settings_.line, settings_.refused,
                           settings_.token, names, token);
  auto failed = co_await std::move(taking);
  if (failed) co_return std::unexpected(*std::move(failed));
  auto value = settings_.token.render(names);
  if (!value) co_return wrong_config("token", value.error());
  if (!value->empty() && !is_token_text(*value))
    co_return std::unexpected(Failure{Reason::token_malformed, "what was captured is no token"});
  hide(context.trace, *value);
  token.value = std::move(*value);
  const auto lives = settings_.expires_in.render(names);
  if (lives) token.lifetime = lifetime_of(*lives, settings_.expires_in_unit);
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
  needs.add_but(std::move(all), [&](const std::string& name) {
    return std::ranges::find(own_names, name) != own_names.end();
  });
}

const config::Section<Capture>& section_of(const Capture*) {
  static const auto keys =
      config::Section<Capture>()
          .key("json", &Capture::json, "A place in the JSON of the body.")
          .key("header", &Capture::header, "A header's value.")
          .key("cookie", &Capture::cookie, "A cookie's value.")
          .key("matches", &Capture::body,
               "The first group of this in the header's or cookie's value, else in the body.");
  return keys;
}

const config::Section<StepRequest>& section_of(const StepRequest*) {
  using S = StepRequest;
  static const auto keys =
      config::Section<S>()
          .key("method", &S::method,
               "The HTTP method; without it, POST with a body and GET without.",
               {.one_of = {"GET", "POST", "PUT", "PATCH", "DELETE"}})
          .key("url", &S::url, "Where it goes.", {.required = true, .filled = true})
          .key("headers", &S::headers, "Its headers.")
          .key("json", &S::json, "Its body, as JSON.")
          .key("form", &S::form, "Its body, as a form.")
          .key("body", &S::body, "Its body, as it is.")
          .key("status", &S::status, "The statuses that go on; without it, 200 to 299.")
          .key("redirects", &S::redirects, "Whether redirects are followed.")
          .key("capture", &S::capture,
               "What is kept of the answer, by name: {{NAME}} in what follows, {{login.NAME}} in "
               "a socket.");
  return keys;
}

const config::Section<Steps::Settings>& section_of(const Steps::Settings*) {
  using S = Steps::Settings;
  static const auto keys =
      config::Section<S>()
          .key("requests", &S::requests, "The requests, in their order.",
               {.required = true, .min = 1, .max = 20})
          .key("token", &S::token, "The token, of what was captured; it may be empty.")
          .key("expires_in", &S::expires_in, "Its lifetime, of what was captured.")
          .key("expires_in_unit", &S::expires_in_unit,
               "The unit of that lifetime: seconds, or milliseconds.")
          .key("refused", &S::refused,
               "An answer that stops the login, or of which nothing is captured, and that matches "
               "this refuses the credentials.")
          .key("jwt", &S::jwt, "What the token has to be; without it, it is taken as it comes.")
          .also(&S::line, config::section<net::ConnectionOptions>());
  return keys;
}

bool check(const Steps::Settings& settings, const config::Value& value,
           const config::Reader& reader) {
  bool good = check(settings.requests, value, reader);
  constexpr Span long_life = std::chrono::hours(24 * 10);
  const auto lives = lifetime_of(settings.expires_in.text(), settings.expires_in_unit);
  if (lives && *lives >= long_life && settings.expires_in_unit == LifetimeUnit::seconds)
    reader.at("expires_in")
        .warn(value.find("expires_in")->place,
              "the token lives " + config::show(*lives) +
                  "; if that number is milliseconds, write 'expires_in_unit: ms'");
  const auto captured = captures_of(settings.requests);
  if (captured.empty() && !settings.refused)
    reader.warn(value.place,
                "none of its requests captures anything, so every answer with an expected status "
                "is a login; capture what only a user gets, or write in 'refused' what a refused "
                "login looks like");
  for (const auto& [key, text] :
       {std::pair{"token", &settings.token}, std::pair{"expires_in", &settings.expires_in}})
    for (const std::string& name : text->names()) {
      if (name.contains('.') || std::ranges::find(captured, name) != captured.end()) continue;
      reader.wrong(value.place, "its " + std::string(key) + " is {{" + name +
                                    "}}, which no request captures; name in '" + key +
                                    "' what is captured, or write token: \"\" where cookies are "
                                    "all that it gives");
      good = false;
    }
  return good;
}

bool check(const std::vector<StepRequest>& steps, const config::Value& value,
           const config::Reader& reader) {
  bool good = true;
  for (const auto& step : steps) {
    if (!step.json.empty() + !step.form.empty() + !step.body.empty() > 1) {
      reader.wrong(value.place, "a request has one body: json, form or body");
      good = false;
    }
    for (const auto& [name, capture] : step.capture) {
      const int places =
          capture.json.has_value() + !capture.header.empty() + !capture.cookie.empty();
      if (places == 1 ? !(capture.json && capture.body) : places == 0 && capture.body) continue;
      reader.wrong(value.place,
                   "capture '" + name + "' names one place: json, header, cookie or matches");
      good = false;
    }
  }
  return good;
}

}  // namespace sonde::auth
