#pragma once
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "probes/auth/jwt/jwt_settings.hpp"
#include "probes/auth/lifetime.hpp"
#include "probes/auth/login.hpp"
#include "probes/auth/refused.hpp"
#include "probes/auth/token.hpp"
#include "probes/net/http/http_exchange.hpp"
#include "probes/text/needs.hpp"
#include "probes/text/pointer.hpp"

namespace sonde::auth {

// Settings of every login over HTTP: the endpoint, and where the token is in the answer.
struct Grant {
  text::Template url;
  std::map<std::string, text::Template> headers;
  text::Pointer token = *text::Pointer::parse("/access_token");
  std::string token_cookie;  // the token is the value of this cookie; empty: it is in the body
  text::Pointer expires_in = *text::Pointer::parse("/expires_in");
  LifetimeUnit expires_in_unit = LifetimeUnit::seconds;
  text::Pointer refresh_token = *text::Pointer::parse("/refresh_token");
  std::size_t token_max = 16 * 1024;     // maximum size of a token in bytes
  std::optional<text::Pattern> refused;  // found in the body of an answer without a token: rejected
  std::optional<JwtSettings> jwt;
  net::ConnectionOptions line;
  net::Redirects redirects;
};
const config::Section<Grant>& section_of(const Grant*);
void add_needs(const Grant& grant, text::Needs& needs);

// A request's body and its content type.
struct Form {
  std::string body;
  std::string content_type;
  Headers headers;  // additional ones, such as Authorization
};

// A request for a token that may be sent now.
struct Asking {
  net::Request request;
  LoginGuard::Trial trial;
};
boost::asio::awaitable<std::expected<Asking, Failure>> prepare(Context& context, const Grant& grant,
                                                               Form form);

// Sends the request and takes the token from the answer, without checking it against `jwt`;
// context.said gets what came with it. Hides the token in the trace first. Reports to `trial`
// whether it was rejected. Failures: see Login.
boost::asio::awaitable<std::expected<Token, Failure>> ask_for_token(Context& context,
                                                                    const Grant& grant,
                                                                    net::Request request,
                                                                    LoginGuard::Trial& trial);

// POSTs `form` to the grant's URL and returns the token from the answer if it conforms to `jwt`.
// Failures: see Login.
boost::asio::awaitable<std::expected<Token, Failure>> obtain(Context& context, const Grant& grant,
                                                             Form form);
// The last part of obtain().
boost::asio::awaitable<std::expected<Token, Failure>> check_granted(
    Context& context, const Grant& grant, std::expected<Token, Failure> token);

// The answer to the POST, if it is a 200 or 201 that does not reject the login.
boost::asio::awaitable<std::expected<net::Response, Failure>> send(Context& context,
                                                                   const Grant& grant, Form form,
                                                                   Cookies& cookies);

// Why a text cannot be a token of at most `max` bytes that fits in a header: "it is longer than
// 16384 bytes". Empty: it can.
std::string why_no_token(std::string_view text, std::size_t max);

// The token in a 200 answer, with the cookies that came with it. Fails with token_missing or
// token_malformed (not a string; contains spaces or control characters). Removes a leading "Bearer
// ", because clients add it themselves. Pure.
std::expected<Token, Failure> take_token(const Grant& grant, const std::string& body,
                                         Cookies cookies = {});

// The token of an answer, or why there is none: see refusal_of(), take_token(). Pure.
std::expected<Token, Failure> judge_grant(const Grant& grant, const net::Response& response,
                                          Cookies cookies);

}  // namespace sonde::auth
