#pragma once
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/page/gather.hpp"
#include "daemon/page/live.hpp"
#include "daemon/page/public_page.hpp"
#include "daemon/web/run_routes.hpp"
#include "daemon/web/web.hpp"

namespace sonde::page {

// What the pages need from the daemon; all called on the main thread.
struct PageHooks {
  const View* view = nullptr;
  std::function<Sources()> sources;
  web::RunHooks recorded = {};
  using Runs = std::expected<std::vector<RunRow>, std::string>;
  using Run = std::expected<std::optional<RunTranscript>, std::string>;
  // What fired, newest first.
  std::function<std::vector<AlertRecord>(const AlertRecordQuery&)> incidents = {};
  Live* live = nullptr;  // null: no events
  bool admin = false;    // changes are allowed: "run now" is offered
  std::function<PublicSettings()> public_settings = {};
};

// The routes of the pages: /, /probes/, /runs/, /incidents, /public, /events, and of their files,
// /assets/.
std::vector<web::Route> page_routes(PageHooks hooks);

}  // namespace sonde::page
