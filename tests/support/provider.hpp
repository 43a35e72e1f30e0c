#pragma once
#include <functional>
#include <map>
#include <string>

#include "tests/support/http_server.hpp"
#include "tests/support/signer.hpp"

namespace sonde::test {

// An OpenID provider on loopback with a login form and a consent form, cookies for each, PKCE, and
// an ID token; a test may change its answers.
class Provider {
 public:
  Provider();
  std::string url() const { return server_.url(""); }
  std::vector<Request> requests() const { return server_.requests(); }

  // Set before the first request.
  std::function<std::string(std::string)> discovery, callback, id_claims;  // change what is sent
  std::string jwks;      // published keys; those of the signer by default
  Headers jwks_headers;  // additional ones
  std::string password = "correct horse/battery+\"staple\"";
  std::string error;  // returned by the authorization endpoint instead of a code
  Signer signer;

 private:
  Script answer(const Request& request);
  std::string configuration() const;
  Script begin(const Request& request);
  Script log_in(const Request& request);
  Script consent(const Request& request);
  Script token(const Request& request);
  std::map<std::string, std::string> asked_;  // the parameters of the authorization request
  Server server_;
};

// Decodes the parameters of a query or a form.
std::map<std::string, std::string> parameters(const std::string& encoded);

}  // namespace sonde::test
