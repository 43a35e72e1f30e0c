#include "daemon/page/pages.hpp"

#include <algorithm>
#include <utility>

#include "daemon/core/alert_json.hpp"
#include "daemon/metrics/gzip.hpp"
#include "daemon/page/assets.hpp"
#include "daemon/page/headline.hpp"
#include "daemon/page/incidents_page.hpp"
#include "daemon/page/overview.hpp"
#include "daemon/page/probe_route.hpp"
#include "daemon/page/reply.hpp"
#include "daemon/page/run_route.hpp"
#include "probes/text/encode.hpp"

namespace sonde::page {
namespace {

using web::Respond;
using web::Route;
using web::WebRequest;
using Hooks = std::shared_ptr<const PageHooks>;

constexpr std::size_t filter_max = 100;

// The newest overview; many open pages ask for it at the same time.
struct LastOverview {
  static constexpr Span fresh_for = std::chrono::seconds(1);
  Instant made;
  std::string wanted;
  bool gzip = false;
  std::optional<web::WebReply> reply;

  bool fits(const std::string& asked, bool compressed, Instant now) const {
    return reply && wanted == asked && gzip == compressed && now - made < fresh_for;
  }
};

std::string wanted_of(const WebRequest& request, std::string_view name) {
  std::string wanted = text::parameter(request.query, name).value_or("");
  wanted.resize(std::min(wanted.size(), filter_max));
  return wanted;
}

Route overview_route(const Hooks& hooks) {
  auto last = std::make_shared<LastOverview>();
  return {.path = "/",
          .methods = {"GET"},
          .answer = [hooks, last](const WebRequest& request, Respond respond) {
            const std::string wanted = wanted_of(request, "q");
            const Instant now = Clock::now();
            if (!last->fits(wanted, request.gzip, now)) {
              OverviewFacts facts = gather(*hooks->view, hooks->sources());
              const Headline headline = headline_of(facts);
              filter(facts, wanted);
              *last = {.made = now,
                       .wanted = wanted,
                       .gzip = request.gzip,
                       .reply = page_reply(request, overview_page(facts, headline, wanted))};
            }
            respond(*last->reply);
          }};
}

bool is_watched(const View& view, const std::string& target) {
  return std::ranges::any_of(view.checks(),
                             [&](const auto& check) { return check->target == target; });
}

Route incidents_route(const Hooks& hooks) {
  return {.path = "/incidents",
          .methods = {"GET"},
          .answer = [hooks](const WebRequest& request, Respond respond) {
            const Sources sources = hooks->sources();
            IncidentsView view{.now = sources.now,
                               .version = sources.version,
                               .target = wanted_of(request, "target")};
            if (hooks->incidents)
              view.records = hooks->incidents({.alert = {}, .target = view.target});
            const bool known = view.target.empty() || is_watched(*hooks->view, view.target);
            if (!known && view.records.empty())
              return respond(error_reply(
                  request, 404, "There is no such target",
                  "No probe of this daemon watches a target named \"" + view.target + "\".",
                  sources.version));
            std::erase_if(view.records,
                          [](const AlertRecord& record) { return is_watchdog(record.labels); });
            respond(page_reply(request, incidents_page(view)));
          }};
}

web::WebReply no_logo() {
  return {.status = 404, .body = "There is no logo: `page: { logo: ... }` is not set.\n"};
}

web::WebReply not_public() {
  return {.status = 404,
          .body = "There is no public page: `page: { public: [...] }` is not set.\n"};
}

Route public_route(const Hooks& hooks) {
  return {.path = "/public",
          .methods = {"GET"},
          .answer = [hooks](const WebRequest& request, Respond respond) {
            const PublicSettings settings =
                hooks->public_settings ? hooks->public_settings() : PublicSettings();
            if (settings.targets.empty()) return respond(not_public());
            respond(scriptless_reply(request,
                                     public_page(gather(*hooks->view, hooks->sources()), settings),
                                     public_style_source()));
          }};
}

Route logo_route(const Hooks& hooks) {
  return {.path = "/public/logo",
          .methods = {"GET"},
          .answer = [hooks](const WebRequest&, Respond respond) {
            const PublicSettings settings =
                hooks->public_settings ? hooks->public_settings() : PublicSettings();
            if (settings.targets.empty()) return respond(not_public());
            if (settings.logo_bytes.empty()) return respond(no_logo());
            respond({.type = settings.logo_type, .body = settings.logo_bytes});
          }};
}

Route events_route(const Hooks& hooks) {
  return {
      .path = "/events", .methods = {"GET"}, .answer = [hooks](const WebRequest&, Respond respond) {
        auto events = hooks->live != nullptr ? hooks->live->join() : nullptr;
        if (!events)
          return respond({.status = 503,
                          .body = "Too many pages are open; they are not kept current.\n",
                          .headers = {{"Retry-After", "30"}}});
        respond({.type = "text/event-stream", .events = std::move(events)});
      }};
}

Route assets_route() {
  return {
      .path = "/assets/",
      .methods = {"GET"},
      .answer =
          [](const WebRequest& request, Respond respond) {
            const config::EmbeddedFile* file = asset_at(request.path);
            if (file == nullptr)
              return respond({.status = 404, .body = "There is no such file.\n"});
            respond({.type = std::string(content_type(*file)),
                     .body = request.gzip ? metrics::gzipped(file->text) : std::string(file->text),
                     .gzipped = request.gzip,
                     .headers = {{"Cache-Control", "public, max-age=31536000, immutable"}}});
          },
      .below = true};
}

}  // namespace

std::vector<Route> page_routes(PageHooks given) {
  const auto hooks = std::make_shared<const PageHooks>(std::move(given));
  return {overview_route(hooks), probe_page_route(hooks), proof_route(hooks),
          run_route(hooks),      incidents_route(hooks),  public_route(hooks),
          logo_route(hooks),     events_route(hooks),     assets_route()};
}

}  // namespace sonde::page
