#include "probes/auth/form_body.hpp"

namespace sonde::auth {

std::string FormBody::render(std::string_view name, const text::Template& value) {
  auto text = value.render(*names_);
  if (text) return std::move(*text);
  if (!failure_)
    failure_ = Failure{Reason::own_request, "login " + std::string(name) + ": " + text.error()};
  return "";
}

void FormBody::add(std::string_view name, const text::Template& value) {
  body_ += (body_.empty() ? "" : "&") + std::string(name) + "=" +
           text::percent_encode(render(name, value));
}

Form FormBody::form() const {
  return {.body = body_, .content_type = "application/x-www-form-urlencoded", .headers = {}};
}

}  // namespace sonde::auth
