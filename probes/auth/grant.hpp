#pragma once
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "probes/auth/jwt_settings.hpp"
#include "probes/auth/login.hpp"
#include "probes/auth/token.hpp"
#include "probes/net/http_exchange.hpp"
#include "probes/text/needs.hpp"
#include "probes/text/pointer.hpp"

namespace sonde::auth {

// What every login over HTTP has: whom it asks, and where the token stands in the answer.
struct Grant {
  text::Template url;
  std::map<std::string, text::Template> headers;
  text::Pointer token = *text::Pointer::parse("/access_token");
  std::string token_cookie;  // the token is this cookie's value; empty: it stands in the body
  text::Pointer expires_in = *text::Pointer::parse("/expires_in");
  text::Pointer refresh_token = *text::Pointer::parse("/refresh_token");
  std::optional<JwtSettings> jwt;
  net::Line line;
  net::Redirects redirects;
};
const config::Section<Grant>& section_of(const Grant*);
void add_needs(const Grant& grant, text::Needs& needs);

// A request's body and the header that says what it is.
struct Form {
  std::string body;
  std::string content_type;
  Headers headers;  // further ones, such as Authorization
};

// POSTs `form` to the grant's URL and takes the token out of the answer. The token is hidden in the
// trace before anybody else sees it. Failures: see Login.
boost::asio::awaitable<std::expected<Token, Failure>> obtain(Context& context, const Grant& grant,
                                                             Form form);

// The first half: the answer to the POST, if it is a 200 or a 201.
boost::asio::awaitable<std::expected<net::Response, Failure>> send(Context& context,
                                                                   const Grant& grant, Form form,
                                                                   Cookies& cookies);

// Why an answer is no grant: credentials (401; 400 with invalid_grant or invalid_client),
// forbidden, account_locked, contract, ...; empty for 200 and 201. Pure.
std::optional<Failure> refusal_of(const net::Response& response);

// The token in a 200 answer, with the cookies that came with it: token_missing, token_malformed
// (not a text, spaces or control characters in it). Pure.
std::expected<Token, Failure> take_token(const Grant& grant, const std::string& body,
                                         Cookies cookies = {});

}  // namespace sonde::auth
