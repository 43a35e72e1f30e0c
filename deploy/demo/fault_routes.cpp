#include "deploy/demo/fault_routes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "deploy/demo/text.hpp"

namespace json = boost::json;

namespace sonde::demo {
namespace {

struct Wish {
  std::string share, value;
};

// "2/5", "tool_completed"; a number is milliseconds.
std::string text_of(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  return value.is_int64() ? fmt::to_string(value.get_int64()) : std::string("?");
}

std::expected<Wish, std::string> wish_of(const Request& request) {
  Wish wish;
  auto keep = [&wish](std::string_view key, std::string value) {
    if (key != "share" && key != "value") return false;
    (key == "share" ? wish.share : wish.value) = std::move(value);
    return true;
  };
  for (const auto& [key, value] : request.query) {
    if (!keep(key, value)) return std::unexpected(fmt::format("unknown parameter '{}'", key));
  }
  if (request.body.empty()) return wish;
  boost::system::error_code error;
  const auto body = json::parse(request.body, error);
  if (error || !body.is_object()) return std::unexpected("the body is not a JSON object");
  for (const auto& [key, value] : body.get_object()) {
    if (!keep(key, text_of(value))) return std::unexpected("the body knows share and value only");
  }
  return wish;
}

Reply listed(const Faults& faults) { return {.body = faults.list(), .headers = {}}; }

Reply no_such_fault(std::string_view name) {
  return {.status = 404,
          .body = detail(fmt::format("there is no fault '{}'; GET /faults lists them", name)),
          .headers = {}};
}

Reply bad_request(std::string_view why) {
  return {.status = 400, .body = detail(why), .headers = {}};
}

Reply switch_on(Faults& faults, const Request& request, std::string_view name) {
  if (!faults.knows(name)) return no_such_fault(name);
  const auto wish = wish_of(request);
  if (!wish) return bad_request(wish.error());
  const auto done = faults.switch_on(name, wish->share, wish->value);
  return done ? listed(faults) : bad_request(done.error());
}

}  // namespace

Reply change_faults(Faults& faults, const Request& request) {
  const auto name =
      std::string_view(request.path).substr(std::min<std::size_t>(8, request.path.size()));
  const bool all = name.empty();
  if (all && (request.method == "GET" || request.method == "HEAD")) return listed(faults);
  if (all && request.method == "DELETE") {
    faults.all_off();
    return listed(faults);
  }
  if (!all && request.method == "DELETE") {
    return faults.switch_off(name) ? listed(faults) : no_such_fault(name);
  }
  if (!all && request.method == "PUT") return switch_on(faults, request, name);
  return {.status = 405,
          .body = detail("GET or DELETE /faults, PUT or DELETE /faults/NAME"),
          .headers = {}};
}

}  // namespace sonde::demo
