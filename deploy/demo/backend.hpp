#pragma once
#include "deploy/demo/faults.hpp"
#include "deploy/demo/hub.hpp"
#include "deploy/demo/options.hpp"
#include "deploy/demo/text.hpp"
#include "deploy/demo/tokens.hpp"
#include "deploy/demo/users.hpp"

namespace sonde::demo {

// The state of the running demo. Single-threaded; has to outlive every connection.
struct Backend {
  Backend(Options chosen, Users who)
      : options(std::move(chosen)),
        users(std::move(who)),
        ids(options.seed),
        hub(options.max_sessions) {}

  Options options;
  Users users;
  Ids ids;
  Hub hub;
  Faults faults;
  Tokens tokens;
  Refreshes refreshes;
  std::string base_url;  // "http://127.0.0.1:8080", once it listens
};

}  // namespace sonde::demo
