#include "daemon/report/style.hpp"

#include <fmt/format.h>

namespace sonde::report {
namespace {

std::string_view code_of(Paint paint) {
  switch (paint) {
    case Paint::good:
      return "32";
    case Paint::bad:
      return "1;31";
    case Paint::odd:
      return "33";
    case Paint::faint:
      return "2";
    case Paint::strong:
      return "1";
  }
  return "0";
}

}  // namespace

std::string painted(std::string_view text, Paint paint, const TextStyle& style) {
  if (!style.colour) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code_of(paint), text);
}

Paint paint_of(Outcome outcome) {
  if (outcome == Outcome::pass) return Paint::good;
  return outcome == Outcome::fail ? Paint::bad : Paint::odd;
}

}  // namespace sonde::report
