#include "probes/health/health.hpp"

#include <utility>

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
    auto request = build(*names);
    if (!request) co_return Verdict::of(Step::health, request.error());
    if (settings_->expect.cors) {
      auto asking_leave = ask_leave(*request, trace);
      auto refused = co_await std::move(asking_leave);
      if (refused) co_return std::move(*refused);
    }
    auto asking =
        net::fetch(shared_.network, *request, settings_->line, settings_->redirects, trace);
    const net::Answer answer = co_await std::move(asking);
    co_return conclude(answer, *names, trace);
  }

 private:
  asio::awaitable<std::optional<Verdict>> ask_leave(net::Request& request, Trace& trace) const;
  std::expected<net::Request, Failure> build(text::Names& names) const;
  Verdict conclude(const net::Answer& answer, text::Names& names, const Trace& trace) const;

  std::shared_ptr<const HealthSettings> settings_;
  std::shared_ptr<const session::ProbeContext> site_;
  session::Shared& shared_;
};

std::unexpected<Failure> own_request(std::string_view what, const std::string& why) {
  return std::unexpected(Failure{Reason::own_request, std::string(what) + ": " + why});
}

std::expected<net::Request, Failure> Health::build(text::Names& names) const {
  net::Request request{.method = settings_->method, .url = {}, .headers = {}, .body = {}};
  auto rendered = settings_->url.render(names);
  if (!rendered) return own_request("url", rendered.error());
  auto url = net::parse_url(*rendered);
  if (!url) return own_request("url", url.error());
  request.url = std::move(*url);
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

// As a browser does before the page's request, which then says whose page it is; it follows no
// redirect there.
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

std::unique_ptr<Probe> make_probe(std::shared_ptr<const HealthSettings> settings,
                                  std::shared_ptr<const session::ProbeContext> site,
                                  session::Shared& shared) {
  return std::make_unique<Health>(std::move(settings), std::move(site), shared);
}

}  // namespace sonde::health
