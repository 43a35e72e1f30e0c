#pragma once
#include "probes/auth/login.hpp"
#include "probes/auth/method/client_proof.hpp"
#include "probes/auth/method/grant.hpp"

namespace sonde::auth {

// `method: device`: the first part of the device flow (RFC 8628 sections 3.1 and 3.2), which ends
// where a person would have to continue, so there is no token. For login probes only.
class Device : public Login {
 public:
  struct Settings {
    Grant grant;  // its URL, headers and connection
    ClientProof client{.how = ClientProof::How::none};
    std::string scope;
  };
  explicit Device(Settings settings) : settings_(std::move(settings)) {}
  boost::asio::awaitable<std::expected<Token, Failure>> run(Context& context) const override;
  void needs(text::Needs& needs) const override;
  bool gives_token() const override { return false; }

 private:
  Settings settings_;
};
const config::Section<Device::Settings>& section_of(const Device::Settings*);

// Checks that an answer has what RFC 8628 section 3.2 requires: a device code, a user code, where
// to enter it, and a lifetime. Fails with answer_incomplete. Pure.
std::optional<Failure> check_device_answer(const std::string& body);

}  // namespace sonde::auth
