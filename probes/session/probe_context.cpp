#include "probes/session/probe_context.hpp"

#include <algorithm>

#include "probes/auth/hide.hpp"
#include "probes/core/run_id.hpp"
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

bool needs_name(const text::Needs& needs, std::string_view name) {
  return std::ranges::find(needs.all, name, &text::Needs::One::name) != needs.all.end();
}

void set_basic(text::Names& names) {
  const std::string* user = names.find("identity.username");
  const std::string* password = names.find("identity.password");
  if (user != nullptr && password != nullptr)
    names.set(std::string(basic_name), text::base64(*user + ":" + *password));
}

// A user name with a colon cannot be told from the password (RFC 7617 section 2).
bool has_basic(const Identity& identity) {
  const auto user = identity.fields.find("username");
  if (user == identity.fields.end() || !identity.fields.contains("password")) return false;
  const auto* text = std::get_if<std::string>(&user->second);
  return text == nullptr || !text->contains(':');
}

}  // namespace

void ProbeContext::prepare(const text::Needs& needs, const text::Needs& own_needs) {
  const bool own = identity.fields.contains(std::string(after(basic_name, "identity.")));
  needs_basic_ = !own && needs_name(needs, basic_name);
  text::Names::Texts texts = {
      {"target.name", target_name}, {"target.http", target.http},
      {"target.auth", target.auth}, {"target.ws", target.ws},
      {"location", location},       {std::string(net::Origins::name), own_origins(target)}};
  for (const auto& [name, value] : target.vars) texts.emplace_back("target." + name, value);
  for (const auto& [field, value] : identity.fields) {
    const std::string name = "identity." + field;
    if (const auto* text = std::get_if<std::string>(&value))
      texts.emplace_back(name, *text);
    else if (needs_name(needs, name) ||
             (needs_basic_ && (field == "username" || field == "password")))
      secrets_.emplace_back(name, std::get<config::Secret>(value));
  }
  texts_ = std::make_shared<const text::Names::Texts>(std::move(texts));
  needs_cookies_ = needs_name(needs, "cookies");
  shows_directly_ = says_password(own_needs);
  text::Needs of_login;
  if (login && !login->asks()) login->needs(of_login);
  const bool fixed = login && !login->asks();
  shows_by_token_ = needs_name(own_needs, "token") &&
                    (says_password(of_login) || (fixed && own_needs.basic_token));
}

// The name of a user may be kept as a secret, but no account is locked because it is shown.
bool ProbeContext::says_password(const text::Needs& needs) const {
  return (needs_basic_ && needs_name(needs, basic_name)) ||
         std::ranges::any_of(secrets_, [&](const auto& secret) {
           return !names_a_user(after(secret.first, "identity.")) &&
                  needs_name(needs, secret.first);
         });
}

bool ProbeContext::shows_secret(const text::Needs& needs) const {
  if (shows_directly_ && says_password(needs)) return true;
  return shows_by_token_ && needs_name(needs, "token");
}

std::expected<text::Names, Failure> ProbeContext::names(std::uint64_t seed, Trace& trace) const {
  text::Names names(seed, texts_);
  for (const std::string& address : net::Origins::addresses(names)) trace.spare(address);
  names.set(std::string(run_id_name), trace.run_id());
  names.set(std::string(traceparent_name), make_traceparent(trace.run_id()));
  for (const auto& [name, secret] : secrets_) {
    auto text = secret.reveal();
    if (!text) return std::unexpected(Failure{Reason::own_secret, text.error()});
    auth::hide(trace, *text);
    names.set(name, std::move(*text));
  }
  hide_what_is_made(names, trace);
  if (!needs_basic_) return names;
  set_basic(names);
  if (const std::string* basic = names.find(basic_name)) auth::hide(trace, *basic);
  return names;
}

std::string ProbeContext::credentials(const text::Names& names) const {
  std::string password, secrets, all;
  for (const auto& [field, value] : identity.fields) {
    const auto* secret = std::get_if<config::Secret>(&value);
    const std::string* known = names.find("identity." + field);
    std::string text = known != nullptr    ? *known
                       : secret != nullptr ? secret->reveal().value_or("")
                                           : std::get<std::string>(value);
    if (field == "password") password = text;
    if (secret != nullptr && !names_a_user(field)) secrets.append(1, '\0').append(text);
    all.append(1, '\0').append(text);
  }
  if (!password.empty()) return password;
  return secrets.empty() ? all : secrets;
}

bool ProbeContext::use_wrong_password(text::Names& names) const {
  constexpr std::string_view password = "identity.password";
  const auto is_password = [&](const auto& secret) { return secret.first == password; };
  const bool has_password = std::ranges::any_of(secrets_, is_password);
  // Of every class of characters that a rule for passwords may ask for.
  static const text::Template wrong = "Wrong-{{nonce(16)}}-1";
  for (const auto& secret : secrets_) {
    if (has_password && !is_password(secret)) continue;
    names.set(secret.first, wrong.render(names).value_or("Wrong-1"));
  }
  if (needs_basic_) set_basic(names);
  return !secrets_.empty();
}

bool ProbeContext::says_secret(const text::Needs& needs) const {
  return (needs_basic_ && needs_name(needs, basic_name)) ||
         std::ranges::any_of(secrets_,
                             [&](const auto& secret) { return needs_name(needs, secret.first); });
}

std::optional<std::string> ProbeContext::constant(const text::Template& text) const {
  const auto is_constant = [](const std::string& name) { return name.starts_with("target."); };
  if (!std::ranges::all_of(text.names(), is_constant)) return std::nullopt;
  text::Names names(0, texts_);
  auto made = text.render(names);
  return made ? std::optional(*std::move(made)) : std::nullopt;
}

std::vector<std::string> ProbeContext::known_names() const {
  std::vector<std::string> names = {"target.name", std::string(run_id_name),
                                    std::string(traceparent_name)};
  for (const auto& [field, value] : identity.fields) names.push_back("identity." + field);
  for (const auto& [name, value] : target.vars) names.push_back("target." + name);
  for (const char* name : {"location", "target.http", "target.auth", "target.ws"})
    if (knows(name)) names.emplace_back(name);
  return names;
}

bool ProbeContext::knows(std::string_view name) const {
  if (name == run_id_name || name == traceparent_name) return true;
  if (name == "location") return !location.empty();
  if (const auto field = after(name, "identity."); !field.empty())
    return identity.fields.contains(std::string(field)) ||
           (name == basic_name && has_basic(identity));
  const auto of_target = after(name, "target.");
  if (of_target == "http") return !target.http.empty();
  if (of_target == "auth") return !target.auth.empty();
  if (of_target == "ws") return !target.ws.empty();
  return of_target == "name" || target.vars.contains(std::string(of_target));
}

}  // namespace sonde::session
