#include "config/percent.hpp"

#include <string_view>

#include "config/scalars.hpp"

namespace sonde::config {

bool Codec<Percent>::read(const Value& value, const Reader& reader, const Rule&, Percent& out) {
  if (!expect(value, reader, Value::Kind::scalar)) return false;
  std::string_view text = value.text;
  const bool sign = text.ends_with('%');
  if (sign) text.remove_suffix(1);
  const auto number = parse_number(text);
  if (sign && number && *number >= 0 && *number <= 100) {
    out.share = *number / 100;
    return true;
  }
  const std::string_view why = !number         ? ""
                               : !sign         ? "; the % is missing"
                               : *number > 100 ? "; it is more than 100%"
                                               : "; it is less than 0%";
  reader.wrong(value.place, "a percentage is expected here, such as 80%" + std::string(why));
  return false;
}

Value Codec<Percent>::schema(const Rule&) {
  return map({{"title", scalar("percentage")},
              {"type", scalar("string")},
              {"pattern", scalar(R"(^[0-9]+(\.[0-9]+)?%$)")}});
}

std::string Codec<Percent>::show(const Percent& percent) {
  return show_number(percent.share * 100) + "%";
}

}  // namespace sonde::config
