#include "probes/talk/ending.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "probes/text/utf8.hpp"

namespace sonde::talk {
namespace {

constexpr std::size_t reason_max = 123;  // of a close frame (RFC 6455 5.5)

}  // namespace

std::string describe(const Ending& ending) {
  const std::string why = text::shorten(ending.reason, reason_max);
  if (ending.by != EndedBy::close_frame)
    return fmt::format("the connection ended ({}{}{})", name(ending.by), why.empty() ? "" : ", ",
                       why);
  if (ending.code == 0) return "the server closed without a code";
  return fmt::format("the server closed with {}{}{}", ending.code, why.empty() ? "" : " ", why);
}

const std::vector<int>& usual_refusal_codes() {
  static const std::vector<int> codes = {1008, 3000, 4001, 4003, 4401, 4403};
  return codes;
}

bool refuses(const Ending& ending, const std::vector<int>& own_codes) {
  const auto among = [&](const auto& codes) {
    return std::ranges::find(codes, ending.code) != codes.end();
  };
  return ending.by == EndedBy::close_frame && (among(usual_refusal_codes()) || among(own_codes));
}

}  // namespace sonde::talk
