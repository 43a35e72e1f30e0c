#include "probes/dialect/ending.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "probes/text/utf8.hpp"

namespace sonde::dialect {
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

bool ended_with(const Ending& ending, const std::vector<int>& codes) {
  constexpr int no_code = 1005, no_close = 1006;
  int code = ending.code == 0 ? no_code : ending.code;
  if (ending.by == EndedBy::fin || ending.by == EndedBy::rst)
    code = no_close;
  else if (ending.by != EndedBy::close_frame)
    return false;
  return std::ranges::find(codes, code) != codes.end();
}

bool refuses(const Ending& ending, const std::vector<int>& own_codes) {
  return ended_with(ending, usual_refusal_codes()) || ended_with(ending, own_codes);
}

}  // namespace sonde::dialect
