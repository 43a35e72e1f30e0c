#pragma once
#include <expected>
#include <map>
#include <string>
#include <string_view>

#include "probes/auth/form/form_choice.hpp"
#include "probes/auth/login.hpp"
#include "probes/net/http/http_exchange.hpp"
#include "probes/net/origins.hpp"

namespace sonde::auth {

// A page with forms, and its encoding.
struct Page {
  text::Html html;
  std::string_view encoding;  // "UTF-8", "windows-1252"
};
Page read_page(const net::Response& response);

// As asks_again() of the page.
bool asks_again(const net::Response& response, const Entries& entries);

// Whether the page has a form for a login: with one password, unlike those that change it. Pure.
bool asks_password(const net::Response& response);

// The request that a browser sends for the form (HTML section 4.10.22): its entry list with the
// button of choose_button(), whose address, method and encoding come first; with Origin and
// Referer. `at` is the URL of the page. Entries without a field are left out. Fails with no_form
// (the action is not a URL) or redirected (entries would be sent to an origin outside `own`). Pure.
std::expected<net::Request, Failure> fill(const Page& page, const text::Form& form,
                                          const Entries& entries, const net::Url& at,
                                          const net::Origins& own);

// If no fields are configured, uses username and password of the identity.
void use_usual_if_none(std::map<std::string, text::Template>& fields);

// Renders the entries from templates, without hiding them in a trace. Fails with own_request.
std::expected<Entries, Failure> render_entries(const std::map<std::string, text::Template>& fields,
                                               text::Names& names);

}  // namespace sonde::auth
