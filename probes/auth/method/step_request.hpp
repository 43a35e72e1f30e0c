#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "probes/auth/login.hpp"
#include "probes/auth/method/capture.hpp"
#include "probes/text/pattern.hpp"
#include "probes/text/tree.hpp"

namespace sonde::auth {

// One request of `method: steps`, or of those that follow a form.
struct StepRequest {
  std::string method;  // empty: POST with a body, GET without
  text::Template url;
  std::map<std::string, text::Template> headers;
  text::Tree json;  // the body: one of these three, or none
  text::Tree form;
  text::Template body;
  std::vector<int> status;  // that continue the login; empty: 200 to 299
  net::Redirects redirects;
  std::map<std::string, Capture> capture;  // {{NAME}} in later requests, {{login.NAME}} elsewhere
};
const config::Section<StepRequest>& section_of(const StepRequest*);

// Makes the requests one after the other, with the cookies of `token`, which take what comes; what
// is captured `names` knows, and the token by name. The token came with the last answer of which
// something is captured that `made_of` names, and is judged by that one's clock. `refused`, in the
// body of an answer that stops the login or of which nothing is captured, refuses the credentials.
// Each request that says more than where the target is counts as a trial, and so does each one that
// follows the user's own credentials, for it may show that they were refused. Failures: those of
// net::fetch, of refusal_of, answer_incomplete, spa_fallback, own_request. Empty: all of them were
// made.
boost::asio::awaitable<std::optional<Failure>> take_steps(
    Context& context, const std::vector<StepRequest>& steps, const net::ConnectionOptions& line,
    const std::optional<text::Pattern>& refused, const text::Template& made_of, text::Names& names,
    Token& token);

// The names of the values that they capture.
std::vector<std::string> captures_of(const std::vector<StepRequest>& steps);
// Adds what their templates need, values captured earlier included.
void add_needs(const std::vector<StepRequest>& steps, text::Needs& needs);
// Checks that their keys fit together.
bool check(const std::vector<StepRequest>& steps, const config::Value& value,
           const config::Reader& reader);

}  // namespace sonde::auth
