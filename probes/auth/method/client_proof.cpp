#include "probes/auth/method/client_proof.hpp"

#include "probes/auth/hide.hpp"

namespace sonde::auth {
namespace {

using How = ClientProof::How;

std::optional<Failure> add_assertion(const ClientProof& proof, const std::string& endpoint,
                                     const std::string& client, FormBody& body, Trace& trace) {
  const std::string audience = body.render("client_audience", proof.audience);
  auto jwt = make_assertion(proof.key,
                            {.issuer = client,
                             .subject = client,
                             .audience = audience.empty() ? endpoint : audience,
                             .more = {}},
                            trace);
  if (!jwt) return jwt.error();
  body.add_text("client_id", client);
  body.add_text("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
  body.add_text("client_assertion", *jwt);
  return std::nullopt;
}

}  // namespace

std::span<const config::Named<How>> names_of(const How*) {
  static constexpr config::Named<How> names[] = {{"basic", How::basic},
                                                 {"body", How::body},
                                                 {"private_key_jwt", How::private_key_jwt},
                                                 {"none", How::none}};
  return names;
}

const config::Section<ClientProof>& section_of(const ClientProof*) {
  using P = ClientProof;
  static const auto keys =
      config::Section<P>()
          .key("client_id", &P::id, "The client.")
          .key("client_secret", &P::secret, "The client's secret.")
          .key("client_auth", &P::how, "How the client proves itself; none: it is a public one.")
          .key("client_key", &P::key, "What signs the client's JWT, for private_key_jwt.")
          .key("client_audience", &P::audience,
               "The aud of the client's JWT; without it, the URL that is asked.");
  return keys;
}

bool check(const ClientProof& proof, const config::Value& value, const config::Reader& reader) {
  const config::Value* key = value.find("client_key");
  if (proof.how != How::private_key_jwt) {
    if (key != nullptr)
      reader.at("client_key")
          .warn(key->place, "it has no effect: client_auth is not private_key_jwt");
    return true;
  }
  if (key != nullptr) return check(proof.key, *key, reader.at("client_key"));
  reader.at("client_key")
      .wrong(value.find("client_auth")->place,
             "private_key_jwt needs it: the private key that signs, as its 'key'");
  return false;
}

void add_needs(const ClientProof& proof, text::Needs& needs) {
  needs.add(proof.id);
  needs.add(proof.audience);
  if (proof.how == How::basic || proof.how == How::body) needs.add(proof.secret);
}

std::expected<Form, Failure> prove(const ClientProof& proof, const std::string& endpoint,
                                   FormBody body, Trace& trace) {
  const std::string client = body.render("client_id", proof.id);
  std::string basic;
  if (proof.how == How::basic) {
    // RFC 6749 2.3.1: both are form-encoded before they are joined.
    basic = text::base64(text::percent_encode(client) + ":" +
                         text::percent_encode(body.render("client_secret", proof.secret)));
    hide(trace, basic);
  } else if (proof.how == How::private_key_jwt) {
    if (auto failure = add_assertion(proof, endpoint, client, body, trace))
      return std::unexpected(std::move(*failure));
  } else {
    if (!client.empty()) body.add_text("client_id", client);
    if (proof.how == How::body) body.add("client_secret", proof.secret);
  }
  if (body.failure()) return std::unexpected(*body.failure());
  Form form = body.form();
  if (!basic.empty()) form.headers.emplace_back("Authorization", "Basic " + basic);
  return form;
}

boost::asio::awaitable<std::expected<Token, Failure>> obtain_as(Context& context,
                                                                const Grant& grant,
                                                                const ClientProof& proof,
                                                                FormBody body) {
  const std::string endpoint = body.render("url", grant.url);
  auto form = prove(proof, endpoint, std::move(body), context.trace);
  if (!form) co_return std::unexpected(form.error());
  auto asking = obtain(context, grant, std::move(*form));
  auto token = co_await std::move(asking);
  co_return token;
}

}  // namespace sonde::auth
