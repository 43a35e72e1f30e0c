#pragma once
#include "probes/auth/login.hpp"
#include "probes/auth/method/client_proof.hpp"
#include "probes/auth/method/grant.hpp"
#include "probes/text/tree.hpp"

namespace sonde::auth {

// `method: refresh` (RFC 6749 section 6): redeems a refresh token, which the server may rotate.
// Only one login of an account does so at a time. A new refresh token is stored before the answer
// is judged, even if the run is cancelled meanwhile, because the redeemed one may be invalid by
// then. The first token comes from `login`, which is also used again when one is rejected in any
// form; or it is `first`, and its successors are kept in `state_file`, on disk before they are
// used. A rejected token that `login` has just given is refresh_refused; a rejected static one has
// expired (monitor_credential_expired), unless `first` was replaced meanwhile.
class Refresh : public Login, public Redeemer {
 public:
  struct Settings {
    Grant grant;
    ClientProof client{.how = ClientProof::How::none};
    Inner login;
    config::Secret first;
    std::string state_file;
    std::string scope;
    text::Tree body;  // sent as JSON instead of the form
  };
  explicit Refresh(Settings settings) : settings_(std::move(settings)) {}
  boost::asio::awaitable<std::expected<Token, Failure>> run(Context& context) const override;
  void needs(text::Needs& needs) const override;
  std::string own_secret() const override { return settings_.first.reveal().value_or(""); }
  const Redeemer* redeemer() const override { return this; }
  const Login* first() const override { return settings_.login.login.get(); }
  boost::asio::awaitable<std::expected<Token, Failure>> redeem(Context& context,
                                                               std::string refresh) const override;

 private:
  struct Redemption;  // of the login that may redeem now
  std::expected<Form, Failure> form_of(Context& context, const std::string& refresh) const;
  boost::asio::awaitable<std::expected<Token, Failure>> redeem_kept(
      Context& context, std::shared_ptr<Redemption> redemption) const;
  boost::asio::awaitable<std::expected<Token, Failure>> try_first(
      Context& context, std::shared_ptr<Redemption> redemption, std::string refused,
      Failure failure) const;
  boost::asio::awaitable<std::expected<Token, Failure>> begin_anew(
      Context& context, std::shared_ptr<Redemption> redemption) const;
  Settings settings_;
};
const config::Section<Refresh::Settings>& section_of(const Refresh::Settings*);
// Checks that the keys fit together.
bool check(const Refresh::Settings& settings, const config::Value& value,
           const config::Reader& reader);

}  // namespace sonde::auth
