#pragma once
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/instance.hpp"
#include "daemon/core/run_record.hpp"
#include "daemon/web/web.hpp"

namespace sonde::web {

// What the routes of recorded runs need from the daemon; called on the main thread. Without `runs`
// and `run` nothing is recorded, and the answer is 503.
struct RunHooks {
  std::function<std::span<const std::shared_ptr<const Check>>()> checks;
  Elsewhere elsewhere;
  template <class Answer>
  using Done = std::function<void(std::expected<Answer, std::string>)>;  // the error: why not now
  std::function<void(RunQuery, Done<std::vector<RunRow>>)> runs;
  std::function<void(std::string id, Done<std::optional<RunTranscript>>)> run;
};

// /api/v1/runs, /api/v1/probes/PROBE/runs, /api/v1/runs/ID.
std::vector<Route> run_routes(RunHooks hooks);

// The query of a list of runs: probe, kind, target, verdict (without it, skipped ticks are
// left out), step, reason, since, until (RFC 3339
// or Unix seconds), recorded (true), limit (1 to 500), after (`next` of the page before). `probe`
// is that of the path; empty: the query may name one. The error says what is wrong, for people, and
// who else runs what is asked for.
std::expected<RunQuery, std::string> run_query(std::span<const std::shared_ptr<const Check>> checks,
                                               std::string_view probe, std::string_view query,
                                               const Elsewhere& elsewhere = {});

// The data of /api/v1/runs, as a JSON object: `runs`, and `next` if there may be more than `limit`.
std::string runs_json(const std::vector<RunRow>& runs, std::size_t limit);

}  // namespace sonde::web
