#include "deploy/demo/routes.hpp"

#include <fmt/format.h>

#include <map>

#include "deploy/demo/backend.hpp"
#include "deploy/demo/fault_routes.hpp"
#include "deploy/demo/login.hpp"

namespace sonde::demo {
namespace {

using Handler = Reply (*)(Backend&, const Request&);

Reply json(std::string body) { return {.body = std::move(body), .headers = {}}; }

Reply faulty_login(Backend& backend, const Request& request) {
  auto reply = login(backend, request);
  backend.faults.meet(Place::login, reply);
  return reply;
}

Reply faulty_token(Backend& backend, const Request& request) {
  auto reply = token(backend, request);
  backend.faults.meet(Place::login, reply);
  return reply;
}

Reply health(Backend& backend, const Request&) {
  auto reply = json(R"({"status":"healthy"})");
  backend.faults.meet(Place::health, reply);
  return reply;
}

Reply discovery(Backend& backend, const Request&) {
  return json(
      fmt::format(R"({{"issuer":"{}","jwks_uri":"{}/jwks.json","token_endpoint":"{}/token",)"
                  R"("id_token_signing_alg_values_supported":["RS256"],)"
                  R"("grant_types_supported":["password","client_credentials","refresh_token"]}})",
                  token_issuer, backend.base_url, backend.base_url));
}

Reply broken(Backend&, const Request&) {
  return {.status = 500, .body = R"({"error":"Internal Server Error"})", .headers = {}};
}

Reply upgrade_required(Backend&, const Request&) {
  return {.status = 426,
          .body = detail("This is a WebSocket endpoint"),
          .headers = {{"Upgrade", "websocket"}}};
}

// The front end: a page, and the script with the WebSocket address.
Reply page(Backend&, const Request&) {
  return {.body =
              "<!doctype html><html><head><title>sonde-demo</title>"
              "<script type=module src=/app.js></script></head><body></body></html>\n",
          .headers = {},
          .type = "text/html; charset=utf-8"};
}

Reply script(Backend& backend, const Request&) {
  Reply reply{.body =
                  "const socketPath = \"/websocket\";\n"
                  "const url = new URL(socketPath, location.href.replace(/^http/, \"ws\"));\n"
                  "window.openChat = (token) => new WebSocket(url, [`jwt.${token}`]);\n",
              .headers = {},
              .type = "text/javascript"};
  backend.faults.meet(Place::page, reply);
  return reply;
}

Reply welcome(Backend& backend, const Request&) {
  return json(
      fmt::format(R"({{"name":"sonde-demo","websocket":"/websocket","faults":"{}/faults"}})",
                  backend.base_url));
}

struct Route {
  std::string_view method, path;
  Handler handler;
};

const Route routes[] = {
    {"POST", "/auth/login", faulty_login},
    {"POST", "/auth/refresh", refresh},
    {"GET", "/auth/me", me},
    {"POST", "/token", faulty_token},
    {"GET", "/jwks.json", [](Backend& b, const Request&) { return json(b.tokens.jwks()); }},
    {"GET", "/.well-known/openid-configuration", discovery},
    {"GET", "/api/health", health},
    // Always says ok: a health check that a monitor must not trust.
    {"GET", "/health", [](Backend&, const Request&) { return json(R"({"status":"ok"})"); }},
    {"GET", "/ws", broken},  // the endpoint that an outdated front end uses
    {"GET", "/websocket", upgrade_required},
    {"GET", "/open", upgrade_required},
    {"GET", "/app", page},
    {"GET", "/app.js", script},
    {"GET", "/", welcome},
};

}  // namespace

Reply answer(Backend& backend, const Request& request) {
  if (request.path == "/faults" || request.path.starts_with("/faults/")) {
    return change_faults(backend.faults, request);
  }
  const auto method = request.method == "HEAD" ? std::string_view("GET") : request.method;
  bool known = false;
  for (const auto& route : routes) {
    if (route.path != request.path) continue;
    if (route.method == method) return route.handler(backend, request);
    known = true;
  }
  return {.status = known ? 405 : 404,
          .body = detail(known ? "Method Not Allowed" : "Not Found"),
          .headers = {}};
}

}  // namespace sonde::demo
