#include <fmt/format.h>

#include <algorithm>

#include "daemon/core/format.hpp"
#include "daemon/report/exchange_text.hpp"
#include "probes/text/printable.hpp"

namespace sonde::report {
namespace {

std::string count_text(const std::vector<FrameNote>& frames) {
  const auto sent = std::ranges::count(frames, Direction::out, &FrameNote::direction);
  return fmt::format("  frames: {} sent, {} received\n", sent,
                     static_cast<std::ptrdiff_t>(frames.size()) - sent);
}

}  // namespace

std::string frame_text(const FrameNote& frame, Instant started, const TextStyle& style) {
  std::string line =
      fmt::format("{} {:>10} {} {} {}", frame.direction == Direction::out ? '>' : '<',
                  as_millis(frame.at - started), text::printable(frame.kind, style.unicode, 20),
                  as_bytes(frame.bytes), text::printable(frame.text, style.unicode, 300));
  while (line.ends_with(' ')) line.pop_back();
  if (!frame.session.empty())
    line += fmt::format("  [{}]", text::printable(frame.session, style.unicode, 60));
  if (!frame.remark.empty()) {
    const std::string remark =
        fmt::format("  <- {}", text::printable(frame.remark, style.unicode, 300));
    line += painted(remark, Paint::bad, style);
  }
  return line;
}

std::string frames_text(const Trace& trace, const Detail& detail, const TextStyle& style) {
  const auto& frames = trace.frames();
  if (frames.empty()) return "";
  std::string lines = count_text(frames);
  const std::size_t shown = std::min(detail.frames, frames.size());
  const std::size_t head = shown / 2;
  const std::size_t left_out = frames.size() - shown;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (i == head && left_out > 0) {
      if (shown > 0) lines += fmt::format("    ... {} frames left out\n", left_out);
      i += left_out;
      if (i == frames.size()) break;
    }
    lines += fmt::format("    {}\n", frame_text(frames[i], trace.started(), style));
  }
  return lines;
}

}  // namespace sonde::report
