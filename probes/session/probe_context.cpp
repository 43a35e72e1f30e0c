#include "probes/session/probe_context.hpp"

#include <algorithm>

#include "probes/auth/hide.hpp"
#include "probes/net/origins.hpp"

namespace sonde::session {
namespace {

std::string_view after(std::string_view name, std::string_view prefix) {
  return name.starts_with(prefix) ? name.substr(prefix.size()) : std::string_view();
}

std::string own_origins(const Target& target) {
  std::string all;
  for (const std::string* base : {&target.http, &target.auth, &target.ws})
    if (!base->empty()) all += *base + " ";
  for (const ListedOrigin& listed : target.origins) all += listed.text + " ";
  return all;
}

// The result of a filter for a secret is a secret too, such as a digest of a password. If the
// result contains the secret itself, the text around it is not secret.
void hide_what_is_made(text::Names& names, Trace& trace) {
  names.report_made([&trace](std::string_view of, std::string_view made) {
    if (trace.scrub(of) != of && trace.scrub(made) == made) auth::hide(trace, made);
  });
}

}  // namespace

void ProbeContext::prepare(const text::Needs& needs) {
  text::Names::Texts texts = {
      {"target.name", target_name}, {"target.http", target.http},
      {"target.auth", target.auth}, {"target.ws", target.ws},
      {"location", location},       {std::string(net::Origins::name), own_origins(target)}};
  for (const auto& [name, value] : target.vars) texts.emplace_back("target." + name, value);
  for (const auto& [field, value] : identity.fields) {
    const std::string name = "identity." + field;
    if (const auto* text = std::get_if<std::string>(&value))
      texts.emplace_back(name, *text);
    else if (std::ranges::find(needs.all, name, &text::Needs::One::name) != needs.all.end())
      secrets_.emplace_back(name, std::get<config::Secret>(value));
  }
  texts_ = std::make_shared<const text::Names::Texts>(std::move(texts));
  needs_cookies_ =
      std::ranges::find(needs.all, "cookies", &text::Needs::One::name) != needs.all.end();
}

std::expected<text::Names, Failure> ProbeContext::names(std::uint64_t seed, Trace& trace) const {
  text::Names names(seed, texts_);
  for (const std::string& address : net::Origins::addresses(names)) trace.spare(address);
  for (const auto& [name, secret] : secrets_) {
    auto text = secret.reveal();
    if (!text) return std::unexpected(Failure{Reason::own_secret, text.error()});
    auth::hide(trace, *text);
    names.set(name, std::move(*text));
  }
  hide_what_is_made(names, trace);
  return names;
}

std::optional<std::string> ProbeContext::constant(const text::Template& text) const {
  const auto is_constant = [](const std::string& name) { return name.starts_with("target."); };
  if (!std::ranges::all_of(text.names(), is_constant)) return std::nullopt;
  text::Names names(0, texts_);
  auto made = text.render(names);
  return made ? std::optional(*std::move(made)) : std::nullopt;
}

std::vector<std::string> ProbeContext::known_names() const {
  std::vector<std::string> names = {"target.name"};
  for (const auto& [field, value] : identity.fields) names.push_back("identity." + field);
  for (const auto& [name, value] : target.vars) names.push_back("target." + name);
  for (const char* name : {"location", "target.http", "target.auth", "target.ws"})
    if (knows(name)) names.emplace_back(name);
  return names;
}

bool ProbeContext::knows(std::string_view name) const {
  if (name == "location") return !location.empty();
  if (const auto field = after(name, "identity."); !field.empty())
    return identity.fields.contains(std::string(field));
  const auto of_target = after(name, "target.");
  if (of_target == "http") return !target.http.empty();
  if (of_target == "auth") return !target.auth.empty();
  if (of_target == "ws") return !target.ws.empty();
  return of_target == "name" || target.vars.contains(std::string(of_target));
}

}  // namespace sonde::session
