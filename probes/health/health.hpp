#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/percent.hpp"
#include "probes/core/common.hpp"
#include "probes/core/probe.hpp"
#include "probes/health/expected.hpp"
#include "probes/session/kind_hooks.hpp"
#include "probes/text/match.hpp"

namespace sonde::health {

struct HealthSettings {
  ProbeHeader heading;
  Common common;
  text::Template url;
  std::string method = "GET";
  std::map<std::string, text::Template> headers;
  text::Template body;
  net::Redirects redirects;
  net::ConnectionOptions line;
  Expected expect;
  config::Percent reuse{.share = 0.8};  // of a token's lifetime
  bool logs_in = false;                 // a template uses what a login gives
};
const config::Section<HealthSettings>& section_of(const HealthSettings*);

// A probe that requests one HTTP endpoint and checks the answer. If its templates use {{token}},
// {{cookies}}, {{refresh_token}} or {{login.NAME}}, it logs in first (step login, an auth sample),
// or uses the token of an earlier login; a token that the endpoint answers with 401 or 403 is not
// used again. The answer of such a request is not fetched from an origin that is not the target's
// own.
const session::KindHooks<HealthSettings>& hooks_of(const HealthSettings*);

}  // namespace sonde::health
