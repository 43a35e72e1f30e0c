#include "probes/dialect/refused_by.hpp"

#include <algorithm>

namespace sonde::dialect {

const config::Section<RefusedBy>& section_of(const RefusedBy*) {
  static const auto keys =
      config::Section<RefusedBy>()
          .key("status", &RefusedBy::status,
               "Statuses of the answer to the upgrade that refuse; without the key a redirect to a "
               "login page does so as well.",
               {.max = 100})
          .key("close", &RefusedBy::close,
               "Close codes that refuse after the upgrade, beside the dialect's refusal_codes; "
               "1005 is a "
               "Close without a code, 1006 an end without a Close.",
               {.max = 100})
          .key("frame", &RefusedBy::frame,
               "A message that refuses, beside what the dialect's rules say.")
          .key("silence", &RefusedBy::silence,
               "Accepted, and neither ready nor an event for so long, and for as long as "
               "ready.within; 0s: that is no refusal.",
               {.max = 3600});
  return keys;
}

bool refuses(const RefusedBy& refused_by, int status) {
  return std::ranges::find(refused_by.status, status) != refused_by.status.end();
}

bool refuses(const RefusedBy& refused_by, const Ending& ending, const Dialect& dialect) {
  return ended_with(ending, refused_by.close) || ended_with(ending, dialect.refusal_codes);
}

bool check(const RefusedBy& refused_by, const config::Reader& reader, const config::Place& place) {
  const auto outside = [](int least, int most) {
    return [least, most](int number) { return number < least || number > most; };
  };
  const bool good_statuses = std::ranges::none_of(refused_by.status, outside(200, 599));
  const bool good_codes = std::ranges::none_of(refused_by.close, outside(1000, 4999));
  if (!good_statuses) reader.at("status").wrong(place, "a status that refuses is from 200 to 599");
  if (!good_codes) reader.at("close").wrong(place, "Close codes are from 1000 to 4999");
  const auto& frame = refused_by.frame;
  const bool any_frame = frame && frame->type.empty() && frame->json.empty();
  if (any_frame)
    reader.at("frame").wrong(place, "it matches every message, also that of a good session");
  return good_statuses && good_codes && !any_frame;
}

}  // namespace sonde::dialect

namespace sonde::config {

bool Codec<dialect::RefusedBy>::read(const Value& v, const Reader& r, const Rule&,
                                     dialect::RefusedBy& out) {
  out = {};
  const bool good = section<dialect::RefusedBy>().read(v, r, out);
  return dialect::check(out, r, v.place) && good;
}

Value Codec<dialect::RefusedBy>::schema(const Rule&) {
  return section<dialect::RefusedBy>().schema();
}

}  // namespace sonde::config
