#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "probes/auth/jwt/assertion.hpp"
#include "probes/auth/method/form_body.hpp"
#include "probes/text/needs.hpp"

namespace sonde::auth {

// How a client authenticates to a token endpoint: with Basic authentication or in the body (RFC
// 6749 section 2.3.1), with a JWT that it signs (RFC 7523 section 2.2), or not at all (a public
// client).
struct ClientProof {
  enum class How : std::uint8_t { basic, body, private_key_jwt, none };
  text::Template id = "{{identity.client_id}}";
  text::Template secret = "{{identity.client_secret}}";
  How how = How::basic;
  SigningKey key;
  text::Template audience;  // of the JWT; empty: the endpoint
};
std::span<const config::Named<ClientProof::How>> names_of(const ClientProof::How*);
const config::Section<ClientProof>& section_of(const ClientProof*);
void add_needs(const ClientProof& proof, text::Needs& needs);

// Reports what private_key_jwt lacks, and a key that is not used.
bool check(const ClientProof& proof, const config::Value& value, const config::Reader& reader);

// Adds the client authentication to the body or the headers. `endpoint` is the URL of the request.
// Hides secrets in `trace`. Fails with own_request, own_secret.
std::expected<Form, Failure> prove(const ClientProof& proof, const std::string& endpoint,
                                   FormBody body, Trace& trace);

// Does the same and sends the form to the grant's URL; see obtain().
boost::asio::awaitable<std::expected<Token, Failure>> obtain_as(Context& context,
                                                                const Grant& grant,
                                                                const ClientProof& proof,
                                                                FormBody body);

}  // namespace sonde::auth
