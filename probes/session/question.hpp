#pragma once
#include <map>
#include <string>
#include <string_view>

#include "probes/session/session.hpp"

namespace sonde::session {

// What a probe asks where it shows a secret of its identity: the address with its query, the
// method, the body and the headers, as the file says them. So a nonce or the id of a message makes
// no other question, and two calls of one path are two. Of what carries the credentials only the
// name of the header, cookie or subprotocol counts: whoever corrects the value asks the same as
// before. Whether a server looks at the secret is known of one question at a time; see
// auth::LoginGuard::begin.
class Question {
 public:
  // That of an experiment: its acceptance proves nothing.
  Question() = default;
  Question(const ProbeContext& site, std::string_view method, const text::Template& url,
           const std::map<std::string, text::Template>& headers = {},
           const text::Template& body = {});

  // An upgrade and the session that it opens. A refusal check and its control ask the same.
  static Question of_session(const Socket& socket, const dialect::Dialect& dialect,
                             const ProbeContext& site);
  // The requests by which the dialect asks, beside the session.
  static Question of_requests(const Socket& socket, const dialect::Dialect& dialect,
                              const ProbeContext& site);
  // The plain request to the socket's `rest`.
  static Question of_rest(const Socket& socket, const ProbeContext& site);

  // The same for the same question; empty for an experiment.
  const std::string& key() const { return key_; }

 private:
  void add(std::string_view text);
  void add(const text::Template& text, const ProbeContext& site);

  std::string key_;
};

}  // namespace sonde::session
