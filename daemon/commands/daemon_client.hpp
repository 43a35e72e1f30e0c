#pragma once
#include <expected>
#include <string>
#include <string_view>

#include "daemon/app/flags.hpp"

namespace sonde::commands {

// An answer of the daemon at --url.
struct DaemonAnswer {
  int status = 0;
  std::string body;
  // It is of a Sonde daemon that answers only to who shows one of these.
  bool wants_password = false, wants_certificate = false;
};

// Asks for `path`, with the user, password and certificate of the flags. The error says why there
// is no answer, for people.
std::expected<DaemonAnswer, std::string> ask_daemon(const app::Flags& flags, std::string_view path);

// The `data` of an answer of the API, as JSON. An error has the text of the daemon, and whether
// another way to what is asked for may help: the daemon did not answer at all.
struct DaemonError {
  std::string text;
  bool silent = false;
};
std::expected<std::string, DaemonError> ask_api(const app::Flags& flags, std::string_view path);

// All items of a list of the API, of all its pages: {"NAME":[...]}, after what else the first page
// has. `query` selects, such as "&target=a"; at most 100,000 items.
std::expected<std::string, DaemonError> ask_list(const app::Flags& flags, std::string_view name,
                                                 std::string_view query);

}  // namespace sonde::commands
