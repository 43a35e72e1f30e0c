#include "probes/site.hpp"

#include "probes/auth/hide.hpp"

namespace sonde {
namespace {

std::string_view after(std::string_view name, std::string_view prefix) {
  return name.starts_with(prefix) ? name.substr(prefix.size()) : std::string_view();
}

// A field of the identity as text; a secret is read and hidden.
std::expected<std::string, Failure> reveal(const std::variant<std::string, config::Secret>& field,
                                           Trace& trace) {
  if (const auto* text = std::get_if<std::string>(&field)) return *text;
  auto secret = std::get<config::Secret>(field).reveal();
  if (!secret) return std::unexpected(Failure{Reason::own_secret, secret.error()});
  auth::hide(trace, *secret);
  return std::move(*secret);
}

}  // namespace

std::expected<text::Names, Failure> Site::names(std::uint64_t seed, Trace& trace) const {
  text::Names names(seed);
  names.set("target.name", target_name);
  names.set("target.http", target.http);
  names.set("target.auth", target.auth);
  names.set("target.ws", target.ws);
  for (const auto& [name, value] : target.vars) names.set("target." + name, value);
  names.set("location", location);
  for (const auto& [name, field] : identity.fields) {
    auto text = reveal(field, trace);
    if (!text) return std::unexpected(text.error());
    names.set("identity." + name, std::move(*text));
  }
  return names;
}

bool Site::knows(std::string_view name) const {
  if (name == "location") return !location.empty();
  if (const auto field = after(name, "identity."); !field.empty())
    return identity.fields.contains(std::string(field));
  const auto of_target = after(name, "target.");
  if (of_target == "http") return !target.http.empty();
  if (of_target == "auth") return !target.auth.empty();
  if (of_target == "ws") return !target.ws.empty();
  return of_target == "name" || target.vars.contains(std::string(of_target));
}

}  // namespace sonde
