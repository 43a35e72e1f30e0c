#include "daemon/commands/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace sonde::commands {
namespace {

bool is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    const std::string_view locale(value);
    return locale.find("UTF-8") != locale.npos || locale.find("utf8") != locale.npos;
  }
  return false;
}

}  // namespace

int width_of(int descriptor) {
  winsize size{};
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

report::TextStyle style_of(std::FILE* out) {
  const bool terminal = isatty(fileno(out)) != 0;
  return {.colour = terminal && std::getenv("NO_COLOR") == nullptr,
          .unicode = is_utf8(),
          .width = terminal ? width_of(fileno(out)) : 100};
}

}  // namespace sonde::commands
