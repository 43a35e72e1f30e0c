#pragma once
#include "probes/auth/login.hpp"
#include "probes/auth/method/grant.hpp"

namespace sonde::auth {

// `method: json`: POSTs `body` as JSON.
class JsonLogin : public Login {
 public:
  struct Settings {
    Grant grant;
    text::Tree body;
  };
  explicit JsonLogin(Settings settings) : settings_(std::move(settings)) {}
  boost::asio::awaitable<std::expected<Token, Failure>> run(Context& context) const override;
  void needs(text::Needs& needs) const override;

 private:
  Settings settings_;
};
const config::Section<JsonLogin::Settings>& section_of(const JsonLogin::Settings*);

}  // namespace sonde::auth
