#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "probes/auth/method/grant.hpp"

namespace sonde::auth {

// Builds an application/x-www-form-urlencoded body from templates, and keeps the first failure to
// render one.
class FormBody {
 public:
  explicit FormBody(text::Names& names) : names_(&names) {}
  void add(std::string_view name, const text::Template& value);
  void add_text(std::string_view name, std::string_view value);
  // The rendered text, or empty after a failure.
  std::string render(std::string_view name, const text::Template& value);
  const std::optional<Failure>& failure() const { return failure_; }
  Form form() const;

 private:
  text::Names* names_;
  std::string body_;
  std::optional<Failure> failure_;
};

}  // namespace sonde::auth
