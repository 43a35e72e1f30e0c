#pragma once
#include "probes/auth/login.hpp"
#include "probes/auth/method/client_proof.hpp"
#include "probes/auth/method/grant.hpp"
#include "probes/text/tree.hpp"

namespace sonde::auth {

// `method: refresh` (RFC 6749 6): redeems a refresh token, which the server may rotate. Of all the
// logins of an account one is at it at a time. What the server gives is kept before it is judged,
// also if the run is cut meanwhile, for the token that was redeemed may be good no longer. The
// first one comes from `login`, and so does another one when it is refused, in whatever words; or
// it is `first`, and what it is rotated to is kept in `state_file`, on disk before it is used.
// Redeeming one that `login` just gave and being refused is refresh_refused; a static one that is
// refused has expired (monitor_credential_expired), unless another `first` was put in its place
// meanwhile.
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
  struct Turn;  // of the one that may redeem now
  std::expected<Form, Failure> form_of(Context& context, const std::string& refresh) const;
  boost::asio::awaitable<std::expected<Token, Failure>> redeem_kept(
      Context& context, std::shared_ptr<Turn> turn) const;
  boost::asio::awaitable<std::expected<Token, Failure>> try_first(Context& context,
                                                                  std::shared_ptr<Turn> turn,
                                                                  std::string refused,
                                                                  Failure failure) const;
  boost::asio::awaitable<std::expected<Token, Failure>> begin_anew(
      Context& context, std::shared_ptr<Turn> turn) const;
  Settings settings_;
};
const config::Section<Refresh::Settings>& section_of(const Refresh::Settings*);
// What the keys must be together.
bool check(const Refresh::Settings& settings, const config::Value& value,
           const config::Reader& reader);

}  // namespace sonde::auth
