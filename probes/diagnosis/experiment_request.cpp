#include "probes/diagnosis/experiment_request.hpp"

#include <utility>

#include "probes/session/rest.hpp"

namespace sonde::diagnosis {
namespace {

using enum Experiment;
using In = session::TokenPlacement::In;

// A path beside the real one that cannot exist, so that it passes the same proxies.
std::string random_sibling(const std::string& target, text::Names& names) {
  const std::string path = target.substr(0, target.find('?'));
  const std::string query = target.substr(path.size());
  text::Template nonce = "{{nonce(12)}}";
  const auto made = nonce.render(names);
  return path.substr(0, path.rfind('/') + 1) + "sonde-" + made.value_or("x") + query;
}

session::TokenUse use_of(Experiment experiment) {
  if (experiment == no_token) return session::TokenUse::none;
  return experiment == garbage_token ? session::TokenUse::garbage : session::TokenUse::valid;
}

std::expected<Trial, Failure> make(session::SessionSettings settings, session::TokenUse use,
                                   const text::Names& names) {
  text::Names own = names;
  auto request = build_upgrade(settings.socket, use, own);
  if (!request) return std::unexpected(request.error());
  use_token(use, own);  // for templates of the dialect, used once the session is open
  return Trial{*std::move(request), std::move(settings), std::move(own)};
}

session::TokenPlacement usual_header() { return {}; }

session::TokenPlacement usual_query() {
  return {.in = In::query, .text = "token={{token}}", .subprotocols = {}, .expect = {}};
}

session::TokenPlacement usual_subprotocol() {
  return {.in = In::subprotocol, .text = {}, .subprotocols = {"bearer.{{token}}"}, .expect = {}};
}

std::vector<session::TokenPlacement> others(In in) {
  if (in == In::header) return {usual_query(), usual_subprotocol()};
  if (in == In::query) return {usual_header(), usual_subprotocol()};
  return {usual_header(), usual_query()};
}

}  // namespace

std::expected<Trial, Failure> trial_of(Experiment experiment, const Laboratory& laboratory) {
  session::SessionSettings settings = laboratory.subject.settings;
  if (experiment == origin)
    settings.socket.url = session::Endpoint{settings.socket.origin, std::nullopt};
  if (experiment == without_subprotocol) {
    settings.socket.subprotocols.clear();
    settings.socket.expect_subprotocol = {};
  }
  if (experiment == without_alpn) settings.socket.line.tls.alpn = false;
  auto trial = make(std::move(settings), use_of(experiment), laboratory.names);
  if (!trial) return trial;
  net::UpgradeRequest& request = trial->request;
  if (experiment == random_path)
    request.url.target = random_sibling(request.url.target, trial->names);
  if (experiment == with_extension) request.deflate = true;
  return trial;
}

std::vector<Trial> other_carriers(const Laboratory& laboratory) {
  std::vector<Trial> trials;
  for (session::TokenPlacement& placement :
       others(laboratory.subject.settings.socket.token_in.in)) {
    session::SessionSettings settings = laboratory.subject.settings;
    settings.socket.token_in = std::move(placement);
    settings.socket.expect_subprotocol = {};
    auto trial = make(std::move(settings), session::TokenUse::valid, laboratory.names);
    if (trial) trials.push_back(*std::move(trial));
  }
  return trials;
}

std::expected<net::Request, Failure> plain_request(Experiment experiment,
                                                   const Laboratory& laboratory) {
  if (experiment == rest) return rest_request(laboratory.subject.settings.socket, laboratory.names);
  auto trial = trial_of(experiment, laboratory);
  if (!trial) return std::unexpected(trial.error());
  net::Request request{
      .url = trial->request.url, .headers = std::move(trial->request.headers), .body = {}};
  request.url.scheme = request.url.tls() ? "https" : "http";
  return request;
}

Possible possible_for(const Laboratory& laboratory) {
  const session::Socket& socket = laboratory.subject.settings.socket;
  const auto& login = laboratory.subject.site.login;
  Possible possible;
  for (Experiment always : {random_path, plain_get, again, with_extension}) possible.add(always);
  if (!socket.origin.empty()) possible.add(origin);
  text::Names names = laboratory.names;
  if (const auto url = address_of(socket.url, names); url && url->tls()) possible.add(without_alpn);
  if (laboratory.subject.turn != nullptr) possible.add(late_message);
  if (!socket.subprotocols.empty() && socket.token_in.in != In::subprotocol)
    possible.add(without_subprotocol);
  if (!needs_token(laboratory.subject.settings)) return possible;
  for (Experiment with_token : {no_token, garbage_token, reuse}) possible.add(with_token);
  if (socket.token_in.in != In::none) possible.add(other_carrier);
  if (!socket.rest.empty()) possible.add(rest);
  if (login && login->asks()) possible.add(fresh_login);
  if (!laboratory.request.spare_refusals) return possible;
  for (std::size_t i = 0; i < experiment_count; ++i)
    if (const auto& one = row(static_cast<Experiment>(i)); one.refused)
      possible.remove(one.experiment);
  return possible;
}

}  // namespace sonde::diagnosis
