#include "daemon/page/run_route.hpp"

#include <algorithm>
#include <utility>

#include "daemon/core/change.hpp"
#include "daemon/core/recorded_run.hpp"
#include "daemon/page/reply.hpp"
#include "daemon/page/run_page.hpp"
#include "probes/core/run_id.hpp"

namespace sonde::page {
namespace {

constexpr std::string_view folder = "/runs/";

using Hooks = std::shared_ptr<const PageHooks>;

// Adds the run to compare with, if there is one and it can be read.
void compare(const Hooks& hooks, RunView view, std::function<void(RunView)> done) {
  const bool has_transcript = !view.result.trace->phases().empty();
  if (view.passed.empty() || view.result.verdict.outcome == Outcome::pass || !has_transcript)
    return done(std::move(view));
  const std::string id = view.passed;
  hooks->recorded.run(
      id, [view = std::move(view), done = std::move(done)](PageHooks::Run read) mutable {
        if (read && *read)
          if (auto result = result_from_json((*read)->json))
            view.passed_result = *std::move(result);
        done(std::move(view));
      });
}

std::shared_ptr<const Check> check_of(const PageHooks& hooks, const RunRow& run) {
  const auto checks = hooks.view->checks();
  const auto known =
      std::ranges::find(checks, run.check, [](const auto& check) { return key_of(*check); });
  return known == checks.end() ? nullptr : *known;
}

// What the list of runs says of one whose transcript is not kept.
Result result_of(const RunRow& run, std::shared_ptr<const Check> check) {
  Result result;
  result.check = check ? std::move(check) : std::make_shared<const Check>();
  result.id = run.id;
  result.verdict = run.verdict;
  result.took = run.took;
  result.attempt = run.attempt;
  result.trace = std::make_shared<const Trace>(Instant{});
  return result;
}

void show(const Hooks& hooks, const web::WebRequest& request, RunTranscript recorded,
          web::Respond respond) {
  const Sources sources = hooks->sources();
  const auto check = check_of(*hooks, recorded.run);
  auto result =
      recorded.json.empty() ? result_of(recorded.run, check) : result_from_json(recorded.json);
  if (!result)
    return respond(error_reply(request, 500, "The transcript is damaged",
                               "The transcript cannot be read: " + result.error(),
                               sources.version));
  RunView view{.now = sources.now,
               .version = sources.version,
               .run = std::move(recorded.run),
               .events = check ? check->events : std::vector<std::string>(),
               .result = *std::move(result),
               .passed = std::move(recorded.passed),
               .passed_result = {},
               .admin = hooks->admin};
  compare(hooks, std::move(view), [request, respond = std::move(respond)](const RunView& complete) {
    respond(page_reply(request, run_page(complete)));
  });
}

}  // namespace

web::Route run_route(const Hooks& hooks) {
  auto answer = [hooks](const web::WebRequest& request, web::Respond respond) {
    const std::string id = request.path.substr(folder.size());
    if (!hooks->recorded.run)
      return respond(error_reply(request, 404, "Runs are not recorded",
                                 "There is no storage.path in the configuration.", ""));
    if (!is_run_id(id))
      return respond(error_reply(request, 404, "There is no such run",
                                 "The id of a run is 32 hexadecimal digits.", ""));
    hooks->recorded.run(id, [hooks, request, respond = std::move(respond)](PageHooks::Run read) {
      if (!read)
        return respond(error_reply(request, 503, "The store does not answer", read.error(), ""));
      if (!*read)
        return respond(error_reply(request, 404, "There is no such run",
                                   "It was not recorded, or it was deleted to make room.", ""));
      show(hooks, request, std::move(**read), respond);
    });
  };
  return recorded_route(folder, answer);
}

}  // namespace sonde::page
