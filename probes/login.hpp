#pragma once
#include <memory>

#include "probes/common.hpp"
#include "probes/probe.hpp"
#include "probes/shared.hpp"
#include "probes/site.hpp"

namespace sonde {

struct LoginSettings {
  Heading heading;
  Common common;
};
const config::Section<LoginSettings>& section_of(const LoginSettings*);
void add_needs(const LoginSettings& settings, text::Needs& needs);

// Logs in afresh each time; a usable token is a success.
std::unique_ptr<Probe> make_probe(std::shared_ptr<const LoginSettings> settings,
                                  std::shared_ptr<const Site> site, Shared& shared);

// The login of a run: step login, phase login, and the auth sample (none for a login that asks
// nobody, for one that is suppressed, and for a token that an earlier one left, which is used until
// `reuse` (0 to 1) of its life is over). On success `names` knows {{token}}, {{refresh_token}} and
// {{login.NAME}}.
boost::asio::awaitable<std::expected<auth::Token, Failure>> log_in(const Site& site, Shared& shared,
                                                                   text::Names& names, Trace& trace,
                                                                   double reuse = 0);

}  // namespace sonde
