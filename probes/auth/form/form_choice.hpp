#pragma once
#include <expected>
#include <set>
#include <string>

#include "probes/auth/form/form_data.hpp"
#include "probes/core/reason.hpp"
#include "probes/text/html.hpp"

namespace sonde::auth {

// Which form of a page a user fills in to log in, and which button submits it.

// The form that a user would fill in with `entries`: of those with most of these fields, the one
// with the fewest other fields to fill in; then one for the current password rather than a new one;
// then one with method post; then the first. Never one that registers, resets or subscribes: it
// asks for more passwords than `entries` has, for a new password and more, or its address or all of
// its buttons say so. A button in `entries` overrides this. Fails with no_form. Pure.
std::expected<const text::Form*, Failure> choose_form(const text::Html& page,
                                                      const Entries& entries);

// The button that submits the form: one that `entries` names, else the first that is not disabled
// and does not say that it resets, registers or cancels. Null: the form is submitted without one.
const text::FormField* choose_button(const text::Form& form, const Entries& entries);

// Number of `entries` that have a field in the form that is not disabled.
std::size_t matching(const text::Form& form, const Entries& entries);

// Those of `entries` that a user types into the form, if the user entered some on earlier pages
// (`entered`): of these, only the ones that have an empty field again.
Entries entries_to_type(const text::Form& form, const Entries& entries,
                        const std::set<std::string>& entered);

// Whether the page asks for the credentials again: it has a form that takes every entry, or its one
// password; without entries, any password. Forms in which users register, invite others, or change
// a password or settings ask for something else.
bool asks_again(const text::Html& page, const Entries& entries);

// "a form with login, password", for people.
std::string describe(const text::Html& page);

}  // namespace sonde::auth
