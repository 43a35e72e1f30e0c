#include "probes/dialect/http_send.hpp"

#include <algorithm>
#include <expected>
#include <utility>

#include "probes/net/http/status.hpp"
#include "probes/net/origins.hpp"
#include "probes/text/json.hpp"

namespace asio = boost::asio;

namespace sonde::dialect {
namespace {

std::unexpected<Failure> own_send(const std::string& what, const std::string& why) {
  return std::unexpected(Failure{Reason::own_request, "request: " + what + ": " + why});
}

std::expected<void, Failure> add_body(const HttpSend& send, text::Names& names,
                                      net::Request& request) {
  std::expected<std::string, std::string> body = "";
  std::string type;
  if (!send.json.empty()) {
    body = send.json.render_json(names);
    type = "application/json";
  } else if (!send.form.empty()) {
    body = send.form.render_form(names);
    type = "application/x-www-form-urlencoded";
  } else {
    body = send.body.render(names);
  }
  if (!body) return own_send("body", body.error());
  request.body = *std::move(body);
  if (!type.empty()) request.headers.emplace_back("Content-Type", type);
  return {};
}

std::expected<net::Request, Failure> request_of(const HttpSend& send, text::Names& names) {
  auto address = send.url.render(names);
  if (!address) return own_send("url", address.error());
  auto url = net::parse_url(*address);
  if (!url) return own_send("url", url.error());
  if (!net::Origins::of(names).has(*url) && !net::is_configured(send.url))
    return own_send("url", net::no_own_origin(*url));
  net::Request request{.method = send.method, .url = *std::move(url), .headers = {}, .body = {}};
  for (const auto& [name, value] : send.headers) {
    auto text = value.render(names);
    if (!text) return own_send("header " + name, text.error());
    request.headers.emplace_back(name, *std::move(text));
  }
  if (auto good = add_body(send, names, request); !good) return std::unexpected(good.error());
  return request;
}

bool is_success(const HttpSend& send, int status) {
  if (send.status.empty()) return status >= 200 && status < 300;
  return std::ranges::find(send.status, status) != send.status.end();
}

Failure refused_send(const net::Request& request, const net::Answer& answer, Step step) {
  if (!answer.ok() && answer.failure.reason == Reason::cut) {
    const std::string to = request.url.text();
    return {Reason::cut, "the request that sends, " + request.method + " " +
                             to.substr(0, to.find('?')) + ", was not answered"};
  }
  const std::string what =
      answer.ok() ? net::describe(answer.response)
                  : std::string(name(answer.failure.reason)) + ", " + answer.failure.detail;
  const std::string detail = "the request that sends got " + what;
  if (step == Step::events) return {Reason::send_failed, detail};
  const int status = answer.response.status;
  const bool rejected = answer.ok() && (status == 401 || status == 403 || status == 423);
  return {rejected ? Reason::auth_rejected_after_accept : Reason::no_ready, detail};
}

void keep(const HttpSend& send, const net::Response& response, text::Names& names) {
  if (send.capture.empty()) return;
  const auto document = text::Document::parse(response.body);
  if (!document) return;
  for (const auto& [name, place] : send.capture)
    if (const text::Json value = place.at(document->root());
        value && value.kind() != text::Json::Kind::null)
      names.set("vars." + name, value.text());
}

}  // namespace

asio::awaitable<std::optional<Failure>> send_by_http(const HttpSend& send,
                                                     const net::Websocket& session,
                                                     text::Names& names, Step step, Trace& trace) {
  const auto request = request_of(send, names);
  if (!request) co_return request.error();
  if (session.network() == nullptr) co_return Failure{Reason::own_request, "no network"};
  const net::Redirects none;
  Trace aside = trace.aside();
  auto asking = net::fetch(*session.network(), *request, *session.line(), none, aside);
  const net::Answer answer = co_await std::move(asking);
  trace.hide_too(aside);
  for (const Exchange& exchange : aside.exchanges()) trace.exchange(exchange);
  if (answer.ok() && is_success(send, answer.response.status)) {
    keep(send, answer.response, names);
    co_return std::nullopt;
  }
  Failure failure = refused_send(*request, answer, step);
  failure.detail = trace.scrub(failure.detail);
  co_return failure;
}

void add_needs(const HttpSend& send, text::Needs& needs) {
  needs.add_url(send.url);
  needs.add_values(send.headers);
  needs.add(send.json);
  needs.add(send.form);
  needs.add(send.body);
}

const config::Section<HttpSend>& section_of(const HttpSend*) {
  static const auto keys =
      config::Section<HttpSend>()
          .key("method", &HttpSend::method, "The HTTP method.",
               {.one_of = {"GET", "POST", "PUT", "PATCH", "DELETE"}})
          .key("url", &HttpSend::url, "Where it goes.", {.required = true, .filled = true})
          .key("headers", &HttpSend::headers, "Its headers; they may say {{token}}.")
          .key("json", &HttpSend::json, "Its body, as JSON.")
          .key("form", &HttpSend::form, "Its body, as a form.")
          .key("body", &HttpSend::body, "Its body, as it is.")
          .key("status", &HttpSend::status, "The statuses of success; without it, 200 to 299.")
          .key("capture", &HttpSend::capture,
               "Variables that take their value from places of the JSON answer.");
  return keys;
}

}  // namespace sonde::dialect
