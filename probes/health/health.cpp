#include "probes/health/health.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "probes/net/http/http_redirect.hpp"
#include "probes/net/http/status.hpp"
#include "probes/net/origins.hpp"
#include "probes/session/log_in.hpp"
#include "probes/session/secret_trial.hpp"
#include "probes/session/socket.hpp"

namespace sonde::health {
namespace {

namespace asio = boost::asio;

// The names in what is sent.
text::Needs sent_names(const HealthSettings& settings) {
  text::Needs needs;
  needs.add_url(settings.url);
  needs.add_headers(settings.headers);
  needs.add(settings.body);
  return needs;
}

std::vector<int> expected_statuses(const Expected& expected) {
  std::vector<int> all;
  all.reserve(expected.status.size());
  for (const Status& status : expected.status) all.push_back(status.code);
  return all;
}

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
    const session::SecretIn in = secret_in(sent_names(*settings_), *site_);
    const session::SecretUse use{*site_, shared_, *names, trace};
    const session::Question question(*site_, settings_->method, settings_->url, settings_->headers,
                                     settings_->body);
    auto beginning = begin_secret_trial(in, question, use);
    auto trial = co_await std::move(beginning);
    if (!trial) co_return Verdict::of(Step::health, std::move(trial.error()));
    trial->expect(expected_statuses(settings_->expect));
    auto asking = trial->fetch(*request, settings_->line, settings_->redirects, use);
    const net::Answer answer = co_await std::move(asking);
    if (settings_->logs_in) reconsider(token, answer);
    Verdict verdict = conclude(answer, *names, trace);
    trial->answered(verdict.reason);
    if (verdict.outcome == Outcome::pass && !trace.unproven_login.empty()) {
      auto comparing = refuses_visitors(*names, trace);
      const bool refused = co_await std::move(comparing);
      if (refused) prove_login(*site_, shared_, trace);
    }
    co_return verdict;
  }

 private:
  asio::awaitable<bool> refuses_visitors(text::Names names, Trace& trace) const;
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

// Whether the same request without the login gets another answer than the expected one, which is
// not trouble of the server. Only a request that changes nothing is made again.
asio::awaitable<bool> Health::refuses_visitors(text::Names names, Trace& trace) const {
  if (settings_->method != "GET" && settings_->method != "HEAD") co_return false;
  use_token(session::TokenUse::none, names);
  const auto request = build({}, names);
  if (!request) co_return false;
  auto asking = net::fetch(shared_.network, *request, settings_->line, settings_->redirects, trace);
  const net::Answer answer = co_await std::move(asking);
  const int status = answer.response.status;
  if (!answer.ok() || status >= 500 || status == 429) co_return false;
  const Verdict verdict = conclude(answer, names, trace);
  co_return verdict.outcome == Outcome::fail&& verdict.reason != Reason::latency_limit;
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
  text::Needs needs = sent_names(settings);
  needs.add(settings.expect.json);
  return needs;
}

bool read_settings(const config::Value& value, const config::Reader& reader, HealthSettings& out) {
  bool good = config::section<HealthSettings>().read(value, reader, out);
  good = check_expected(out.expect, value, reader) && good;
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

}  // namespace

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
