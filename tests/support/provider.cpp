#include "tests/support/provider.hpp"

#include "probes/auth/jwt/signature.hpp"
#include "probes/text/encode.hpp"
#include "probes/text/template.hpp"

namespace sonde::test {
namespace {

Script page(const std::string& form, const Headers& headers = {}) {
  Headers all = headers;
  all.emplace_back("Content-Type", "text/html; charset=utf-8");
  return {test::answer(200, "<!doctype html><title>x</title>" + form, all)};
}

Script go_to(const std::string& where, Headers headers = {}) {
  headers.emplace_back("Location", where);
  return {test::answer(303, "", headers)};
}

std::string query(const std::string& target) {
  const std::size_t question = target.find('?');
  return question == target.npos ? "" : target.substr(question + 1);
}

std::string login_form(const std::string& remark) {
  return remark + R"(<form action="/search"><input name="q"></form>
    <form method="post" action="login?step=1"><input type=hidden name=prompt value="login">
    <input name="login"><input type="password" name=password><button>Sign-in</button></form>)";
}

}  // namespace

std::map<std::string, std::string> parameters(const std::string& encoded) {
  const auto all = text::read_parameters(encoded);
  return {all.begin(), all.end()};
}

Provider::Provider()
    : signer("ES256"), server_(Handler([this](const Request& r) { return answer(r); })) {}

std::string Provider::configuration() const {
  const std::string base = url();
  return R"({"issuer":")" + base + R"(","authorization_endpoint":")" + base +
         R"(/auth","token_endpoint":")" + base + R"(/token","jwks_uri":")" + base +
         R"(/jwks","authorization_response_iss_parameter_supported":true})";
}

Script Provider::answer(const Request& request) {
  const std::string target = request.target();
  const std::string path = target.substr(0, target.find('?'));
  if (path == "/.well-known/openid-configuration")
    return {json(200, discovery ? discovery(configuration()) : configuration())};
  if (path == "/jwks")
    return {test::answer(200, jwks.empty() ? signer.jwks() : jwks, jwks_headers)};
  if (path == "/auth") return begin(request);
  if (path == "/interaction/abc")
    return page(login_form(""), {{"Set-Cookie", "_seen=1; Path=/interaction"}});
  if (path == "/interaction/login") return log_in(request);
  if (path == "/consent") return consent(request);
  if (path == "/token") return token(request);
  return {test::answer(404)};
}

Script Provider::begin(const Request& request) {
  asked_ = parameters(query(request.target()));
  if (asked_["code_challenge_method"] != "S256" || asked_["response_type"] != "code")
    return {test::answer(400)};
  return go_to("/interaction/abc", {{"Set-Cookie", "_interaction=i1; Path=/; HttpOnly"}});
}

Script Provider::log_in(const Request& request) {
  const bool guarded = request.header("Cookie").find("_interaction=i1") != std::string::npos &&
                       request.header("Cookie").find("_seen=1") != std::string::npos;
  auto sent = parameters(request.body);
  if (!guarded || sent["prompt"] != "login" || sent.contains("q")) return {test::answer(400)};
  if (sent["login"] != "alice@example.com" || sent["password"] != password)
    return page(login_form("<p>Wrong password</p>"));
  return go_to("/consent", {{"Set-Cookie", "_session=s1; Path=/"}});
}

Script Provider::consent(const Request& request) {
  if (request.header("Cookie").find("_session=s1") == std::string::npos) return {test::answer(400)};
  if (request.method() == "GET")
    return page(R"(<form method="post"><input type=hidden name=prompt value=consent>
      <button type=submit>Continue</button></form>)");
  const std::string answered = error.empty() ? "code=c0de-4711" : "error=" + error;
  std::string back = asked_["redirect_uri"] + "?" + answered + "&state=" + asked_["state"] +
                     "&iss=" + text::percent_encode(url());
  return go_to(callback ? callback(back) : back);
}

Script Provider::token(const Request& request) {
  auto sent = parameters(request.body);
  const bool proven =
      text::base64url(auth::sha256(sent["code_verifier"])) == asked_["code_challenge"];
  if (!proven || sent["code"] != "c0de-4711" || sent["redirect_uri"] != asked_["redirect_uri"])
    return {json(400, R"({"error":"invalid_grant"})")};
  std::string claims = R"("iss":")" + url() + R"(","aud":")" + asked_["client_id"] +
                       R"(","sub":"alice","nonce":")" + asked_["nonce"] + "\"";
  if (id_claims) claims = id_claims(claims);
  return {json(200, R"({"access_token":"opaque-access","token_type":"Bearer","expires_in":600,)"
                    R"("refresh_token":"opaque-refresh","id_token":")" +
                        signer.fresh(claims) + "\"}")};
}

}  // namespace sonde::test
