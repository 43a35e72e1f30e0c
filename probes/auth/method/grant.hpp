#pragma once
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "probes/auth/jwt/jwt_settings.hpp"
#include "probes/auth/login.hpp"
#include "probes/auth/refused.hpp"
#include "probes/auth/token.hpp"
#include "probes/net/http/http_exchange.hpp"
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
  std::size_t token_max = 16 * 1024;     // bytes of a token
  std::optional<text::Pattern> refused;  // in the body of an answer without a token
  std::optional<JwtSettings> jwt;
  net::ConnectionOptions line;
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

// A request for a token, whose turn it is.
struct Asking {
  net::Request request;
  LoginGuard::Trial trial;
};
boost::asio::awaitable<std::expected<Asking, Failure>> prepare(Context& context, const Grant& grant,
                                                               Form form);

// Asks and takes the token out of the answer, not judged by `jwt` yet; context.said has what came
// with it. It is hidden in the trace before anybody else sees it. `trial` hears whether it was a
// refusal. Failures: see Login.
boost::asio::awaitable<std::expected<Token, Failure>> ask_for_token(Context& context,
                                                                    const Grant& grant,
                                                                    net::Request request,
                                                                    LoginGuard::Trial& trial);

// POSTs `form` to the grant's URL and takes the token out of the answer, if it is what `jwt` says.
// Failures: see Login.
boost::asio::awaitable<std::expected<Token, Failure>> obtain(Context& context, const Grant& grant,
                                                             Form form);
// The last part of it.
boost::asio::awaitable<std::expected<Token, Failure>> check_granted(
    Context& context, const Grant& grant, std::expected<Token, Failure> token);

// The answer to the POST, if it is a 200 or a 201 that refuses nothing.
boost::asio::awaitable<std::expected<net::Response, Failure>> send(Context& context,
                                                                   const Grant& grant, Form form,
                                                                   Cookies& cookies);

// Why a text of at most `max` bytes cannot be a token, which a header has to carry: "it is longer
// than 16384 bytes". Empty: it can.
std::string why_no_token(std::string_view text, std::size_t max);

// The token in a 200 answer, with the cookies that came with it: token_missing, token_malformed
// (not a text, spaces or control characters in it). "Bearer " before it is left out, as clients
// that put it there themselves would send it twice. Pure.
std::expected<Token, Failure> take_token(const Grant& grant, const std::string& body,
                                         Cookies cookies = {});

// The token of an answer, or why there is none: see refusal_of(), take_token(). Pure.
std::expected<Token, Failure> judge_grant(const Grant& grant, const net::Response& response,
                                          Cookies cookies);

}  // namespace sonde::auth
