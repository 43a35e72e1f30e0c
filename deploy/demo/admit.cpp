#include <chrono>

#include "deploy/demo/backend.hpp"
#include "deploy/demo/routes.hpp"
#include "deploy/demo/token_placement.hpp"

namespace sonde::demo {
namespace {

constexpr std::string_view shared_user = "demo-user-001";

Decision refused(Reply reply) { return {.admission = {}, .refusal = std::move(reply)}; }

Admission admitted(const Request& request, std::string user, const Entry& entry) {
  return {.user = entry.forgets_identity ? std::string(shared_user) : std::move(user),
          .mode = "main",
          .protocol = protocol_for(request),
          .silent = entry.silent,
          .closes = entry.closes,
          .ends = entry.ends};
}

Decision open_to_all(const Request& request) {
  return {.admission = Admission{.user = std::string(shared_user),
                                 .mode = "legacy",
                                 .protocol = protocol_for(request)},
          .refusal = {}};
}

}  // namespace

bool is_socket(const Request& request) {
  return request.upgrade && (request.path == "/websocket" || request.path == "/open");
}

Decision admit(Backend& backend, const Request& request) {
  if (backend.hub.full()) {
    return refused(
        {.status = 503, .body = detail("Too many sessions"), .headers = {{"Retry-After", "5"}}});
  }
  if (request.path == "/open") return open_to_all(request);
  Entry entry;
  backend.faults.meet(Place::upgrade, entry);
  if (entry.refusal) return refused(*entry.refusal);
  const auto token = token_of(request);
  auto user = backend.tokens.verify(token.value_or(""), std::chrono::system_clock::now());
  if (!user && entry.lets_everybody_in) user = std::string(shared_user);
  if (!user) return refused(unauthorized(token ? user.error() : "Not authenticated"));
  return {.admission = admitted(request, *user, entry), .refusal = {}};
}

}  // namespace sonde::demo
