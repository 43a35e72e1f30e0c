#pragma once
#include <expected>
#include <map>
#include <string>

#include "probes/auth/login.hpp"
#include "probes/net/http/http_exchange.hpp"
#include "probes/net/origins.hpp"
#include "probes/text/html.hpp"

namespace sonde::auth {

// What a user enters, by field name.
using Entries = std::map<std::string, std::string>;

// The form that a user would fill in with `entries`: the one with most of these fields; of several,
// the first with method post. Null: the page has no form. Pure.
const text::Form* choose_form(const text::Html& page, const Entries& entries);

// Number of `entries` that have a field in the form.
std::size_t matching(const text::Form& form, const Entries& entries);

// Whether the page asks for the credentials again: it has a form with a password, or with every
// entry.
bool asks_again(const text::Html& page, const Entries& entries);

// The request that a browser sends for the form (HTML section 4.10.21): hidden and unchanged
// fields, the entries in their fields, and the first button that submits it; with Origin and
// Referer. `at` is the URL of the page. Entries without a field are left out. Fails with no_form
// (the action is not a URL) or redirected (entries would be sent to an origin outside `own`). Pure.
std::expected<net::Request, Failure> fill(const text::Html& page, const text::Form& form,
                                          const Entries& entries, const net::Url& at,
                                          const net::Origins& own);

// "a form with login, password", for people.
std::string describe(const text::Html& page);

// If no fields are configured, uses username and password of the identity.
void use_usual_if_none(std::map<std::string, text::Template>& fields);

// Renders the entries from templates, without hiding them in a trace. Fails with own_request.
std::expected<Entries, Failure> render_entries(const std::map<std::string, text::Template>& fields,
                                               text::Names& names);

}  // namespace sonde::auth
