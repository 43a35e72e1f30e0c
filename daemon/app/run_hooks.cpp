#include "daemon/app/run_hooks.hpp"

#include <utility>

#include "daemon/app/shard.hpp"
#include "daemon/report/probe_metrics.hpp"
#include "daemon/report/text.hpp"

namespace sonde::app {
namespace {

constexpr report::TextStyle plain_style{.colour = false, .unicode = true, .width = 120};

}  // namespace

web::ProbeHooks probe_hooks(const Settings& settings, schedule::Pool& pool) {
  return {.checks = [&settings] { return std::span(settings.of_file); },
          .run =
              [&pool](const std::shared_ptr<const Check>& check, Instant limit,
                      web::ProbeHooks::Done done) {
                pool.run_apart(check, limit, [done = std::move(done)](const ResultPtr& result) {
                  if (!result) return done(std::nullopt);
                  done(web::ProbeReport{.metrics = report::probe_metrics(*result),
                                        .trace = report::as_text(*result, plain_style)});
                });
              }};
}

web::RunHooks run_hooks(const judge::Judge& judge, Persistence& memory, Elsewhere elsewhere) {
  web::RunHooks hooks;
  hooks.elsewhere = std::move(elsewhere);
  hooks.checks = [&judge] { return judge.checks(); };
  if (memory.store() == nullptr) return hooks;
  hooks.runs = [&memory](RunQuery query, auto done) {
    memory.store()->runs(std::move(query), std::move(done));
  };
  hooks.run = [&memory](std::string id, auto done) {
    memory.store()->run(std::move(id), std::move(done));
  };
  return hooks;
}

Elsewhere elsewhere_of(const Settings& settings, const Shard& shard) {
  if (shard.is_whole()) return {};
  return [&settings, &shard](const CheckNames& names) {
    return who_runs(shard, settings.of_file, names);
  };
}

}  // namespace sonde::app
