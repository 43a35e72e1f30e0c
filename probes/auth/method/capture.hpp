#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "probes/auth/login.hpp"
#include "probes/text/pattern.hpp"
#include "probes/text/pointer.hpp"

namespace sonde::auth {

// Where a value is in an answer; exactly one of these.
struct Capture {
  std::optional<text::Pointer> json;
  std::string header;
  std::string cookie;
  std::optional<text::Pattern> body;  // its first group, or the whole match
};
const config::Section<Capture>& section_of(const Capture*);

// The captured value; empty: not found. Pure.
std::optional<std::string> find(const Capture& capture, const net::Response& response,
                                const Cookies& cookies);

// Whether a value of the identity says who the user is and is no secret.
bool is_user_name(std::string_view name);
// Whether a captured value is who the user is, as the configuration says in plain text.
bool is_known_name(const std::string& value, const Context& context);

// Hides what is captured of an answer before anybody judges it, also of one that is cut or no
// success.
void hide_captured(Context& context, const std::map<std::string, Capture>& captures,
                   const net::Answer& answer, const Cookies& cookies);

}  // namespace sonde::auth
