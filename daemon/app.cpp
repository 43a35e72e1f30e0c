#include "daemon/app.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <utility>

#include <boost/asio/io_context.hpp>

#include "daemon/exit_code.hpp"
#include "daemon/expose/landing.hpp"
#include "daemon/expose/metrics.hpp"
#include "daemon/expose/routes.hpp"
#include "daemon/expose/web.hpp"
#include "daemon/lifecycle.hpp"
#include "daemon/log.hpp"
#include "daemon/schedule/pool.hpp"
#include "daemon/version.hpp"
#include "probes/net/version.hpp"

namespace sonde {
namespace {

namespace asio = boost::asio;
using log::Level;

constexpr Span drain_max = std::chrono::milliseconds(1500);

std::string status_of(const Settings& settings) {
  return fmt::format("{} probes on {} workers", settings.checks.size(), settings.workers);
}

// Every mistake of a load in the log; all of them in one text for whoever asked.
std::string tell(const config::Mistakes& mistakes) {
  std::string all;
  for (const auto& mistake : mistakes.sorted()) {
    log::say(mistake.warning ? Level::warning : Level::error, config::show(mistake));
    if (!mistake.warning) all += config::show(mistake) + "\n";
  }
  return all;
}

}  // namespace

struct App::Parts {
  Parts(const Flags& given, Settings loaded) : flags(given), settings(std::move(loaded)) {}

  Flags flags;
  Settings settings;
  asio::io_context loop{1};
  std::unique_ptr<Metrics> metrics;
  std::unique_ptr<Landing> landing;
  std::vector<Sink*> sinks;
  std::unique_ptr<Pool> pool;
  std::unique_ptr<Web> web;
  std::unique_ptr<Lifecycle> lifecycle;
  std::string unready = "starting";
  bool stopping = false;

  void build_sinks();
  void build_pool();
  std::expected<void, std::string> build_web();
  void build_lifecycle();

  void assign();
  std::string reload();
  void stop();
  void stopped(bool drained);
};

void App::Parts::build_sinks() {
  metrics = std::make_unique<Metrics>(
      Metrics::Options{.version = std::string(net::version),
                       .revision = std::string(revision),
                       .workers = static_cast<std::size_t>(settings.workers)});
  landing = std::make_unique<Landing>(std::string(net::version));
  sinks = {metrics.get(), landing.get()};
}

void App::Parts::build_pool() {
  pool = std::make_unique<Pool>(loop.get_executor(),
                                Pool::Options{.workers = static_cast<std::size_t>(settings.workers),
                                              .publish = [this](const ResultPtr& result) {
                                                for (Sink* sink : sinks) sink->accept(result);
                                              }});
  assign();
}

std::expected<void, std::string> App::Parts::build_web() {
  RouteHooks hooks{.metrics = metrics.get(),
                   .landing = landing.get(),
                   .unready = [this] { return unready; },
                   .reload = {}};
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

void App::Parts::build_lifecycle() {
  lifecycle = std::make_unique<Lifecycle>(
      loop.get_executor(),
      Lifecycle::Hooks{.stop = [this] { stop(); },
                       .reload = [this] { reload(); },
                       .progressed = [this] { return pool->progressed(Clock::now()); }});
  unready.clear();
  lifecycle->ready(status_of(settings));
  log::say(Level::info, "ready",
           {{"address", web->address()},
            {"probes", std::to_string(settings.checks.size())},
            {"workers", std::to_string(settings.workers)}});
}

void App::Parts::assign() {
  pool->assign(settings.checks);
  landing->assign(settings.checks);
  metrics->assign(settings.checks, pool->in_flight());
  metrics->loaded(true, settings.hash, std::chrono::system_clock::now());
}

// Loads and checks everything first; a bad file changes nothing.
std::string App::Parts::reload() {
  if (stopping) return "stopping";
  lifecycle->reloading();
  config::Mistakes mistakes;
  auto loaded = load_settings(flags.config_file, mistakes);
  std::string wrong = tell(mistakes);
  if (loaded) {
    if (loaded->workers != settings.workers)
      log::say(Level::warning, "a change of workers takes effect at a restart");
    loaded->workers = settings.workers;
    settings = std::move(*loaded);
    assign();
    log::say(Level::info, "reloaded", {{"probes", std::to_string(settings.checks.size())}});
  } else {
    metrics->loaded(false, settings.hash, std::chrono::system_clock::now());
    log::say(Level::error, "reload refused; the old configuration stays",
             {{"file", flags.config_file}});
  }
  lifecycle->ready(status_of(settings));
  return loaded ? "" : wrong;
}

void App::Parts::stop() {
  if (stopping) return;
  stopping = true;
  unready = "stopping";
  lifecycle->stopping("stopping");
  log::say(Level::info, "stopping: cutting the runs under way");
  pool->stop(drain_max, [this](bool drained) { stopped(drained); });
}

void App::Parts::stopped(bool drained) {
  log::say(drained ? Level::info : Level::warning,
           drained ? "stopped: workers" : "stopped: a worker did not end in time");
  web->stop();
  log::say(Level::info, "stopped: listener");
  lifecycle->close();
  if (drained) return;
  // A worker that hangs still holds what it would post to, so nothing may be destroyed.
  log::finish();
  std::_Exit(exit_failed);
}

App::App(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
App::~App() = default;

std::expected<std::unique_ptr<App>, std::string> App::start(const Flags& flags, Settings settings) {
  auto parts = std::make_unique<Parts>(flags, std::move(settings));
  parts->build_sinks();
  if (auto bound = parts->build_web(); !bound) return std::unexpected(bound.error());
  parts->build_pool();
  parts->build_lifecycle();
  return std::unique_ptr<App>(new App(std::move(parts)));
}

int App::run() {
  parts_->loop.run();
  return exit_ok;
}

}  // namespace sonde
