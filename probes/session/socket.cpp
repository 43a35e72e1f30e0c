#include "probes/session/socket.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "probes/net/http/http_text.hpp"
#include "probes/net/origins.hpp"
#include "probes/session/endpoint_discovery.hpp"
#include "probes/session/probe_context.hpp"
#include "probes/text/ascii.hpp"

namespace sonde::session {
namespace {

// Three parts like a JWT, so that a server does not reject it because of its form.
constexpr std::string_view garbage =
    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzb25kZS1nYXJiYWdlIn0.bm90LWEtc2lnbmF0dXJl";

constexpr std::string_view captured = "login.";

bool is_of_login(std::string_view name) {
  return name == "token" || name == "cookies" || name == "refresh_token" ||
         name.starts_with(captured);
}

bool names_token(const text::Template& text) {
  return std::ranges::any_of(text.names(), is_of_login);
}

bool is_jwt(std::string_view token) {
  return token.starts_with("eyJ") && std::ranges::count(token, '.') == 2;
}

// A different character of the same class.
char another(char c, bool hex) {
  const auto turned = [c](char first, int count, int by) {
    return static_cast<char>(first + (c - first + by) % count);
  };
  if (text::is_digit(c)) return turned('0', 10, 7);
  if (!text::is_letter(c)) return c;
  const char first = c == text::lower(c) ? 'a' : 'A';
  return hex ? turned(first, 6, 3) : turned(first, 26, 13);
}

// A token that no server can have issued, with the length, alphabet and prefix ("sk-") of a valid
// one.
std::string garbage_like(std::string_view good) {
  constexpr std::size_t prefix_max = 8;
  if (good.empty() || is_jwt(good)) return std::string(garbage);
  const auto is_hex = [](char c) { return text::is_hex_digit(c) || !text::is_word(c); };
  const bool hex = std::ranges::all_of(good, is_hex);
  const std::size_t mark = good.substr(0, prefix_max).find_first_of("-_");
  const bool prefixed =
      mark != good.npos && std::ranges::all_of(good.substr(0, mark), text::is_letter);
  std::string made(good);
  for (std::size_t i = prefixed ? mark + 1 : 0; i < made.size(); ++i)
    made[i] = another(made[i], hex);
  return made == good ? std::string(garbage) : made;
}

// The same cookies with other values, so that none of them is a valid session.
std::string with_values(const std::string* cookies,
                        const std::function<std::string(std::string_view)>& value) {
  std::string all = cookies != nullptr ? *cookies : "";
  for (auto at = all.find('='); at != all.npos; at = all.find('=', at)) {
    const std::size_t end = std::min(all.find(';', at), all.size());
    const std::string other = value(std::string_view(all).substr(at + 1, end - at - 1));
    all.replace(at + 1, end - at - 1, other);
    at += other.size() + 1;
  }
  return all;
}

using Error = std::unexpected<Failure>;

Error own_upgrade(const std::string& what, const std::string& why) {
  return Error(Failure{Reason::own_request, what + ": " + why});
}

// Adds one header from a template; without a token, headers that would carry it are omitted.
std::expected<void, Failure> add_header(net::UpgradeRequest& request, std::string name,
                                        const text::Template& value, TokenUse use,
                                        text::Names& names) {
  if (use == TokenUse::none && names_token(value)) return {};
  auto text = value.render(names);
  if (!text) return own_upgrade("header " + name, text.error());
  request.headers.emplace_back(std::move(name), std::move(*text));
  return {};
}

std::expected<void, Failure> add_subprotocols(net::UpgradeRequest& request,
                                              const std::vector<text::Template>& offered,
                                              TokenUse use, text::Names& names) {
  for (const auto& value : offered) {
    if (use == TokenUse::none && names_token(value)) continue;
    auto text = value.render(names);
    if (!text) return own_upgrade("subprotocol", text.error());
    request.subprotocols.push_back(std::move(*text));
  }
  return {};
}

// Adds the text of the TokenPlacement: "Name: value" for a header, "name=value" for the others.
std::expected<void, Failure> add_carrier(net::UpgradeRequest& request,
                                         const TokenPlacement& placement, TokenUse use,
                                         text::Names& names) {
  if (placement.in == TokenPlacement::In::none) return {};
  if (placement.in == TokenPlacement::In::subprotocol)
    return add_subprotocols(request, placement.subprotocols, use, names);
  if (use == TokenUse::none) return {};
  auto text = placement.text.render(names);
  if (!text) return own_upgrade("token_in", text.error());
  if (placement.in == TokenPlacement::In::query) {
    request.url.target += (request.url.target.contains('?') ? "&" : "?") + *text;
  } else if (placement.in == TokenPlacement::In::cookie) {
    if (!text->empty()) request.headers.emplace_back("Cookie", std::move(*text));
  } else {
    const std::size_t colon = text->find(": ");
    request.headers.emplace_back(text->substr(0, colon), text->substr(colon + 2));
  }
  return {};
}

bool knows_credentials(const text::Names& names) {
  return std::ranges::any_of(std::array{"token", "cookies", "identity.password"},
                             [&](std::string_view name) {
                               const std::string* text = names.find(name);
                               return text != nullptr && !text->empty();
                             });
}

// Browsers send the origin of the page.
void add_origin(net::UpgradeRequest& request, const text::Names& names) {
  const std::string* origin = names.find(page_origin);
  const bool own = net::find_header(request.headers, "Origin") != nullptr;
  if (origin != nullptr && !own) request.headers.emplace_back("Origin", *origin);
}

}  // namespace

const config::Section<Socket>& section_of(const Socket*) {
  static const auto keys =
      config::Section<Socket>()
          .key("url", &Socket::url,
               "The address of the WebSocket (ws:// or wss://), or how to find it.",
               {.filled = true})
          .key("token_in", &Socket::token_in,
               "Where the token travels: header, subprotocol, query, cookie, none, or in full.")
          .key("subprotocols", &Socket::subprotocols, "Subprotocols that are offered.")
          .key("expect_subprotocol", &Socket::expect_subprotocol,
               "The subprotocol that the server must select.")
          .key("any_subprotocol", &Socket::any_subprotocol,
               "Whatever the server selects of the offered subprotocols is taken, also none, which "
               "browsers do not take.")
          .key("headers", &Socket::headers, "Further headers of the upgrade request.")
          .key("origin", &Socket::origin,
               "The same endpoint behind all proxies (ws:// or wss://): a diagnosis asks it.")
          .key("rest", &Socket::rest,
               "An address that a GET with the token opens: a diagnosis asks it.")
          .key("ready", &Socket::ready, "What the server says when the session is ready.")
          .key("refused_by", &Socket::refused_by,
               "How the server refuses who must not enter, for refusal checks.")
          .also(&Socket::line, config::section<net::ConnectionOptions>())
          .removable();
  return keys;
}

void add_needs(const Socket& socket, text::Needs& needs) {
  add_needs(socket.url, needs);
  needs.add_socket_url(socket.origin);
  needs.add_url(socket.rest);
  needs.add(socket.token_in.text);
  for (const auto& offered : socket.token_in.subprotocols) needs.add_subprotocol(offered);
  for (const auto& offered : socket.subprotocols) needs.add_subprotocol(offered);
  needs.add(socket.token_in.expect);
  needs.add(socket.expect_subprotocol);
  needs.add_headers(socket.headers);
  needs.add(socket.ready.json);
  if (socket.refused_by.frame) needs.add(socket.refused_by.frame->json);
  if (socket.ready.identity.equals) needs.add(*socket.ready.identity.equals);
}

void use_token(std::string token, text::Names& names) {
  const std::string* good = names.find("token");
  const std::string before = good != nullptr ? *good : "";
  for (const auto& name : names.names_like(captured))
    if (!before.empty() && *names.find(name) == before) names.set(name, token);
  const auto same = [&token](std::string_view) { return token; };
  names.set("cookies", token.empty() ? "" : with_values(names.find("cookies"), same));
  names.set("token", std::move(token));
}

void use_token(TokenUse use, text::Names& names) {
  if (use == TokenUse::valid) return;
  const bool none = use == TokenUse::none;
  names.set("cookies", none ? "" : with_values(names.find("cookies"), garbage_like));
  std::vector<std::string> given = names.names_like(captured);
  given.insert(given.end(), {"token", "refresh_token"});
  for (const std::string& name : given) {
    const std::string* good = names.find(name);
    if (good == nullptr && name != "token") continue;
    names.set(name, none ? "" : garbage_like(good != nullptr ? *good : ""));
  }
}

bool says_login(const text::Needs& needs) {
  return std::ranges::any_of(needs.all, is_of_login, &text::Needs::One::name);
}

std::expected<net::UpgradeRequest, Failure> build_upgrade(const Socket& socket, TokenUse use,
                                                          text::Names& names) {
  text::Names own_names = names;
  use_token(use, own_names);
  auto url = address_of(socket.url, own_names);
  if (!url) return std::unexpected(url.error());
  net::UpgradeRequest request{.url = std::move(*url), .headers = {}, .subprotocols = {}};
  request.any_subprotocol = socket.any_subprotocol;
  // Templates of the dialect, used once the session is open, may contain them as well.
  const bool secret = carries_credentials(socket) || knows_credentials(names);
  if (secret && !is_own(request.url, socket.url, own_names))
    return std::unexpected(Failure{Reason::endpoint_drift, net::no_own_origin(request.url)});
  auto good = add_subprotocols(request, socket.subprotocols, use, own_names);
  if (good) good = add_carrier(request, socket.token_in, use, own_names);
  for (const auto& [name, value] : socket.headers)
    if (good) good = add_header(request, name, value, use, own_names);
  if (!good) return std::unexpected(good.error());
  if (socket.url.discover) add_origin(request, own_names);
  return request;
}

bool carries_credentials(const Socket& socket) {
  const auto says = [](const text::Template& text) { return !text.names().empty(); };
  return socket.token_in.in != TokenPlacement::In::none || !socket.headers.empty() ||
         std::ranges::any_of(socket.subprotocols, says);
}

std::expected<net::UpgradeRequest, Failure> build_bare_upgrade(const Socket& socket,
                                                               text::Names& names) {
  auto url = address_of(socket.url, names);
  if (!url) return std::unexpected(url.error());
  net::UpgradeRequest request{.url = std::move(*url), .headers = {}, .subprotocols = {}};
  if (socket.url.discover) add_origin(request, names);
  return request;
}

std::expected<std::string, Failure> expected_subprotocol(const Socket& socket, text::Names& names) {
  const text::Template& expect =
      socket.token_in.expect.empty() ? socket.expect_subprotocol : socket.token_in.expect;
  auto text = expect.render(names);
  if (!text) return own_upgrade("expected subprotocol", text.error());
  return *std::move(text);
}

}  // namespace sonde::session

namespace sonde::config {
namespace {

using In = session::TokenPlacement::In;

constexpr Named<In> places[] = {{"header", In::header},
                                {"subprotocol", In::subprotocol},
                                {"query", In::query},
                                {"cookie", In::cookie},
                                {"none", In::none}};

// The short forms, for the usual conventions of servers.
session::TokenPlacement usual(In in) {
  session::TokenPlacement placement{.in = in, .subprotocols = {}, .expect = {}};
  if (in != In::header) placement.text = {};
  if (in == In::query) placement.text = "token={{token}}";
  if (in == In::cookie) placement.text = "{{cookies}}";
  if (in == In::subprotocol) placement.subprotocols = {"bearer.{{token}}"};
  return placement;
}

std::vector<std::string_view> place_names() {
  std::vector<std::string_view> names;
  names.reserve(std::size(places));
  for (const auto& [name, in] : places) names.push_back(name);
  return names;
}

bool well_formed(In in, const std::string& text) {
  if (in == In::header) return text.find(": ") != text.npos && text.find(": ") > 0;
  return text.find('=') != text.npos && text.find('=') > 0;
}

bool read_place(const Value::Entry& entry, const Reader& reader, In in,
                session::TokenPlacement& out) {
  const Reader at = reader.at(entry.name);
  out.in = in;
  if (in == In::subprotocol)
    return Codec<std::vector<text::Template>>::read(entry.value, at, {.filled = true},
                                                    out.subprotocols);
  if (!Codec<text::Template>::read(entry.value, at, {.filled = true}, out.text)) return false;
  if (well_formed(in, out.text.text())) return true;
  at.wrong(entry.value.place, in == In::header ? "\"Name: value\" is expected here"
                                               : "\"name=value\" is expected here");
  return false;
}

bool read_full(const Value& value, const Reader& reader, session::TokenPlacement& out) {
  out.text = {};
  bool good = true;
  int found = 0;
  for (const auto& entry : value.entries) {
    if (entry.name == "expect") {
      good &= Codec<text::Template>::read(entry.value, reader.at("expect"), {.filled = true},
                                          out.expect);
      continue;
    }
    const In* in = nullptr;
    for (const auto& [name, place] : places)
      if (name == entry.name && place != In::none) in = &place;
    if (in == nullptr) {
      tell_unknown(entry, reader, {"header", "subprotocol", "query", "cookie", "expect"});
      good = false;
    } else {
      good &= read_place(entry, reader, *in, out);
      ++found;
    }
  }
  if (found != 1)
    reader.wrong(value.place, "one of header, subprotocol, query, cookie is expected");
  return good && found == 1;
}

}  // namespace

bool Codec<session::TokenPlacement>::read(const Value& value, const Reader& reader, const Rule&,
                                          session::TokenPlacement& out) {
  out = session::TokenPlacement{};
  if (value.kind == Value::Kind::map) return read_full(value, reader, out);
  const auto index = read_name(value, reader, place_names());
  if (index) out = usual(places[*index].second);
  return index.has_value();
}

Value Codec<session::TokenPlacement>::schema(const Rule&) {
  std::vector<std::pair<std::string, Value>> keys;
  const auto add = [&keys](const char* name, std::string_view help, Value schema) {
    keys.emplace_back(name, with_help(std::move(schema), help, ""));
  };
  const Value text = schema_text({.filled = true});
  add("header", "In this header: \"Name: {{token}}\".", text);
  add("query", "In this parameter of the query: \"name={{token}}\".", text);
  add("cookie", "In this cookie: \"name={{token}}\".", text);
  add("subprotocol", "In one of these subprotocols, all of which are offered.",
      Codec<std::vector<text::Template>>::schema({}));
  add("expect", "The one of them that the server must select.", text);
  return schema_any_of({schema_names(place_names()), schema_object(std::move(keys), {})});
}

}  // namespace sonde::config
