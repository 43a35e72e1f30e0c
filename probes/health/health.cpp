#include "probes/health/health.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <utility>

#include "probes/net/http/http_text.hpp"
#include "probes/net/http/status.hpp"
#include "probes/net/origins.hpp"
#include "probes/session/log_in.hpp"
#include "probes/session/socket.hpp"
#include "probes/text/json.hpp"

namespace sonde::health {
namespace {

namespace asio = boost::asio;

class Health : public Probe {
 public:
  Health(std::shared_ptr<const HealthSettings> settings,
         std::shared_ptr<const session::ProbeContext> site, session::Shared& shared)
      : settings_(std::move(settings)), site_(std::move(site)), shared_(shared) {}

  asio::awaitable<Verdict> attempt(const Attempt& attempt, Trace& trace) const override {
    trace.at(Step::health);
    auto names = site_->names(attempt.seed, trace);
    if (!names) co_return Verdict::of(Step::health, names.error());
    auth::Token token;
    if (settings_->logs_in) {
      auto logging_in = log_in(*site_, shared_, *names, trace, settings_->reuse.share);
      auto logged_in = co_await std::move(logging_in);
      if (!logged_in) co_return Verdict::of(Step::login, logged_in.error());
      token = *std::move(logged_in);
      trace.at(Step::health);
    }
    auto request = build(token, *names);
    if (!request) co_return Verdict::of(Step::health, request.error());
    if (settings_->expect.cors) {
      auto asking_leave = ask_leave(*request, trace);
      auto refused = co_await std::move(asking_leave);
      if (refused) co_return std::move(*refused);
    }
    auto asking =
        net::fetch(shared_.network, *request, settings_->line, settings_->redirects, trace);
    const net::Answer answer = co_await std::move(asking);
    if (settings_->logs_in) reconsider(token, answer);
    co_return conclude(answer, *names, trace);
  }

 private:
  asio::awaitable<std::optional<Verdict>> ask_leave(net::Request& request, Trace& trace) const;
  std::expected<net::Request, Failure> build(const auth::Token& token, text::Names& names) const;
  void reconsider(const auth::Token& used, const net::Answer& answer) const;
  Verdict conclude(const net::Answer& answer, text::Names& names, const Trace& trace) const;

  std::shared_ptr<const HealthSettings> settings_;
  std::shared_ptr<const session::ProbeContext> site_;
  session::Shared& shared_;
};

std::unexpected<Failure> own_request(std::string_view what, const std::string& why) {
  return std::unexpected(Failure{Reason::own_request, std::string(what) + ": " + why});
}

std::expected<net::Request, Failure> Health::build(const auth::Token& token,
                                                   text::Names& names) const {
  net::Request request{.method = settings_->method, .url = {}, .headers = {}, .body = {}};
  auto rendered = settings_->url.render(names);
  if (!rendered) return own_request("url", rendered.error());
  auto url = net::parse_url(*rendered);
  if (!url) return own_request("url", url.error());
  request.url = std::move(*url);
  if (settings_->logs_in) {
    if (!session::is_own(request.url, settings_->url, names))
      return own_request("url", net::no_own_origin(request.url));
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    names.set("cookies", token.cookies.header(request.url, now, net::Origins::of(names)));
  }
  for (const auto& [name, value] : settings_->headers) {
    auto text = value.render(names);
    if (!text) return own_request("header " + name, text.error());
    request.headers.emplace_back(name, std::move(*text));
  }
  auto body = settings_->body.render(names);
  if (!body) return own_request("body", body.error());
  request.body = std::move(*body);
  return request;
}

// A token that was refused is not used again by any probe.
void Health::reconsider(const auth::Token& used, const net::Answer& answer) const {
  auth::CachedLogin& cached = shared_.token_cache.cached(site_->account, Clock::now());
  if (!cached.token || cached.token->value != used.value) return;  // it was replaced meanwhile
  const int status = answer.response.status;
  if (status == 401 || status == 403) cached.token.reset();
}

// As a browser does before a page's request, which then has the page's origin; redirects are not
// followed.
asio::awaitable<std::optional<Verdict>> Health::ask_leave(net::Request& request,
                                                          Trace& trace) const {
  const Cors& cors = *settings_->expect.cors;
  const net::Request preflight = preflight_of(cors, request);
  const net::Redirects none;
  auto asking = net::fetch(shared_.network, preflight, settings_->line, none, trace);
  const net::Answer answer = co_await std::move(asking);
  if (!answer.ok()) co_return Verdict::of(Step::health, answer.failure);
  auto wrong = judge_preflight(cors, request, answer.response);
  if (!wrong) {
    request = with_origin(cors, std::move(request));
    co_return std::nullopt;
  }
  wrong->detail = trace.scrub(wrong->detail);
  co_return Verdict::of(Step::health, *std::move(wrong));
}

Verdict Health::conclude(const net::Answer& answer, text::Names& names, const Trace& trace) const {
  if (!answer.ok()) return Verdict::of(Step::health, answer.failure);
  auto wrong =
      judge_health(settings_->expect, answer.response, Clock::now() - trace.started(), names);
  if (!wrong) return Verdict::pass();
  wrong->detail = trace.scrub(wrong->detail);
  return Verdict::of(Step::health, std::move(*wrong));
}

}  // namespace

const config::Section<BodyRules>& section_of(const BodyRules*) {
  static const auto keys =
      config::Section<BodyRules>()
          .key("matches", &BodyRules::matches, "Patterns (RE2) that are all found in it.")
          .key("not_matches", &BodyRules::not_matches, "Patterns of which none is found in it.")
          .key("min_size", &BodyRules::min_size, "Its least size.")
          .key("max_size", &BodyRules::max_size, "Its greatest size.");
  return keys;
}

const config::Section<Expected>& section_of(const Expected*) {
  static const auto keys =
      config::Section<Expected>()
          .key("status", &Expected::status, "The status, or a list of them.", {.min = 1})
          .key("content_type", &Expected::content_type, "The Content-Type, without its parameters.")
          .key("headers", &Expected::headers, "Patterns by the name of the header.")
          .key("json", &Expected::json, "What stands where in the JSON body.")
          .key("body", &Expected::body, "What the body must say as a text, and its size.")
          .key("cors", &Expected::cors,
               "What a page of another origin needs: a preflight is sent first, and judged.")
          .key("max_latency", &Expected::max_latency,
               "The most that the whole run may take although it succeeds.",
               {.min = 0.0001, .max = 3600});
  return keys;
}

const config::Section<HealthSettings>& section_of(const HealthSettings*) {
  using S = HealthSettings;
  static const auto keys =
      config::Section<S>()
          .also(&S::heading, config::section<ProbeHeader>())
          .also(&S::common, config::section<Common>())
          .key("url", &S::url, "The address that is asked.", {.required = true, .filled = true})
          .key("method", &S::method, "The HTTP method.",
               {.one_of = {"GET", "HEAD", "POST", "PUT", "OPTIONS"}})
          .key("headers", &S::headers, "Headers of the request.")
          .key("body", &S::body, "The body of the request.")
          .key("redirects", &S::redirects, "Whether redirects are followed.")
          .key("expect", &S::expect, "What the answer must be.")
          .key("reuse", &S::reuse,
               "The share of a token's life in which it is used again instead of a new login, "
               "where the request uses {{token}}. 0%: never.")
          .also(&S::line, config::section<net::ConnectionOptions>());
  return keys;
}

namespace {

text::Needs needs_of(const HealthSettings& settings) {
  text::Needs needs;
  needs.add_url(settings.url);
  needs.add_headers(settings.headers);
  needs.add(settings.body);
  needs.add(settings.expect.json);
  return needs;
}

bool read_settings(const config::Value& value, const config::Reader& reader, HealthSettings& out) {
  const bool good = config::section<HealthSettings>().read(value, reader, out);
  out.logs_in = session::says_login(needs_of(out));
  for (const char* key : {"login", "reuse"})
    if (const config::Value* written = value.find(key); written != nullptr && !out.logs_in)
      reader.at(key).warn(written->place,
                          "it has no effect: nothing of the request uses {{token}}, {{cookies}} or "
                          "{{login.NAME}}");
  return good;
}

void add_needs(const HealthSettings& settings, text::Needs& needs) {
  needs.add(needs_of(settings));
  if (settings.logs_in) needs.all.push_back({"token", {}});
}

std::vector<Step> steps_of(const HealthSettings& settings) {
  return settings.logs_in ? std::vector{Step::login, Step::health} : std::vector{Step::health};
}

std::string media_type(const net::Response& response) {
  const std::string* header = response.header("content-type");
  return header != nullptr ? net::media_type(*header) : "";
}

// A page instead of JSON comes from a front end that answers every path.
std::optional<Failure> judge_type(const Expected& expected, const net::Response& response) {
  const bool wants_json = !expected.json.empty() || expected.content_type.ends_with("json");
  if (wants_json && net::is_page(response))
    return Failure{Reason::spa_fallback, "a page (text/html) answers where JSON is expected"};
  if (expected.content_type.empty() || net::same_word(media_type(response), expected.content_type))
    return std::nullopt;
  return Failure{Reason::bad_content_type,
                 fmt::format("Content-Type is \"{}\", wanted \"{}\"", media_type(response),
                             expected.content_type)};
}

std::optional<Failure> judge_headers(const Expected& expected, const net::Response& response) {
  for (const auto& [name, pattern] : expected.headers) {
    const std::string* value = response.header(name);
    if (value == nullptr) return Failure{Reason::bad_header, "no header " + name};
    if (!pattern.found_in(*value))
      return Failure{Reason::bad_header, fmt::format("header {} is \"{}\", wanted /{}/", name,
                                                     value->substr(0, 120), pattern.text())};
  }
  return std::nullopt;
}

// Whether the body itself reports that the service is unhealthy.
bool says_unhealthy(text::Json root) {
  constexpr std::array words = {"unhealthy", "degraded", "down",     "fail",      "failed",
                                "failing",   "error",    "critical", "not_ready", "unavailable"};
  const auto status = root.member("status").string();
  return status && std::ranges::any_of(words, [&](auto w) { return net::same_word(*status, w); });
}

// Why the status is not the expected one. A 503 whose JSON reports an unhealthy service is
// reported_unhealthy ("error" is in the JSON of any error); otherwise the status decides.
std::optional<Failure> judge_status(const Expected& expected, const net::Response& response) {
  std::string wanted;
  for (const auto& status : expected.status) {
    if (status.code == response.status) return std::nullopt;
    wanted += (wanted.empty() ? ", wanted " : " or ") + std::to_string(status.code);
  }
  const std::string what = net::describe(response);
  const auto document = text::Document::parse_body(response.body);
  const bool says = document && says_unhealthy(document->root()) &&
                    !net::same_word(document->root().member("status").text(), "error");
  if (response.status == 503 && says)
    return Failure{
        Reason::reported_unhealthy,
        fmt::format("{} says status {}{}", what, document->root().member("status").text(), wanted)};
  return Failure{net::reason_of(response), what + wanted};
}

std::optional<Failure> judge_json(const Expected& expected, const net::Response& response,
                                  text::Names& names) {
  if (expected.json.empty()) return std::nullopt;
  const auto document = text::Document::parse_body(response.body);
  if (!document && response.body.empty())
    return Failure{Reason::bad_body, "the body is empty, where JSON is expected"};
  if (!document)
    return Failure{Reason::bad_body,
                   "the body is " + document.error() + ", " + text::json_place(response.body)};
  const auto wrong = text::mismatch(expected.json, document->root(), names);
  if (!wrong) return std::nullopt;
  return Failure{says_unhealthy(document->root()) ? Reason::reported_unhealthy : Reason::bad_body,
                 *wrong};
}

std::optional<Failure> judge_body(const BodyRules& rules, const std::string& body) {
  for (const auto& pattern : rules.matches)
    if (!pattern.found_in(body))
      return Failure{Reason::bad_body, "the body does not match /" + pattern.text() + "/"};
  for (const auto& pattern : rules.not_matches)
    if (pattern.found_in(body))
      return Failure{Reason::bad_body, "the body matches /" + pattern.text() + "/"};
  const bool small = rules.min_size && body.size() < *rules.min_size;
  const bool large = rules.max_size && body.size() > *rules.max_size;
  if (small || large)
    return Failure{Reason::bad_body,
                   fmt::format("the body has {} bytes, wanted {}", body.size(),
                               small ? fmt::format("at least {}", *rules.min_size)
                                     : fmt::format("at most {}", *rules.max_size))};
  return std::nullopt;
}

std::optional<Failure> judge_latency(const Expected& expected, Span took) {
  if (!expected.max_latency || took <= *expected.max_latency) return std::nullopt;
  return Failure{Reason::latency_limit, fmt::format("took {:.3f} s, at most {:.3f} s is wanted",
                                                    seconds(took), seconds(*expected.max_latency))};
}

}  // namespace

std::optional<Failure> judge_health(const Expected& expected, const net::Response& response,
                                    Span took, text::Names& names) {
  if (auto wrong = judge_status(expected, response)) return wrong;
  if (auto wrong = judge_type(expected, response)) return wrong;
  if (expected.cors)
    if (auto wrong = judge_cors(*expected.cors, response)) return wrong;
  if (auto wrong = judge_headers(expected, response)) return wrong;
  if (auto wrong = judge_json(expected, response, names)) return wrong;
  if (auto wrong = judge_body(expected.body, response.body)) return wrong;
  return judge_latency(expected, took);
}

const session::KindHooks<HealthSettings>& hooks_of(const HealthSettings*) {
  using S = HealthSettings;
  static constexpr session::KindHooks<S> hooks{
      .parts = [](S& settings) -> session::KindParts {
        return {.heading = settings.heading, .common = settings.common, .url = &settings.url};
      },
      .add_needs = add_needs,
      .make = session::make_probe<Health, S>,
      .read = read_settings,
      .steps = steps_of};
  return hooks;
}

}  // namespace sonde::health
