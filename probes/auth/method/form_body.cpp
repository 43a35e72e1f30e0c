#include "probes/auth/method/form_body.hpp"

namespace sonde::auth {

std::string FormBody::render(std::string_view name, const text::Template& value) {
  auto text = value.render(*names_);
  if (text) return std::move(*text);
  if (!failure_)
    failure_ = Failure{Reason::own_request, "login " + std::string(name) + ": " + text.error()};
  return "";
}

void FormBody::add(std::string_view name, const text::Template& value) {
  add_text(name, render(name, value));
}

void FormBody::add_text(std::string_view name, std::string_view value) {
  body_ +=
      (body_.empty() ? "" : "&") + text::percent_encode(name) + "=" + text::percent_encode(value);
}

Form FormBody::form() const {
  return {.body = body_, .content_type = "application/x-www-form-urlencoded", .headers = {}};
}

}  // namespace sonde::auth
