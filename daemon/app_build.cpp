#include <fmt/format.h>

#include <utility>

#include "daemon/app_parts.hpp"
#include "daemon/expose/routes.hpp"
#include "daemon/judge/window_facts.hpp"
#include "daemon/log.hpp"
#include "daemon/version.hpp"
#include "probes/net/version.hpp"

namespace sonde {

using log::Level;

// Who listens is built before who probes: a port that is taken is told before anything is asked.
std::expected<void, std::string> App::Parts::build() {
  judge = std::make_unique<Judge>(
      [this](const Check& check, WallTime ended) { return maintenance.excludes(check, ended); });
  if (auto opened = build_memory(); !opened) return opened;
  build_sinks();
  if (auto bound = build_web(); !bound) return bound;
  build_engine();
  build_telling();
  judge->assign(settings.checks);
  assign_alerts();
  const Remembered remembered = memory->take_remembered();
  restore(remembered);
  build_pool(Lockouts::restore(remembered.notes));
  alerting->start();
  build_lifecycle();
  return {};
}

std::expected<void, std::string> App::Parts::build_memory() {
  auto opened = Memory::open(settings.storage, loop.get_executor(),
                             [this](Changes& changes) { gather(changes); });
  if (!opened) return std::unexpected(opened.error());
  memory = std::move(*opened);
  if (settings.storage.path.empty())
    log::say(Level::warning, "no storage.path: windows and alerts begin anew at each start");
  return {};
}

void App::Parts::build_sinks() {
  metrics = std::make_unique<Metrics>(
      Metrics::Options{.version = std::string(net::version),
                       .revision = std::string(revision),
                       .workers = static_cast<std::size_t>(settings.workers),
                       .facts = [this] { return facts(); }});
  landing = std::make_unique<Landing>(std::string(net::version));
  sinks = {judge.get(), memory.get(), metrics.get(), landing.get()};
}

std::expected<void, std::string> App::Parts::build_web() {
  RouteHooks hooks{.metrics = metrics.get(),
                   .landing = landing.get(),
                   .unready = [this] { return unready; },
                   .reload = {},
                   .api = api()};
  if (flags.enable_lifecycle) hooks.reload = [this] { return reload(); };
  Web::Options options{.listen = flags.listen_address,
                       .routes = standard_routes(std::move(hooks)),
                       .served = [this](std::string handler, unsigned code, Span took) {
                         metrics->served(std::move(handler), code, took);
                       }};
  auto listening = Web::listen(loop.get_executor(), std::move(options));
  if (!listening) return std::unexpected(listening.error());
  web = std::move(*listening);
  return {};
}

void App::Parts::build_pool(const std::vector<auth::RefusalCount>& refused) {
  Pool::Options options{.workers = static_cast<std::size_t>(settings.workers),
                        .publish = [this](const ResultPtr& result) { accept(result); },
                        .refused =
                            [this](std::size_t worker, std::vector<auth::RefusalCount> counts) {
                              lockouts.put(worker, std::move(counts));
                            }};
  pool = std::make_unique<Pool>(loop.get_executor(), std::move(options));
  pool->restore(refused);
  assign();
}

void App::Parts::build_lifecycle() {
  lifecycle = std::make_unique<Lifecycle>(
      loop.get_executor(),
      Lifecycle::Hooks{.stop = [this] { stop(); },
                       .reload = [this] { reload(); },
                       .progressed = [this] { return pool->progressed(Clock::now()); }});
  unready.clear();
  lifecycle->ready(status());
  log::say(Level::info, "ready",
           {{"address", web->address()},
            {"probes", std::to_string(settings.checks.size())},
            {"workers", std::to_string(settings.workers)}});
}

std::string App::Parts::status() const {
  return fmt::format("{} probes on {} workers", settings.checks.size(), settings.workers);
}

void App::Parts::accept(const ResultPtr& result) {
  for (Sink* sink : sinks) sink->accept(result);
}

std::string App::Parts::external_url() const {
  return flags.external_url.empty() ? "http://" + web->address() : flags.external_url;
}

Facts App::Parts::facts() const {
  const WallTime now = std::chrono::system_clock::now();
  Facts facts;
  facts.windows =
      window_facts(*judge, std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()));
  facts.alerts = engine->facts();
  facts.rules = engine->rule_facts();
  facts.receivers = notifier->facts();
  facts.store = memory->facts();
  facts.maintenance = maintenance.facts(judge->checks(), now);
  facts.egress_up = pool->egress_up();
  facts.heartbeat = heartbeat->last();
  return facts;
}

}  // namespace sonde
