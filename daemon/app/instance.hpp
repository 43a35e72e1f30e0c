#pragma once
#include "config/mistake.hpp"
#include "config/value.hpp"
#include "daemon/core/instance.hpp"

namespace sonde::app {

// Whether `{{name}}` is in the text, with or without spaces within.
bool has_template(std::string text, std::string_view name);

// What is wrong with the name of a location, for people; empty: nothing. It becomes a part of
// paths and names of users, and a label: 1 to 60 letters, digits, blanks and "-", "_", ".".
std::string wrong_with_location(std::string_view location);

// Replaces {{location}} and {{shard}} by their values where the file is read once: in targets and
// identities, in the paths of `storage`, `heartbeat` and of secrets, and {{shard}} also in
// probes, logins and sockets. Sets the location of the file if the command line has one. A
// {{location}} that is not known is a mistake. An empty location of `instance`: the file's.
void fill_in(config::Value& root, const Instance& instance, config::Mistakes& mistakes);

// Warns of accounts that daemons share although a probe needs one for itself: another daemon would
// spend its attempts, end its sessions, redeem its refresh token or read its conversations. `root`
// as written, before fill_in().
void warn_of_shared_accounts(const config::Value& root, const Instance& instance,
                             config::Mistakes& mistakes);

}  // namespace sonde::app
