#include "daemon/alert/bound.hpp"

#include <cmath>

#include "config/scalars.hpp"

namespace sonde::alert {

Millionths millionths(const config::Percent& share) {
  return static_cast<Millionths>(std::llround(share.share * kWhole));
}

Millionths clear_of(Millionths bound) { return bound + (kWhole - bound) * 3 / 10; }

std::string show(const Bound& bound) {
  if (bound.share) return config::Codec<config::Percent>::show(*bound.share);
  if (bound.span) return config::show(*bound.span);
  return bound.count ? std::to_string(*bound.count) : "";
}

}  // namespace sonde::alert

namespace sonde::config {

bool Codec<alert::Bound>::read(const Value& value, const Reader& reader, const Rule&,
                               alert::Bound& out) {
  if (!expect(value, reader, Value::Kind::scalar)) return false;
  out = {};
  if (value.text.ends_with('%'))
    return Codec<Percent>::read(value, reader, {}, out.share.emplace());
  const auto count = value.quoted ? std::nullopt : parse_integer(value.text);
  if (count && *count >= 0) out.count = static_cast<std::uint64_t>(*count);
  const auto span = parse_duration(value.text);
  if (!count && span) out.span = *span;
  if (out.count || out.span) return true;
  reader.wrong(value.place,
               "a percentage such as 90%, a duration such as 2s or a whole number is expected "
               "here, not " +
                   quote(value.text));
  return false;
}

Value Codec<alert::Bound>::schema(const Rule&) {
  return schema_any_of({Codec<Percent>::schema({}), schema_span({}), schema_integer({.min = 0})});
}

}  // namespace sonde::config
