#include "deploy/demo/text.hpp"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>

namespace sonde::demo {

std::string quoted(std::string_view text) { return boost::json::serialize(text); }

std::string detail(std::string_view text) {
  return fmt::format(R"({{"detail":{}}})", quoted(text));
}

std::string string_member(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::string Ids::next(std::string_view prefix) {
  return fmt::format("{}_{:016x}", prefix, random_());
}

}  // namespace sonde::demo
