#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "probes/auth/jwt_settings.hpp"
#include "probes/auth/login.hpp"
#include "probes/text/pattern.hpp"
#include "probes/text/pointer.hpp"
#include "probes/text/tree.hpp"

namespace sonde::auth {

// Where something stands in an answer; one of these.
struct Capture {
  std::optional<text::Pointer> json;
  std::string header;
  std::string cookie;
  std::optional<text::Pattern> body;  // its first group, else all that matches
};
const config::Section<Capture>& section_of(const Capture*);

// One request of `method: steps`.
struct StepRequest {
  std::string method = "POST";
  text::Template url;
  std::map<std::string, text::Template> headers;
  text::Tree json;  // the body: one of these three, or none
  text::Tree form;
  text::Template body;
  std::vector<int> status;  // that go on; empty: 200 to 299
  net::Redirects redirects;
  std::map<std::string, Capture> capture;  // {{NAME}} in later requests, {{login.NAME}} elsewhere
};
const config::Section<StepRequest>& section_of(const StepRequest*);

// What a capture finds; empty: nothing. Pure.
std::optional<std::string> find(const Capture& capture, const net::Response& response,
                                const Cookies& cookies);

// `method: steps`: requests one after the other, with a browser's cookies; what one captures the
// later ones can name. For tickets, negotiation, and logins that take several calls.
class Steps : public Login {
 public:
  struct Settings {
    std::vector<StepRequest> requests;
    text::Template token = "{{token}}";
    text::Template expires_in;
    std::optional<JwtSettings> jwt;
    net::Line line;
  };
  explicit Steps(Settings settings) : settings_(std::move(settings)) {}
  boost::asio::awaitable<std::expected<Token, Failure>> run(Context& context) const override;
  void needs(text::Needs& needs) const override;
  std::vector<std::string> gives() const override;

 private:
  boost::asio::awaitable<std::optional<Failure>> make(Context& context, const StepRequest& step,
                                                      text::Names& names, Token& token) const;
  Settings settings_;
};
const config::Section<Steps::Settings>& section_of(const Steps::Settings*);
bool check(const Steps::Settings& settings, const config::Value& value,
           const config::Reader& reader);

}  // namespace sonde::auth
