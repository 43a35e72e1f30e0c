#include "daemon/report/progress.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "probes/text/printable.hpp"

namespace sonde::report {

std::string progress_line(const Progress& progress, int width) {
  const auto clean = [](std::string_view text) { return text::printable(text, false, 60); };
  std::string line = fmt::format("[{}/{}]", progress.done, progress.total);
  if (!progress.probe.empty())
    line += fmt::format(" {} {}", clean(progress.probe), clean(progress.target));
  if (progress.phase)
    line += fmt::format(": {} {:.1f} s", name(*progress.phase), seconds(progress.since));
  line.resize(std::min(line.size(), static_cast<std::size_t>(std::max(width, 1))));
  return line;
}

}  // namespace sonde::report
