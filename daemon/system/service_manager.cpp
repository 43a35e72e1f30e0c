#include "daemon/system/service_manager.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

namespace sonde::service_manager {
namespace {

std::string_view environment(const char* name) {
  const char* text = std::getenv(name);
  return text ? text : "";
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stopped == end ? std::optional(value) : std::nullopt;
}

}  // namespace

// A name that begins with @ is one outside of the file system, which begins with a zero byte.
void notify(std::string_view lines) {
  const std::string_view name = environment("NOTIFY_SOCKET");
  sockaddr_un address{};
  if (name.size() < 2 || name.size() >= sizeof address.sun_path) return;
  address.sun_family = AF_UNIX;
  name.copy(address.sun_path, name.size());
  const bool abstract = name.front() == '@';
  if (abstract) address.sun_path[0] = '\0';
  const std::size_t size = offsetof(sockaddr_un, sun_path) + name.size() + (abstract ? 0 : 1);
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) return;
  ::sendto(socket, lines.data(), lines.size(), MSG_NOSIGNAL,
           reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(size));
  ::close(socket);
}

// Children inherit the environment, and are not the process that is watched.
std::chrono::microseconds watchdog() {
  const std::string_view whom = environment("WATCHDOG_PID");
  if (!whom.empty() && number(whom) != ::getpid()) return {};
  const auto usec = number(environment("WATCHDOG_USEC"));
  return std::chrono::microseconds(usec && *usec > 0 ? *usec : 0);
}

}  // namespace sonde::service_manager
